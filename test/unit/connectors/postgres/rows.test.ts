import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditRow } from '../../../../connectors/postgres/audit-rows.ts';
import { id, text, time, uuid } from '../../../../connectors/postgres/cells.ts';
import { fanOutCommandRow, isOfListed } from '../../../../connectors/postgres/command-rows.ts';
import { projections } from '../../../../connectors/postgres/projections.ts';
import {
  decisionRow,
  deliveryEventRow,
  notificationRow,
  requestRow,
} from '../../../../connectors/postgres/rows.ts';
import { allTopics } from '../../../../schemas/topics.ts';
import { decision, deliveryEvent, notification, request, seenEvent } from './records.ts';

const place = {
  partition: 2,
  generation: 1,
  offset: 77,
  timestampMs: Date.parse('2026-01-15T12:00:05Z'),
};

test('a request becomes a row with its list of people', () => {
  expect(requestRow(request({ userIds: ['anna', 'john'] }))).toEqual({
    ok: true,
    row: {
      request_id: 'request-1',
      channel: 'email',
      template_id: 't-request-email',
      movie_id: null,
      user_ids: ['anna', 'john'],
      audience: null,
      requested_by: 'panel',
      requested_at: '2026-01-15T12:00:00.000Z',
      announced: null,
    },
  });
});

test('what an announcement said becomes a part of its row, without what PostgreSQL refuses', () => {
  const text = { locale: 'ru', subject: null, body: 'Зав\0тра' };
  const template = {
    id: 'announcement:1',
    version: 1,
    eventType: 'notificationRequested',
    channel: 'sms',
    locale: 'ru',
    texts: [text],
    params: [],
  } as const;
  expect(
    requestRow(request({ template: { ...template, texts: [text], params: [] } })),
  ).toMatchObject({
    row: { announced: { locale: 'ru', texts: [{ ...text, body: 'Зав\uFFFDтра' }] } },
  });
});

test('a fan-out has a row for each command, whatever colons are in the id of its event', () => {
  expect(fanOutCommandRow(seenEvent('r:1'), place)).toEqual({
    ok: true,
    row: {
      event_type: 'notificationRequested',
      event_id: 'r:1',
      partition: 0,
      command_offset: 7,
      noted_offset: 77,
    },
  });
  expect(isOfListed(seenEvent('r'))).toBe(false);
  expect(isOfListed(seenEvent('r', { topic: 'direct-commands' }))).toBe(true);
});

test('a notification becomes a row that says what was rendered, and of what', () => {
  const value = notification({ subject: null, preferenceOffset: null });
  expect(notificationRow(value, place)).toEqual({
    ok: true,
    row: {
      notification_id: value.notificationId,
      event_id: 'request-1',
      event_type: 'notificationRequested',
      request_id: 'request-1',
      user_id: 'anna',
      channel: 'email',
      template_id: 't-request-email',
      template_version: 3,
      locale: 'ru',
      address: 'anna@example.com',
      recipient_name: 'Анна Каренина',
      subject: null,
      body: '<p>Смотрите</p>',
      source_topic: 'notification-requested',
      source_partition: 1,
      source_offset: 5,
      user_offset: 9,
      preference_offset: null,
      occurred_at: '2026-01-15T12:00:00.000Z',
      written_at: '2026-01-15T12:00:05.000Z',
    },
  });
});

test('a decision without a channel keeps its reason', () => {
  const value = decision({ channel: null, templateId: null, reason: 'unknownUser' });
  expect(decisionRow(value, place)).toMatchObject({
    ok: true,
    row: { channel: null, template_id: null, reason: 'unknownUser', detail: null },
  });
});

test('a delivery event knows where its record lies', () => {
  const value = deliveryEvent({ kind: 'throttled', retryAfterMs: 1500 });
  expect(deliveryEventRow(value, place)).toMatchObject({
    ok: true,
    row: {
      partition: 2,
      generation: 1,
      record_offset: 77,
      kind: 'throttled',
      retry_after_ms: 1500,
    },
  });
});

test('an audit entry becomes a row, whatever its texts hold', () => {
  const entry = {
    entryId: 'e-1',
    at: Date.parse('2026-01-15T12:00:00Z'),
    actorKind: 'key',
    actorId: 'k-1',
    actorName: 'robots\0',
    action: 'preference.changed',
    subjectKind: 'person',
    subjectId: 'anna',
    detail: '{"channels":["sms"]}',
  };
  expect(auditRow(entry)).toEqual({
    ok: true,
    row: {
      entry_id: 'e-1',
      happened_at: '2026-01-15T12:00:00.000Z',
      actor_kind: 'key',
      actor_id: 'k-1',
      actor_name: 'robots\uFFFD',
      action: 'preference.changed',
      subject_kind: 'person',
      subject_id: 'anna',
      detail: '{"channels":["sms"]}',
    },
  });
});

test('a notification id that is no UUID makes no row', () => {
  const notificationId = 'not-a-uuid';
  const reason = 'notification_id is no UUID';
  expect(notificationRow(notification({ notificationId }), place)).toEqual({ ok: false, reason });
  expect(decisionRow(decision({ notificationId }), place)).toEqual({ ok: false, reason });
  expect(deliveryEventRow(deliveryEvent({ notificationId }), place)).toEqual({ ok: false, reason });
});

test.each([
  ['with a brace', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'],
  ['with a line end', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n'],
  ['without dashes', 'a0eebc999c0b4ef8bb6d6bb9bd380a11'],
])('a UUID %s is none here', (_, value) => {
  expect(uuid(value)).toEqual({ unfit: 'is no UUID' });
});

test('U+0000 becomes U+FFFD, in every text', () => {
  expect(text('a\0b\0')).toBe('a\uFFFDb\uFFFD');
  expect(id('\0')).toBe('\uFFFD');
  expect(text(null)).toBeNull();
  const all = [
    requestRow(request({ userIds: ['\0'], requestedBy: '\0' })),
    notificationRow(notification({ body: '\0', recipientName: '\0', subject: '\0' }), place),
    decisionRow(decision({ detail: '\0' }), place),
    deliveryEventRow(deliveryEvent({ reason: '\0', code: '\0', providerId: '\0' }), place),
  ];
  for (const mapped of all) expect(JSON.stringify(mapped)).not.toContain('\\u0000');
});

test('an id has a bound in bytes, not in characters', () => {
  expect(id('ж'.repeat(450))).toBe('ж'.repeat(450));
  expect(id('ж'.repeat(451))).toEqual({ unfit: 'has more than 900 bytes' });
  const reason = 'user_id has more than 900 bytes';
  const long = notification({ userId: 'u'.repeat(901) });
  expect(notificationRow(long, place)).toEqual({ ok: false, reason });
});

test('a time that PostgreSQL would not read makes no row; every other one survives', () => {
  for (const ms of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 253_402_300_800_000]) {
    expect(time(ms)).toEqual({ unfit: 'is not in the years 1 to 9999' });
  }
  const range = { min: -62_135_596_800_000, max: 253_402_300_799_999 };
  fc.assert(
    fc.property(fc.integer(range), (ms) => {
      const written = time(ms);
      expect(written).toMatch(/^\d{4}-/);
      expect(Date.parse(written as string)).toBe(ms);
    }),
  );
});

test('exactly the topics that the map gives to postgres are projected', () => {
  const meant = allTopics.filter(({ readers }) => readers.includes('postgres'));
  const names = (topics: readonly { name: string }[]) => topics.map(({ name }) => name).toSorted();
  expect(names(projections.map(({ topic }) => topic))).toEqual(names(meant));
});
