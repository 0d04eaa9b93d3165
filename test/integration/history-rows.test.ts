import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Mapped } from '../../connectors/postgres/cells.ts';
import { fannedOutRow } from '../../connectors/postgres/fanned-out-rows.ts';
import { historySchema } from '../../connectors/postgres/history-schema.ts';
import type { RowKind, RowKinds } from '../../connectors/postgres/projections.ts';
import {
  decisionRow,
  deliveryEventRow,
  notificationRow,
  requestRow,
} from '../../connectors/postgres/rows.ts';
import { writeRows } from '../../connectors/postgres/write-rows.ts';
import { createLog } from '../../runtime/log.ts';
import { migrate } from '../../runtime/migrate.ts';
import type { DeliveryKind } from '../../schemas/generated/records.ts';
import {
  decision,
  deliveryEvent,
  idOf,
  notification,
  request,
} from '../unit/connectors/postgres/records.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });
const requestId = 'request-1';

let history: HistoryDatabase;

type Step = { readonly kind: RowKind; readonly rows: readonly RowKinds[RowKind][] };

function rowsOf(kind: RowKind, mapped: readonly Mapped<RowKinds[RowKind]>[]): Step {
  return { kind, rows: mapped.flatMap((each) => (each.ok ? [each.row] : [])) };
}

const place = { partition: 0, generation: 0, offset: 0, timestampMs: 2000 };
const rendered = (userId = 'anna') =>
  rowsOf('notification', [notificationRow(notification({ userId, occurredAt: 1000 }), place)]);
/** What a fan-out wrote, in a bulk lane. */
const fannedOut = (userId = 'anna', offset = 7) =>
  rowsOf('fannedOut', [
    fannedOutRow(notification({ userId, occurredAt: 1000 }), { ...place, offset }),
  ]);
const declined = (userId = 'anna') =>
  rowsOf('decision', [decisionRow(decision({ userId, occurredAt: 1000 }), place)]);
const happened = (offset: number, kind: DeliveryKind, generation = 0) =>
  rowsOf('deliveryEvent', [
    deliveryEventRow(deliveryEvent({ kind, attempt: offset, happenedAt: 5000 + offset }), {
      ...place,
      generation,
      offset,
    }),
  ]);

/** Writes a step as the next batch of a topic partition of its own kind. */
async function write(step: Step): Promise<boolean> {
  const { database } = history;
  await database.query`
    insert into projected_offsets (topic, partition, next_offset)
    values (${step.kind}, 0, 0) on conflict do nothing`;
  const [found] = await database.query<{ next: number }>`
    select next_offset as next from projected_offsets where topic = ${step.kind}`;
  const fromOffset = found?.next ?? 0;
  const place = { topic: step.kind, partition: 0, generation: 0 };
  return writeRows(database, { ...place, fromOffset, toOffset: fromOffset + 1 }, step);
}

async function empty(): Promise<void> {
  await history.database.script(`truncate projected_offsets, requests, notifications, decisions,
    delivery_events, notification_progress, fan_out_counts`);
}

async function outcomeOf(steps: readonly Step[]): Promise<readonly string[]> {
  await empty();
  for (const step of steps) expect(await write(step)).toBe(true);
  return history.lines('notification_progress');
}

const stateOf = async (steps: readonly Step[]) => {
  await outcomeOf(steps);
  return history.states(requestId);
};

beforeAll(async () => {
  history = await createHistoryDatabase('history_rows_test', log);
  await migrate({ ...historySchema(), database: history.database, log });
});
beforeEach(empty);
afterAll(() => history?.close());

test.each<[readonly DeliveryKind[], string]>([
  [[], 'rendered'],
  [['started'], 'sending'],
  [['started', 'accepted'], 'delivered'],
  [['started', 'rejected'], 'rejected'],
  [['started', 'throttled'], 'waiting'],
  [['started', 'unavailable'], 'waiting'],
  [['started', 'misconfigured'], 'waiting'],
  [['started', 'unknown'], 'unknown'],
  [['started', 'throttled', 'deadLettered'], 'deadLettered'],
  [['started', 'throttled', 'started'], 'sending'],
])('after %j a notification is %s', async (kinds, state) => {
  const events = kinds.map((kind, index) => happened(index + 1, kind));
  expect(await stateOf([rendered(), ...events])).toEqual({ [state]: 1 });
});

test('topics may be projected in any order: the progress is the same', async () => {
  const events = [happened(1, 'started'), happened(2, 'throttled'), happened(3, 'accepted')];
  const planned = fc.constantFrom(
    [rendered()],
    [rendered(), declined()],
    [fannedOut()],
    [fannedOut(), declined()],
    [declined()],
    [],
  );
  await fc.assert(
    fc.asyncProperty(planned, fc.infiniteStream(fc.boolean()), async (plan, coin) => {
      const left = [...plan];
      const right = [...events];
      const mixed: Step[] = [];
      while (left.length + right.length > 0) {
        const turn = left.length > 0 && (right.length === 0 || coin.next().value === true);
        const step = (turn ? left : right).shift();
        if (step) mixed.push(step);
      }
      const reversed = [...plan.toReversed(), ...events];
      expect(await outcomeOf(mixed)).toEqual(await outcomeOf([...plan, ...events]));
      expect(await outcomeOf(reversed)).toEqual(await outcomeOf([...events, ...plan]));
    }),
    { numRuns: 20 },
  );
});

test('how records are cut into batches does not matter', async () => {
  const steps = [happened(1, 'started'), happened(2, 'throttled'), happened(3, 'accepted')];
  const together = { kind: 'deliveryEvent', rows: steps.flatMap(({ rows }) => rows) } as const;
  expect(await outcomeOf([together])).toEqual(await outcomeOf(steps));
});

test('events of a topic that was made anew are newer, whatever their offsets', async () => {
  const former = [rendered(), happened(90, 'started'), happened(91, 'rejected')];
  expect(await stateOf([...former, happened(1, 'accepted', 1)])).toEqual({ delivered: 1 });
  expect(await history.lines('delivery_events')).toHaveLength(3);
});

test('whoever lost the partition writes nothing, not even when both write at once', async () => {
  const place = { topic: 'notification', partition: 0, generation: 0 };
  await write(rendered('anna'));
  const stale = { ...place, fromOffset: 0, toOffset: 1 };
  expect(await writeRows(history.database, stale, rendered('john'))).toBe(false);
  const former = { ...place, generation: 1, fromOffset: 1, toOffset: 2 };
  expect(await writeRows(history.database, former, rendered('john'))).toBe(false);
  expect(await history.lines('notifications', 'john')).toHaveLength(0);
  expect(await history.lines('projected_offsets', 'notification')).toEqual([
    '(notification,0,1,0,)',
  ]);

  const next = { ...place, fromOffset: 1, toOffset: 2 };
  const users = Array.from({ length: 8 }, (_, index) => `rival-${index}`);
  const results = await Promise.all(
    users.map((userId) => writeRows(history.database, next, rendered(userId))),
  );
  expect(results.filter((won) => won)).toHaveLength(1);
  const winner = users[results.indexOf(true)] ?? 'nobody';
  expect(await history.lines('notifications', 'rival-')).toHaveLength(1);
  expect(await history.lines('notifications', winner)).toHaveLength(1);
});

test('an id that comes twice stays one row', async () => {
  const twice = { kind: 'notification', rows: [...rendered().rows, ...rendered().rows] } as const;
  expect(await stateOf([twice, rendered()])).toEqual({ rendered: 1 });
  expect(await history.lines('notifications')).toHaveLength(1);
});

test('an id of a fan-out stays one row, in one statement and in two, and counts once', async () => {
  const again = fannedOut('anna', 8);
  const rows = [...fannedOut().rows, ...again.rows, ...fannedOut('john', 9).rows];
  expect(await stateOf([{ kind: 'fannedOut', rows }, again])).toEqual({ rendered: 2 });
  const offsets = await history.database.query`
    select user_id, lane_offset from notification_progress order by user_id`;
  expect(offsets).toEqual([
    { user_id: 'anna', lane_offset: 7 },
    { user_id: 'john', lane_offset: 9 },
  ]);
  const [counts] = await history.database.query`
    select written, template_version, source_topic from fan_out_counts`;
  expect(counts).toMatchObject({ written: 2, source_topic: 'notification-requested' });
});

test('PostgreSQL takes every row that the mapping makes, whatever the record holds', async () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '\\u0000', '"', ''),
  );
  const anyInt = fc.integer();
  const anyLong = fc.maxSafeInteger();
  const source = fc.record({ topic: anyText, partition: anyInt, offset: anyLong });
  const given = fc.record({
    userId: anyText,
    requestId: fc.option(anyText),
    templateId: anyText,
    reason: anyText,
    at: anyLong,
    number: anyInt,
    long: anyLong,
    userIds: fc.array(anyText, { maxLength: 5 }),
    source,
  });
  let index = 0;
  await fc.assert(
    fc.asyncProperty(given, async ({ at, number, long, ...any }) => {
      index += 1;
      const common = { ...any, notificationId: idOf('any', String(index)) };
      const steps = [
        rowsOf('request', [
          requestRow(request({ ...common, requestId: any.templateId, requestedAt: at })),
        ]),
        rowsOf('notification', [
          notificationRow(
            notification({
              ...common,
              body: any.reason,
              templateVersion: number,
              userOffset: long,
              occurredAt: at,
            }),
            place,
          ),
        ]),
        rowsOf('fannedOut', [
          fannedOutRow(
            notification({
              ...common,
              notificationId: idOf('fanned-out', String(index)),
              eventId: any.reason,
              templateVersion: number,
              occurredAt: at,
            }),
            { ...place, offset: index },
          ),
        ]),
        rowsOf('decision', [
          decisionRow(
            decision({ ...common, reason: 'noText', detail: any.reason, occurredAt: at }),
            place,
          ),
        ]),
        rowsOf('deliveryEvent', [
          deliveryEventRow(
            deliveryEvent({ ...common, attempt: number, retryAfterMs: long, happenedAt: at }),
            { ...place, offset: index },
          ),
        ]),
      ];
      for (const step of steps) expect(await write(step)).toBe(true);
    }),
  );
  expect((await history.lines('notifications')).length).toBeGreaterThan(0);
});

test('a request is counted and paged from its own rows, also one of 100,000', async () => {
  const { database } = history;
  await database.query`
    insert into notification_progress (notification_id, request_id, user_id, occurred_at, rendered)
    select md5(number::text)::uuid, case when number < 1000 then 'small' else 'large' end,
      'user-' || number, now(), true
    from generate_series(1, 100999) as number`;
  await database.script('analyze notification_progress');
  expect(await history.states('large')).toEqual({ rendered: 100_000 });

  type PlanLine = { readonly 'QUERY PLAN': string };
  const textOf = (plan: readonly PlanLine[]) => plan.map((row) => row['QUERY PLAN']).join('\n');
  const counting = textOf(
    await database.query<PlanLine>`
      explain select state, count(*) from notification_states
      where request_id = ${'small'} group by state`,
  );
  expect(counting).toContain('notification_progress_by_request');
  expect(counting).not.toContain('Seq Scan');
  expect(counting).not.toContain('delivery_events');
  const paging = textOf(
    await database.query<PlanLine>`
      explain select * from notification_states
      where request_id = ${'large'} and notification_id > ${idOf('any', 'one')}
      order by notification_id limit 100`,
  );
  expect(paging).toContain('Index Scan using notification_progress_by_request');
  expect(paging).not.toContain('Sort');
});
