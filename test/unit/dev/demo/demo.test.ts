import { describe, expect, test } from 'vitest';
import { type Arrived, matchArrivals } from '../../../../dev/demo/arrivals.ts';
import { type Expected, expectedMessages } from '../../../../dev/demo/expected.ts';
import { demoEvents, demoRequests } from '../../../../dev/demo/plan.ts';
import { arrivedTable, missingTable } from '../../../../dev/demo/report.ts';
import { sampleRows } from '../../../../dev/samples/rows.ts';
import { wordsFor } from '../../../../dev/words.ts';
import { topology } from '../../../../processors/topology.ts';
import { lanes, topics } from '../../../../schemas/topics.ts';
import { createDriver } from '../../../driver/driver.ts';

const nowMs = Date.parse('2026-02-01T12:00:00Z');
function counter() {
  let last = 0;
  return () => `event-${++last}`;
}
const events = demoEvents(counter(), nowMs);
const expected = expectedMessages(events, demoRequests);

/** What the processors make of the samples and the demo: the connectors would send just that. */
async function processed(): Promise<Arrived[]> {
  const driver = await createDriver(topology);
  for (const { topic, key, value } of sampleRows) driver.table(topic, key, value as never);
  for (const { topic, key, value } of events) driver.send(topic, key, value as never);
  for (const [at, request] of demoRequests.entries()) {
    driver.send(topics.notificationRequested, `request-${at}`, {
      ...request,
      requestId: `request-${at}`,
      audience: null,
      template: null,
      requestedBy: 'test',
      requestedAt: nowMs,
    });
  }
  const all = Object.values(lanes).flatMap(({ direct, bulk }) => [direct, bulk]);
  return all
    .flatMap((lane) => driver.outputs(lane))
    .map(({ notificationId: id, channel, address: to, subject, body: text }) => {
      return { id, channel, to, subject, text };
    });
}

describe('the expected messages', () => {
  test('are those that the processors write, each of them and no other', async () => {
    const messages = await processed();
    const { missing, arrived } = matchArrivals(expected, messages);
    expect(missing).toEqual([]);
    expect(arrived).toHaveLength(messages.length);
  });

  test('are of every kind and on every channel', () => {
    expect(new Set(expected.map(({ eventType }) => eventType)).size).toBe(4);
    expect(new Set(expected.map(({ channel }) => channel)).size).toBe(3);
  });

  test('leave out people who said no, and addresses that are suppressed', () => {
    const asked = demoRequests.flatMap(({ userIds }) => userIds);
    const requested = expected.filter((each) => each.eventType === 'notificationRequested');
    expect(requested.length).toBeLessThan(asked.length);
  });
});

test('every run has event ids of its own', () => {
  const newId = counter();
  const ids = [...demoEvents(newId, nowMs), ...demoEvents(newId, nowMs)].map(
    ({ value }) => (value as { eventId: string }).eventId,
  );
  expect(new Set(ids).size).toBe(ids.length);
});

const wanted = (to: string, sign: string): Expected => ({
  channel: 'email',
  to,
  sign,
  userId: '1',
  eventType: 'movieAdded',
});
const mail = (id: string, to: string, subject: string): Arrived => ({
  id,
  channel: 'email',
  to,
  subject,
  text: '',
});

describe('matchArrivals', () => {
  test('takes a message once, however many are expected', () => {
    const both = [wanted('a@example.ru', 'Брат'), wanted('a@example.ru', 'Брат')];
    const { arrived, missing } = matchArrivals(both, [mail('1', 'a@example.ru', 'Брат')]);
    expect([arrived.length, missing.length]).toEqual([1, 1]);
  });

  test('reads an address with a name before it, and no part of a longer one', () => {
    const one = [wanted('a@example.ru', 'Брат')];
    const named = [mail('1', '"Анна" <a@example.ru>', 'Брат')];
    expect(matchArrivals(one, named).missing).toEqual([]);
    expect(matchArrivals(one, [mail('1', 'aa@example.ru', 'Брат')]).missing).toEqual(one);
  });

  test('looks at channel and content, too', () => {
    const one = [wanted('a@example.ru', 'Брат')];
    const other = { ...mail('1', 'a@example.ru', 'Брат'), channel: 'sms' as const };
    const messages = [other, mail('2', 'a@example.ru', 'Сталкер')];
    expect(matchArrivals(one, messages)).toEqual({ arrived: [], missing: one });
  });
});

describe('the report', () => {
  const words = wordsFor('en');

  test('names people, by channel, and cuts at the edge of the terminal', () => {
    const messages = [
      mail('1', 'a.vorontsov@example.ru', 'Вышла новая серия'),
      { ...mail('2', '+74950000002', ''), channel: 'sms' as const, subject: null, text: 'Да\nнет' },
    ];
    const table = arrivedTable(messages, words, 80);
    expect(table.split('\n')).toEqual([
      'E-mail (1)',
      '  Алексей Воронцов  a.vorontsov@example.ru  Вышла новая серия',
      '',
      'SMS (1)',
      '  Михаил Лебедев  +74950000002  Да',
      '',
      'Messenger (0)',
    ]);
    const narrow = 30;
    const longest = Math.max(
      ...arrivedTable(messages, words, narrow)
        .split('\n')
        .map(({ length }) => length),
    );
    expect(longest).toBeLessThanOrEqual(narrow);
  });

  test('says of a missing message who, where and what', () => {
    const line = missingTable([wanted('m.lebedev@example.ru', 'Брат')], words, 120);
    expect(line).toBe('  E-mail  Михаил Лебедев  m.lebedev@example.ru  movieAdded  Брат');
  });
});
