import { describe, expect, test } from 'vitest';
import { openPeopleChanges } from '../../../../gateway/people/change-people.ts';
import type { GatewayTables } from '../../../../gateway/read/tables.ts';
import type { GatewayRecord, Published } from '../../../../gateway/write/publisher.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { newId } from '../../../../runtime/random.ts';
import type { Table } from '../../../../runtime/table.ts';
import { topics } from '../../../../schemas/topics.ts';
import { authorization, buildGateway, nowMs, tables } from '../built-gateway.ts';
import { memoryPen, unheardPen } from '../memory-pen.ts';

const url = '/api/v1/people/1';
const time = '2026-03-01T09:30:00.000Z';
const asked = { opted_out_channels: ['sms'], opted_out_events: ['movieAdded'] };

const unreadable = {
  get: (key: string) => ({
    key,
    offset: 1,
    fault: { code: 'NOT_AVRO', reason: 'bytes' },
    place: 'x-0 at 1',
    replaces: false,
  }),
  rows: () => [],
  rowsWith: () => [],
} as unknown as Table<never>;

/** A gateway whose tables show what it writes, as they do a moment after. */
async function peopleGateway(
  options: {
    readonly published?: Published;
    readonly other?: Partial<GatewayTables>;
    /** Every first attempt is written, and nobody learns it. */
    readonly isUnheard?: boolean;
  } = {},
) {
  const { published = { kind: 'acknowledged' }, other = {}, isUnheard = false } = options;
  const rows = new Map<string, unknown>();
  const batches: (readonly GatewayRecord[])[] = [];
  const shown = <V>(topic: { name: string }, before: Table<V>): Table<V> => ({
    ...before,
    get(key) {
      const value = rows.get(`${topic.name} ${key}`);
      if (value === undefined) return before.get(key);
      return value === null ? undefined : { key, offset: 9, value: value as V };
    },
  });
  const seen: GatewayTables = {
    ...tables,
    users: shown(topics.users, tables.users),
    preferences: shown(topics.preferences, tables.preferences),
    suppressions: shown(topics.suppressions, tables.suppressions),
    ...other,
  };
  const source = { tables: () => seen, progress: () => ({ restored: 1, total: 1 }) };
  const publish = async (records: readonly GatewayRecord[]) => {
    batches.push(records);
    for (const { topic, key, value } of records) rows.set(`${topic.name} ${key}`, value);
    return published;
  };
  const clock = { ...systemClock, nowMs: () => nowMs };
  const changePerson = isUnheard ? unheardPen(publish) : memoryPen(publish);
  const changes = { source, clock, newId: () => newId(nowMs), changePerson };
  const peopleChanges = openPeopleChanges(changes);
  const { app } = await buildGateway({ source, publish, peopleChanges });
  const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object) =>
    app.inject({ method, url: path, headers: { authorization }, ...(payload && { payload }) });
  return { call, batches };
}

/** The audit entry of a batch. */
const entryOf = (batch: readonly GatewayRecord[] | undefined) =>
  batch?.find(({ topic }) => topic === topics.audit)?.value;

test('a person is shown with their wishes and suppressions', async () => {
  const { call } = await peopleGateway();
  await call('PUT', `${url}/preference`, asked);
  await call('POST', `${url}/suppressions`, { channel: 'email', reason: 'bounced' });
  const response = await call('GET', url);
  expect(response.json()).toEqual({
    id: '1',
    user: expect.objectContaining({ id: '1', full_name: 'Анна Каренина' }),
    preference: { ...asked, updated_at: time },
    suppressions: [
      { channel: 'email', address: 'anna@example.com', reason: 'hard bounce', since: time },
    ],
  });
});

test('wishes go to their topic with an audit entry, at once', async () => {
  const { call, batches } = await peopleGateway();
  const response = await call('PUT', `${url}/preference`, asked);
  expect(response.statusCode).toBe(200);
  expect(response.json().preference).toEqual({ ...asked, updated_at: time });
  expect(batches).toHaveLength(1);
  expect(batches[0]?.[0]).toEqual({
    topic: topics.preferences,
    key: '1',
    value: {
      userId: '1',
      optedOutChannels: ['sms'],
      optedOutEvents: ['movieAdded'],
      updatedAt: nowMs,
    },
  });
  expect(entryOf(batches[0])).toMatchObject({
    actorName: 'admins',
    action: 'preference.changed',
    subjectKind: 'user',
    subjectId: '1',
    detail: JSON.stringify(asked),
  });
});

test('wishes that nobody can read can be written again, suppressions cannot', async () => {
  const other = { preferences: unreadable, suppressions: tables.suppressions };
  const first = await peopleGateway({ other });
  expect((await first.call('GET', url)).statusCode).toBe(503);
  const second = await peopleGateway({ other: { suppressions: unreadable } });
  const payload = { channel: 'email', reason: 'bounced' };
  const refused = await second.call('POST', `${url}/suppressions`, payload);
  expect(refused.statusCode).toBe(503);
  expect(second.batches).toEqual([]);
});

test('an address is suppressed once and lifted again; the audit has no address', async () => {
  const { call, batches } = await peopleGateway();
  const add = { channel: 'email', reason: 'stopped' };
  await call('POST', `${url}/suppressions`, add);
  await call('POST', `${url}/suppressions`, add);
  expect(batches).toHaveLength(1);
  const lift = { channel: 'email', address: 'anna@example.com', reason: 'mistake' };
  const response = await call('POST', `${url}/suppressions/lift`, lift);
  expect(response.json().suppressions).toEqual([]);
  expect(batches[1]?.[0]).toEqual({ topic: topics.suppressions, key: '1', value: null });
  expect(batches.map(entryOf)).toMatchObject([
    { action: 'suppression.added', detail: '{"channel":"email","reason":"stopped"}' },
    { action: 'suppression.lifted', detail: '{"channel":"email","reason":"mistake"}' },
  ]);
  const again = await call('POST', `${url}/suppressions/lift`, lift);
  expect(again.statusCode).toBe(404);
});

describe('erasing a person', () => {
  test('deletes the person first, then all that is kept of them, and says so', async () => {
    const { call, batches } = await peopleGateway();
    const response = await call('DELETE', url, { id: '1' });
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ id: '1', erased_at: time });
    const written = batches.map((batch) =>
      batch.filter(({ topic }) => topic !== topics.audit).map(({ topic, value }) => [topic, value]),
    );
    expect(written).toEqual([
      [[topics.users, null]],
      [
        [topics.preferences, null],
        [topics.suppressions, null],
        [topics.erasures, { userId: '1', erasedAt: nowMs }],
      ],
    ]);
    expect(entryOf(batches[1])).toMatchObject({ action: 'person.erased', subjectId: '1' });
    expect((await call('GET', url)).statusCode).toBe(404);
  });

  test.each([{}, { id: '2' }, { id: '1', all: true }])('needs the id again: %j', async (body) => {
    const { call, batches } = await peopleGateway();
    expect((await call('DELETE', url, body)).statusCode).toBe(400);
    expect(batches).toEqual([]);
  });

  test('goes no further when the first step is not sure', async () => {
    const { call, batches } = await peopleGateway({ published: { kind: 'unknown' } });
    const response = await call('DELETE', url, { id: '1' });
    expect(response.statusCode).toBe(503);
    expect(batches).toHaveLength(1);
  });
});

test.each([
  ['PUT', '/preference', { opted_out_channels: ['pigeon'], opted_out_events: [] }, 400],
  ['PUT', '/preference', { opted_out_channels: [] }, 400],
  ['POST', '/suppressions', { channel: 'email', reason: 'because' }, 400],
  ['POST', '/suppressions', { channel: 'sms', reason: 'stopped' }, 400],
  ['POST', '/suppressions', { channel: 'email', reason: 'stopped', address: 'a\u0000b' }, 400],
] as const)('%s %s refuses %j', async (method, path, body, status) => {
  const { call, batches } = await peopleGateway();
  expect((await call(method, `${url}${path}`, body)).statusCode).toBe(status);
  expect(batches).toEqual([]);
});

test('a change whose outcome nobody heard of is found again, and written once', async () => {
  const lift = { channel: 'email', address: 'anna@example.com', reason: 'mistake' };
  const { call, batches } = await peopleGateway({ isUnheard: true });
  await call('POST', `${url}/suppressions`, { channel: 'email', reason: 'stopped' });
  const lifted = await call('POST', `${url}/suppressions/lift`, lift);
  expect(lifted.json().suppressions).toEqual([]);
  const wished = await call('PUT', `${url}/preference`, asked);
  expect(wished.json().preference).toMatchObject(asked);
  expect(batches.map(entryOf)).toMatchObject([
    { action: 'suppression.added' },
    { action: 'suppression.lifted' },
    { action: 'preference.changed' },
  ]);
});

test('nobody is a 404, and what Kafka did not take is a 503', async () => {
  const { call } = await peopleGateway({ published: { kind: 'busy' } });
  expect((await call('GET', '/api/v1/people/nobody')).statusCode).toBe(404);
  expect((await call('PUT', '/api/v1/people/nobody/preference', asked)).statusCode).toBe(404);
  expect((await call('PUT', `${url}/preference`, asked)).statusCode).toBe(503);
});
