import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { interests } from '../../../rules/people.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { createHealth } from '../../../runtime/health.ts';
import type { KafkaClient } from '../../../runtime/kafka/client.ts';
import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import { encodeRecordBatch } from '../../../runtime/kafka/record-batch-encoder.ts';
import { createLog } from '../../../runtime/log.ts';
import { indexed } from '../../../runtime/processor.ts';
import { createSerde, schemaOf } from '../../../runtime/serde.ts';
import { describeUnreadable, isUnreadable, type JoinedTable } from '../../../runtime/table.ts';
import { openTableProjection } from '../../../runtime/table-projection.ts';
import type { User } from '../../../schemas/generated/records.ts';
import type { AvroNode } from '../../../schemas/load.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';
import { clientOf } from './kafka/fake-cluster.ts';

const spec = indexed(topics.users, interests);
const log = createLog({ level: 'silent', name: 'test' });
const nobody = { producerId: -1n, producerEpoch: -1, firstSequence: -1, timestampMs: 0 };

function userOf(id: string): User {
  const contact = { email: null, phone: null, telegramChatId: null };
  const interest = { followedMovieIds: ['m1'], followedGenres: [] };
  return { id, fullName: id, ...contact, locale: 'ru', timeZone: null, channels: [], ...interest };
}

type Row = { readonly key: Buffer | string | null; readonly value: Buffer | null };
type LoggedBatch = { readonly first: number; readonly end: number; readonly bytes: Buffer };

/** A partition of `users`: its batches, and the first offset that is still there. */
type Log = { low: number; readonly batches: LoggedBatch[]; readonly asked: number[] };

async function append(to: Log, rows: readonly Row[]): Promise<void> {
  const records = rows.map(({ key, value }) => ({
    topic: 'users',
    key: typeof key === 'string' ? Buffer.from(key) : key,
    value,
  }));
  const bytes = await encodeRecordBatch(records, { ...nobody, transactional: false });
  const first = to.batches.at(-1)?.end ?? 0;
  bytes.writeBigInt64BE(BigInt(first), 0);
  to.batches.push({ first, end: first + rows.length, bytes });
}

/** A broker with that partition and, so that keys may lie in a wrong one, as many as are wanted. */
function brokerOf(from: Log, partitions = 1): KafkaClient {
  const high = () => from.batches.at(-1)?.end ?? 0;
  return clientOf({
    topic: 'users',
    leaders: Array.from({ length: partitions }, () => 0),
    offsetAt: (timestamp) => (timestamp === -2 ? from.low : high()),
    nodes: {
      async 0(asked) {
        await new Promise((resolve) => setImmediate(resolve));
        return asked.map(({ partition, offset }) => {
          from.asked.push(offset);
          const batch = from.batches.find(({ end }) => end > offset);
          return { partition, records: batch ? Buffer.from(batch.bytes) : null };
        });
      },
    },
  });
}

async function parts() {
  const directory = mkdtempSync(join(tmpdir(), 'projection-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const registry = createMemoryRegistry();
  const { signal } = new AbortController();
  const clock = systemClock;
  const open = () => createSerde({ registry, topics: [topics.users], log, clock, signal });
  let serde = await open();
  /** As a restart does, which forgets the schemas that were asked for. */
  const reopen = async () => {
    serde = await open();
  };
  const health = createHealth(log);
  const users: Log = { low: 0, batches: [], asked: [] };
  const conditions = () =>
    health.conditions().map(({ code, subject, count }) => `${code} ${subject} ${count}`);
  const rowOf = (id: string, key = id): Row => ({
    key,
    value: Buffer.from(serde.encode(topics.users, userOf(id))),
  });

  /** Opens the table, waits for its rows, closes it; answers who was there and what was poison. */
  async function read(
    partitions = 1,
    look: (table: JoinedTable<User>) => void | Promise<void> = () => undefined,
  ) {
    const kafka = brokerOf(users, partitions);
    const poison: string[] = [];
    const projection = await openTableProjection({
      kafka,
      serde,
      spec,
      partition: 0,
      directory,
      log,
      clock,
      process: 'test',
      health,
      homes: new Map(),
      onPoison: async ({ offset, key }, { code }) => {
        poison.push(`${offset} ${key?.toString('latin1').slice(0, 8)} ${code}`);
      },
    });
    try {
      await Promise.race([projection.restored, projection.failed]);
      const rows = [...projection.table.rowsWith(['movie:m1'])].map(({ key }) => key).toSorted();
      await look(projection.table);
      return { rows, poison };
    } finally {
      await projection.close();
      await kafka.close();
    }
  }
  return { registry, users, rowOf, read, reopen, conditions };
}

test('rows come from the topic, after a restart from the disk and then the topic', async () => {
  const { users, rowOf, read } = await parts();
  await append(users, [rowOf('anna'), rowOf('boris'), rowOf('vera')]);
  await append(users, [{ key: 'boris', value: null }, rowOf('galina')]);
  expect(await read()).toEqual({ rows: ['anna', 'galina', 'vera'], poison: [] });

  await append(users, [{ key: 'vera', value: null }, rowOf('dmitri')]);
  users.asked.length = 0;
  expect((await read()).rows).toEqual(['anna', 'dmitri', 'galina']);
  expect(users.asked[0]).toBe(5);
});

test('a row that nobody can read is reported with its place, and once', async () => {
  const { users, rowOf, read } = await parts();
  const { value } = rowOf('torn');
  const long = 'x'.repeat(900);
  const unknown = Buffer.from([0, 0, 0, 9, 9, 1, 2, 3]);
  await append(users, [
    rowOf('anna'),
    { key: null, value },
    { key: '', value },
    { key: Buffer.from([0xc3, 0x28]), value },
    { key: 'x'.repeat(901), value },
    { key: 'late', value: unknown },
    { key: 'no-avro', value: Buffer.from('text') },
    { key: 'torn', value: value?.subarray(0, 12) ?? null },
    rowOf('вера'),
    rowOf(long),
    rowOf('boris', 'another'),
  ]);
  // Nobody knows what the three say whose keys are good, so they are found for any audience.
  const rows = ['anna', 'late', 'no-avro', 'torn', long, 'вера'];
  expect(await read()).toEqual({
    rows,
    poison: [
      '1 undefined KEY_MISSING',
      '2  KEY_MISSING',
      '3 \u00c3( KEY_UNREADABLE',
      '4 xxxxxxxx RECORD_UNREADABLE',
      '5 late SCHEMA_UNKNOWN',
      '6 no-avro NOT_AVRO',
      '7 torn RECORD_UNREADABLE',
      '10 another KEY_NOT_ID',
    ],
  });
  expect(await read()).toEqual({ rows, poison: [] });
});

test('a row of another release is read, between rows of this one', async () => {
  const { registry, users, rowOf, read } = await parts();
  const older = { ...(schemaOf(topics.users) as AvroNode), doc: 'Of an older release.' };
  const id = await registry.register('older', older);
  const { value } = rowOf('boris');
  value?.writeInt32BE(id, 1);
  await append(users, [rowOf('anna'), { key: 'boris', value }, rowOf('vera')]);
  const all = { rows: ['anna', 'boris', 'vera'], poison: [] };
  expect(await read()).toEqual(all);
  expect(await read()).toEqual(all);
});

test('records before the beginning of the log do not come back with their batch', async () => {
  const { users, rowOf, read } = await parts();
  await append(users, [rowOf('anna'), rowOf('boris'), { key: 'anna', value: null }, rowOf('vera')]);
  await append(users, [rowOf('galina')]);
  users.low = 3;
  const rest = { rows: ['galina', 'vera'], poison: [] };
  expect(await read()).toEqual(rest);
  expect(await read()).toEqual(rest);
});

test('the row before an unreadable one does not count, here and after a restart', async () => {
  const { users, rowOf, read } = await parts();
  await append(users, [rowOf('anna'), rowOf('boris')]);
  await append(users, [{ key: 'anna', value: Buffer.from('text') }]);
  const look = (table: JoinedTable<User>) => {
    const found = table.get('anna');
    expect(found).toMatchObject({ place: 'users-0 at 2', fault: { code: 'NOT_AVRO' } });
    expect(isUnreadable(found) && describeUnreadable(found)).toContain('users-0 at 2: NOT_AVRO');
    expect(table.get('boris')).toHaveProperty('value');
  };
  expect((await read(1, look)).poison).toEqual(['2 anna NOT_AVRO']);
  expect((await read(1, look)).poison).toEqual([]);

  await append(users, [rowOf('anna')]);
  await read(1, (table) => expect(table.get('anna')).toHaveProperty('value.id', 'anna'));
});

test('a huge row that shrank on its way is unreadable, and fills no memory', async () => {
  const { users, rowOf, read } = await parts();
  const { value } = rowOf('anna');
  const huge = Buffer.concat([value ?? Buffer.alloc(0), Buffer.alloc(20 * 1024 * 1024)]);
  await append(users, [rowOf('anna'), { key: 'anna', value: huge }]);
  const look = (table: JoinedTable<User>) => {
    expect(table.get('anna')).toMatchObject({ fault: { code: 'RECORD_TOO_LARGE' } });
    expect(table.rowStore.heldBytes()).toBeLessThan(1024 * 1024);
  };
  expect((await read(1, look)).poison).toEqual(['1 anna RECORD_TOO_LARGE']);
  expect((await read(1, look)).poison).toEqual([]);
  await append(users, [rowOf('anna')]);
  await read(1, (table) => expect(table.get('anna')).toHaveProperty('value'));
});

test('a row whose schema the registry forgot is unreadable until it is known again', async () => {
  const { registry, users, rowOf, read, reopen } = await parts();
  const older = { ...(schemaOf(topics.users) as AvroNode), doc: 'Of an older release.' };
  const id = await registry.register('older', older);
  const { value } = rowOf('anna');
  value?.writeInt32BE(id, 1);
  await append(users, [{ key: 'anna', value }]);
  expect((await read()).poison).toEqual([]);

  const { schemaOf: known } = registry;
  registry.schemaOf = async () => ({ ok: false, reason: 'it is gone' });
  await reopen();
  const gone = (table: JoinedTable<User>) =>
    expect(table.get('anna')).toMatchObject({ fault: { code: 'SCHEMA_UNKNOWN' } });
  expect((await read(1, gone)).poison).toEqual([]);

  registry.schemaOf = known;
  await reopen();
  const back = (table: JoinedTable<User>) => expect(table.get('anna')).toHaveProperty('value');
  expect((await read(1, back)).poison).toEqual([]);
});

/** Of two partitions this one is 0; those whose key belongs in 1 are anna and galina. */
test('a misplaced row is set aside once, and counted until a tombstone takes it away', async () => {
  const { users, rowOf, read, conditions } = await parts();
  await append(users, [rowOf('anna'), rowOf('boris'), rowOf('vera'), rowOf('galina')]);
  const rows = ['boris', 'vera'];
  const told = async (expected: readonly string[]) => {
    await vi.waitFor(() => expect(conditions()).toEqual(expected));
  };
  const poison = ['0 anna WRONG_PARTITION', '3 galina WRONG_PARTITION'];
  expect(await read(2, () => told(['WRONG_PARTITION users-0 in test 2']))).toEqual({
    rows,
    poison,
  });
  await append(users, [{ key: 'anna', value: null }]);
  const one = () => told(['WRONG_PARTITION users-0 in test 1']);
  expect(await read(2, one)).toEqual({ rows, poison: [] });
  expect(await read(2, one)).toEqual({ rows, poison: [] });
  await append(users, [{ key: 'galina', value: null }]);
  expect(await read(2, () => told([]))).toEqual({ rows, poison: [] });
});

const strayed = (count: number) =>
  Array.from({ length: 1000 }, (_, n) => `stray-${n}`)
    .filter((key) => partitionOf(Buffer.from(key), 2) === 1)
    .slice(0, count);

test('too many misplaced rows end the table; nothing is saved; tombstones heal it', async () => {
  const { users, rowOf, read, conditions } = await parts();
  const keys = strayed(50);
  await append(users, [rowOf('boris'), ...keys.map((key) => rowOf(key))]);
  for (let turn = 0; turn < 2; turn += 1) {
    const reason = /50 of the last 1000 rows of users-0: stop their writer.*operations\.md/;
    await expect(read(2)).rejects.toThrow(reason);
    expect(users.asked.splice(0)[0]).toBe(0);
  }
  // The way on: take them away where they lie.
  await append(
    users,
    keys.slice(1).map((key) => ({ key, value: null })),
  );
  const { rows, poison } = await read(2);
  expect({ rows, told: poison.length }).toEqual({ rows: ['boris'], told: 50 });
  const told = () => vi.waitFor(() => expect(conditions()).toEqual([`WRONG_PARTITION ${one}`]));
  const one = 'users-0 in test 1';
  // What was set aside is in the checkpoint, though it was written anew.
  expect(await read(2, told)).toEqual({ rows: ['boris'], poison: [] });
});
