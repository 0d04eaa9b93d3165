import { isDeepStrictEqual } from 'node:util';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import { connectInBackground } from '../../gateway/connection.ts';
import { startProcessors } from '../../processors/start.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createHealth } from '../../runtime/health.ts';
import { committedOffsets, partitionCount } from '../../runtime/kafka/offsets.ts';
import { openTopicAdmin } from '../../runtime/kafka/topic-admin.ts';
import { takeOver } from '../../runtime/kafka/transactions.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { type Database, openDatabase } from '../../runtime/postgres.ts';
import type { User } from '../../schemas/generated/records.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';

const name = 'topics-remade';
const w = world(name);
const { Kafka, logLevel } = kafkajs;

let system: System;
let admin: ReturnType<InstanceType<typeof Kafka>['admin']>;
let database: Database;

/** People who follow the movie; another life of the topic has other ones, and more of them. */
const people = (life: string, count: number): User[] =>
  Array.from({ length: count }, (_, n) => ({ ...w.anna, id: w.id(`${life}-${n}`) }));
const idsOf = (users: readonly User[]) => users.map(({ id }) => id).toSorted();

/** Deletes a topic and makes it anew. */
async function remake(topic: Topic): Promise<void> {
  await admin.deleteTopics({ topics: [topic.name] });
  const creator = await openTopicAdmin(system.kafka);
  await until('the topic is made anew', () =>
    creator.create([topic]).then(
      () => true,
      () => false,
    ),
  );
  await creator.close();
  await until('it has leaders', async () => {
    await system.kafka.cluster.refreshMetadata();
    return (await partitionCount(system.kafka, topic.name)) === topic.partitions;
  });
}

async function startAll(): Promise<Running> {
  const { config, log } = system;
  const running = await startProcessors({ config, log });
  await until('the processors are ready', () => running.ready());
  return running;
}

/** Whom an event wrote to. */
async function reachedBy(eventId: string): Promise<string[]> {
  const sent = await system.readValues(topics.emailNotificationsBulk);
  return sent.flatMap((each) => (each.eventId === eventId ? [each.userId] : [])).toSorted();
}

async function expectReached(eventId: string, users: readonly User[]): Promise<void> {
  await until(`everyone has ${eventId}`, async () => {
    return (await reachedBy(eventId)).length >= users.length;
  });
  expect(await reachedBy(eventId)).toEqual(idsOf(users));
}

beforeAll(async () => {
  system = await openSystem(name);
  admin = new Kafka({
    brokers: [...system.config.kafkaBrokers],
    logLevel: logLevel.NOTHING,
  }).admin();
  await admin.connect();
  database = openDatabase({ url: system.config.databaseUrl, log: system.log });
  await system.write([...templateRows, w.movie(w.brother)]);
});

afterAll(async () => {
  await admin?.disconnect();
  await database?.close();
  await system?.close();
});

test('a table and an input that were made anew while nobody ran are other ones', async () => {
  const before = people('before', 20);
  let running = await startAll();
  await system.write(before.map(w.user));
  await system.write([w.episodeReleased(w.brother.id, w.id('first'))]);
  await expectReached(w.id('first'), before);
  await running.stop();

  await remake(topics.users);
  await remake(topics.episodeReleased);
  const after = people('after', 60);
  await system.write(after.map(w.user));
  const events = ['second', 'third', 'fourth'].map(w.id);
  await system.write(events.map((id) => w.episodeReleased(w.brother.id, id)));
  running = await startAll();
  for (const id of events) await expectReached(id, after);
  await running.stop();
});

test('a table that is made anew while the processors run is noticed, and read anew', async () => {
  const running = await startAll();
  await remake(topics.users);
  const late = people('late', 90);
  await system.write(late.map(w.user));
  let tries = 0;
  await until('an event reaches exactly the people of the new topic', async () => {
    tries += 1;
    const id = w.id(`while-running-${tries}`);
    await system.write([w.episodeReleased(w.brother.id, id)]);
    await until(`${id} was worked on`, async () => {
      const planned = await system.readValues(topics.broadcastCommands);
      return planned.some(({ eventId }) => eventId === id);
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // Not how many: the rows of the former topic and the last of the new one can be as many.
    return isDeepStrictEqual(await reachedBy(id), idsOf(late));
  });
  expect(await reachedBy(w.id(`while-running-${tries}`))).toEqual(idsOf(late));
  await running.stop();
});

test('a gateway that runs answers of the topic that is there, not of the former one', async () => {
  const { config, log } = system;
  const connection = connectInBackground({
    config,
    log,
    clock: systemClock,
    health: createHealth(log),
    reads: { read: () => Promise.reject(new Error('nobody reads here')) },
  });
  const has = (id: string) => connection.tables()?.users.get(id) !== undefined;
  const [gone] = people('gone', 1);
  const fresh = people('fresh', 30);
  await system.write([w.user(gone ?? w.anna)]);
  await until('it has the first', () => has(w.id('gone-0')));
  await remake(topics.users);
  await system.write(fresh.map(w.user));
  await until('it has all of the new ones', () => fresh.every(({ id }) => has(id)));
  expect(has(w.id('gone-0'))).toBe(false);
  await connection.close();
});

test('an offset of a former topic is none of the topic that has its name now', async () => {
  const { kafka, log } = system;
  const place = { topic: topics.smsNotifications.name, partition: 0 };
  const options = { kafka, transactionalId: name, groupId: name, inputs: [place], log };
  const { signal } = new AbortController();
  const health = createHealth(log);
  const row = { topic: place.topic, key: Buffer.from('k'), value: Buffer.from('v'), partition: 0 };
  const first = await takeOver({ ...options, health, signal });
  await system.producer.send([row, row, row]);
  await remake(topics.smsNotifications);
  await system.producer.send([row, row, row, row, row]);
  // Written by whoever has not noticed yet.
  const offsets = [{ ...place, nextOffset: 3, metadata: 'cursor' }];
  await first.producer.commit({ records: [], offsets });
  await first.producer.close();
  // A commit is answered before its marker has reached the offsets.
  const read = async () => (await committedOffsets(kafka, name, [place]))[0] ?? null;
  await until('the commit can be read', async () => (await read()) !== null);
  expect(await read()).toMatchObject({ offset: 3, metadata: 'cursor' });

  const second = await takeOver({ ...options, health, signal });
  expect(second.committed).toEqual([{ nextOffset: 0, metadata: '' }]);
  expect(health.counted()).toMatchObject([{ name: 'topics_remade', value: 1 }]);
  await second.producer.commit({ records: [], offsets });
  await second.producer.close();
  const third = await takeOver({ ...options, health, signal });
  expect(third.committed).toEqual([{ nextOffset: 3, metadata: 'cursor' }]);
  await third.producer.close();
});

test('history of a topic that was made anew is projected from its beginning', async () => {
  const { config, log } = system;
  const countOf = async (life: string) => {
    const rows = await database.query<{ count: number }>`
      select count(*)::int as count from requests where request_id like ${w.id(life)} || '-%'`;
    return rows[0]?.count ?? 0;
  };
  const requests = (life: string, count: number) =>
    Array.from({ length: count }, (_, n) => {
      const asked = w.requested([w.anna.id]);
      const requestId = w.id(`${life}-${n}`);
      return { ...asked, key: requestId, value: { ...(asked.value as object), requestId } };
    });
  const start = async () => {
    const started = await startHistory({ config, log });
    await until('the history is ready', () => started.ready());
    return started;
  };
  let running = await start();
  await system.write(requests('old', 5));
  await until('the requests are rows', async () => (await countOf('old')) === 5);
  await running.stop();

  await remake(topics.notificationRequested);
  await system.write(requests('new', 40));
  running = await start();
  await until('all of the new ones are rows', async () => (await countOf('new')) === 40);
  const generations = await database.query<{ generation: number }>`
    select distinct generation from projected_offsets where topic = 'notification-requested'`;
  expect(generations).toEqual([{ generation: 1 }]);
  await running.stop();
});

test('more partitions end a processor with a sentence, and it starts not with them', async () => {
  const { config, log } = system;
  const running = await startAll();
  const ended = running.failed.catch((error: unknown) => error);
  await admin.createPartitions({ topicPartitions: [{ topic: topics.users.name, count: 6 }] });
  expect(await ended).toMatchObject({
    code: 'PARTITIONS_CHANGED',
    message: expect.stringMatching(/users had 4 partitions and has 6/) as string,
  });
  await running.stop();
  await expect(startProcessors({ config, log })).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });

  await remake(topics.users);
  const again = people('again', 10);
  const restarted = await startAll();
  await system.write(again.map(w.user));
  await system.write([w.episodeReleased(w.brother.id, w.id('again'))]);
  await expectReached(w.id('again'), again);
  await restarted.stop();
});
