import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProcessors } from '../../processors/start.ts';
import { deadLetterHeaders } from '../../runtime/dead-letter.ts';
import type { ErrorCode } from '../../runtime/errors.ts';
import type { KafkaRecord, OutgoingRecord } from '../../runtime/kafka/record.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { openRegistry } from '../../runtime/registry.ts';
import { schemaOf } from '../../runtime/serde.ts';
import type { AvroNode } from '../../schemas/load.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { openTcpProxy, type TcpProxy } from '../integration/support/tcp-proxy.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';
import type { Written } from '../scenarios/scenario.ts';

const name = 'bad-input';
const w = world(name);
/** Someone whom every good event reaches by e-mail. */
const anna = {
  ...w.anna,
  channels: ['email', 'messenger'] as const,
  followedGenres: [w.id('drama')],
};
/** A header of our own: it stays with the record, and tells the letters of this file apart. */
const caseHeader = `${name}.case`;

let system: System;
let proxy: TcpProxy;
let running: Running;

/** A record that nobody can work on, and what must be said of it. */
type Poison = {
  readonly id: string;
  readonly record: OutgoingRecord;
  readonly code: ErrorCode;
  readonly process: string;
};

function headerOf({ headers }: KafkaRecord, wanted: string): string | undefined {
  return headers.find(([each]) => each === wanted)?.[1]?.toString();
}

function framed(id: number, content: Buffer): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeInt32BE(id, 1);
  return Buffer.concat([frame, content]);
}

/** The good bytes up to where two values with other first arrays differ, then a billion items. */
function bombOf(empty: Buffer, filled: Buffer): Buffer {
  const at = empty.findIndex((byte, index) => byte !== filled[index]);
  const billion = Buffer.from([0x80, 0xa8, 0xd6, 0xb9, 0x07]);
  return Buffer.concat([empty.subarray(0, at), billion]);
}

const bytesOf = (written: Written): Buffer => system.encode(written).value ?? Buffer.alloc(0);

/** Every way to be wrong that fits the topic; `foreign` is a good value of another one. */
function poisonsOf(options: {
  readonly good: Written;
  readonly foreign: Written;
  readonly process: string;
  /** The good value with an empty array and with a filled one, where the schema has any. */
  readonly arrays?: readonly [empty: Written, filled: Written];
}): Poison[] {
  const { good, foreign, process, arrays } = options;
  const { topic } = good;
  const value = bytesOf(good);
  const key = good.key === null ? null : Buffer.from(good.key);
  const poison = (what: string, code: ErrorCode, changes: Partial<OutgoingRecord>): Poison => {
    const id = `${topic.name}: ${what}`;
    const headers = [[caseHeader, Buffer.from(id)]] as const;
    return { id, code, process, record: { topic: topic.name, key, value, headers, ...changes } };
  };
  const unknownId = 0x7f00_0000;
  const found = [
    poison('no Avro', 'NOT_AVRO', { value: Buffer.from('{"plain":"text"}') }),
    poison('a lone magic byte', 'NOT_AVRO', { value: Buffer.from([0]) }),
    poison('no bytes', 'NOT_AVRO', { value: Buffer.alloc(0) }),
    poison('an unknown schema', 'SCHEMA_UNKNOWN', { value: framed(unknownId, value.subarray(5)) }),
    poison('a negative schema id', 'SCHEMA_UNKNOWN', { value: framed(-1, value.subarray(5)) }),
    poison('a truncated record', 'RECORD_UNREADABLE', { value: value.subarray(0, -1) }),
    poison('bytes left over', 'RECORD_UNREADABLE', { value: Buffer.concat([value, value]) }),
    poison('a foreign schema', 'RECORD_UNREADABLE', { value: bytesOf(foreign) }),
    // A broker itself refuses a compacted record whose key is null, not one whose key is empty.
    poison('no key', 'KEY_MISSING', { key: topic.kind === 'table' ? Buffer.alloc(0) : null }),
  ];
  if (topic.kind === 'events') found.push(poison('no value', 'VALUE_MISSING', { value: null }));
  if (arrays) {
    const [empty, filled] = arrays;
    const bomb = bombOf(bytesOf(empty), bytesOf(filled));
    found.push(poison('an array of a billion', 'RECORD_UNREADABLE', { value: bomb }));
  }
  return found;
}

const events = [
  w.episodeReleased(w.brother.id, w.id('good-episode')),
  w.movieAdded(w.brother.id),
  w.commentReplied(w.john.id),
  w.requested([anna.id]),
];

function allPoisons(): Poison[] {
  const process = 'audience';
  const [episode, movieAdded, reply, request] = events as [Written, Written, Written, Written];
  return [
    ...poisonsOf({ good: episode, foreign: movieAdded, process }),
    ...poisonsOf({ good: movieAdded, foreign: episode, process }),
    ...poisonsOf({ good: reply, foreign: episode, process }),
    ...poisonsOf({
      good: request,
      foreign: episode,
      process,
      arrays: [w.requested([]), w.requested(['one'])],
    }),
    ...poisonsOf({
      good: w.user(anna),
      foreign: w.movie(w.brother),
      process: 'notify',
      arrays: [w.user({ ...anna, channels: [] }), w.user(anna)],
    }),
    ...poisonsOf({
      good: w.movie(w.brother),
      foreign: w.user(anna),
      process,
      arrays: [w.movie({ ...w.brother, genres: [] }), w.movie(w.brother)],
    }),
  ];
}

const ours = (records: readonly KafkaRecord[]) =>
  records.filter((record) => headerOf(record, caseHeader) !== undefined);
const letters = async () => ours(await system.read(topics.deadLetters));

/** The ids of the good events that led to a notification for Anna. */
async function reached(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const topic of [
    topics.emailNotifications,
    topics.emailNotificationsBulk,
    topics.messengerNotifications,
  ]) {
    for (const { userId, eventId, eventType } of await system.readValues(topic)) {
      if (userId === anna.id) found.add(`${eventType} ${eventId}`);
    }
  }
  return found;
}

/** Waits for the notification of a good event, and fails when it never comes. */
async function expectReached(wanted: string): Promise<void> {
  await until(`the notification of ${wanted}`, async () => (await reached()).has(wanted));
}

async function startBehindProxy(): Promise<Running> {
  const config = { ...system.config, schemaRegistryUrl: proxy.url };
  const started = await startProcessors({ config, log: system.log });
  await until('the processors are ready', () => started.ready());
  return started;
}

beforeAll(async () => {
  system = await openSystem(name);
  proxy = await openTcpProxy(system.config.schemaRegistryUrl);
  await system.write([...templateRows, w.movie(w.brother), w.comment(anna.id), w.user(anna)]);
  running = await startBehindProxy();
});

afterAll(async () => {
  await running?.stop();
  await proxy?.close();
  await system?.close();
});

describe('records that nobody can work on', () => {
  let poisons: Poison[];
  let written: readonly KafkaRecord[];

  beforeAll(async () => {
    poisons = allPoisons();
    await system.producer.send(poisons.map(({ record }) => record));
    const poisoned: Topic[] = [...events.map(({ topic }) => topic), topics.users, topics.movies];
    written = ours((await Promise.all(poisoned.map((topic) => system.read(topic)))).flat());
    await until('a letter for each', async () => (await letters()).length >= poisons.length);
  });

  test('each is set aside once: its bytes, its key, its place, and the reason', async () => {
    const found = (await letters()).map((letter) => ({
      id: headerOf(letter, caseHeader),
      code: headerOf(letter, deadLetterHeaders.code),
      process: headerOf(letter, deadLetterHeaders.process),
      key: letter.key,
      value: letter.value,
      topic: headerOf(letter, deadLetterHeaders.topic),
      place: [
        Number(headerOf(letter, deadLetterHeaders.partition)),
        Number(headerOf(letter, deadLetterHeaders.offset)),
      ],
      explained: headerOf(letter, deadLetterHeaders.reason) !== '',
    }));
    const expected = poisons.map(({ id, code, process, record }) => {
      const place = written.find((each) => headerOf(each, caseHeader) === id);
      const { topic, key, value } = record;
      const at = [place?.partition, place?.offset];
      return { id, code, process, key, value, topic, place: at, explained: true };
    });
    const byId = (a: { id?: string | undefined }, b: { id?: string | undefined }) =>
      (a.id ?? '') < (b.id ?? '') ? -1 : 1;
    expect(found.toSorted(byId)).toEqual(expected.toSorted(byId));
  });

  test('the next record goes on, once rows that nobody can read are written again', async () => {
    await system.write([w.movie(w.brother), w.user(anna)]);
    await system.write(events);
    await expectReached(`episodeReleased ${w.id('good-episode')}`);
    await expectReached(`movieAdded ${w.id('event')}`);
    await expectReached(`commentReplied ${w.id('event')}`);
    await expectReached(`notificationRequested ${w.id('event')}`);
  });

  test('after a restart nothing is set aside again, and the rows are still there', async () => {
    await running.stop();
    running = await startBehindProxy();
    await system.write([w.episodeReleased(w.brother.id, w.id('after-restart'))]);
    await expectReached(`episodeReleased ${w.id('after-restart')}`);
    const ids = (await letters()).map((letter) => headerOf(letter, caseHeader));
    expect(ids).toHaveLength(poisons.length);
    expect(new Set(ids)).toEqual(new Set(poisons.map(({ id }) => id)));
  });

  test('a row without a value is no poison: it deletes the row', async () => {
    const { topic, key } = w.user(anna);
    await system.write([{ topic, key, value: null }]);
    const deleted = w.requested([anna.id]);
    const request = { ...(deleted.value as object), requestId: w.id('deleted') };
    await system.write([{ ...deleted, value: request }]);
    const reasons = async () => {
      const decisions = await system.readValues(topics.notificationDecisions);
      const mine = decisions.filter(({ eventId }) => eventId === w.id('deleted'));
      return mine.map(({ reason }) => reason);
    };
    await until('the decision', async () => (await reasons()).length > 0);
    expect(await reasons()).toEqual(['unknownUser']);
    await system.write([w.user(anna)]);
  });
});

/** An event of a writer whose schema no process has seen yet. */
async function eventOfNewWriter(eventId: string): Promise<OutgoingRecord> {
  const schema = schemaOf(topics.episodeReleased) as AvroNode;
  const added = { name: 'rating', type: ['null', 'string'], default: null, doc: eventId };
  const newer = { ...schema, fields: [...(schema.fields ?? []), added] };
  const registry = openRegistry(system.config.schemaRegistryUrl);
  const id = await registry.register(`${name}-${eventId}-value`, newer);
  const old = system.encode(w.episodeReleased(w.brother.id, eventId));
  const content = Buffer.concat([old.value?.subarray(5) ?? Buffer.alloc(0), Buffer.from([0])]);
  const headers = [[caseHeader, Buffer.from(eventId)]] as const;
  return { ...old, value: framed(id, content), headers };
}

describe('while the schema registry is away', () => {
  /** One attempt, and another that shows that the first one came to an end. */
  const attempts = 2;

  test.each(['cut', 'halfClose', 'blackHole'] as const)(
    '%s: a record of an unknown schema waits, and is worked on when it is back',
    async (damage) => {
      const eventId = w.id(damage);
      const record = await eventOfNewWriter(eventId);
      await proxy.drop();
      await proxy[damage]();
      const before = proxy.connections();
      await system.producer.send([record]);
      await until('the registry was asked in vain', () => {
        return proxy.connections() >= before + attempts;
      });
      expect(await reached()).not.toContain(`episodeReleased ${eventId}`);

      await proxy.mend();
      await expectReached(`episodeReleased ${eventId}`);
      const dead = (await letters()).map((letter) => headerOf(letter, caseHeader));
      expect(dead).not.toContain(eventId);
    },
  );
});
