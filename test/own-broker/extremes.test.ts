import { afterAll, beforeAll, expect, test } from 'vitest';
import { startConnectors } from '../../connectors/start.ts';
import { type Inbox, startInbox } from '../../dev/inbox/inbox.ts';
import { startProcessors } from '../../processors/start.ts';
import type { Config } from '../../runtime/config.ts';
import { deadLetterHeaders } from '../../runtime/dead-letter.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { lanes, topics } from '../../schemas/topics.ts';
import {
  createHistoryDatabase,
  type HistoryDatabase,
} from '../integration/support/history-database.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import {
  eventsOf,
  eventsOfNumbers,
  everyChannel,
  extremesName as name,
  recordsOfLists,
  rowsOf,
  texts,
} from '../scenarios/extremes.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';
import type { Written } from '../scenarios/scenario.ts';

/*
 * Records of every type that are valid and extreme, through the whole system: processors,
 * connectors with real wire protocols, history. Nothing ends, and each of them is accounted for.
 */
const w = world(name);
let system: System;
let inbox: Inbox;
let history: HistoryDatabase;
let config: Config;
let running: Running[] = [];
const failures: unknown[] = [];

async function start(): Promise<void> {
  const { log } = system;
  running = await Promise.all([startProcessors({ config, log }), startConnectors({ config, log })]);
  for (const each of running) each.failed.catch((error: unknown) => failures.push(error));
  await until('all roles are ready', () => running.every((each) => each.ready()));
}

async function stop(): Promise<void> {
  await Promise.all(running.map((each) => each.stop()));
}

beforeAll(async () => {
  system = await openSystem(name);
  inbox = await startInbox({ httpPort: 0, smtpPort: 0 });
  history = await createHistoryDatabase(name, system.log);
  const { email, sms, messenger } = system.config;
  config = {
    ...system.config,
    databaseUrl: history.url,
    email: { ...email, smtpUrl: inbox.smtpUrl },
    sms: { ...sms, baseUrl: inbox.twilioBaseUrl },
    messenger: { ...messenger, apiRoot: inbox.telegramApiRoot },
  };
  const anna = { ...w.anna, channels: everyChannel };
  await system.write([...templateRows, w.movie(w.brother), w.user(anna), w.comment(anna.id)]);
  await start();
});

afterAll(async () => {
  await stop();
  await history?.close();
  await inbox?.close();
  await system?.close();
});

const headerOf = ({ headers }: KafkaRecord, wanted: string) =>
  headers.find(([each]) => each === wanted)?.[1]?.toString() ?? '';

/** Where an event's record lies, as its dead letter names it. */
async function refusedPlaces(): Promise<Set<string>> {
  const letters = await system.read(topics.deadLetters);
  return new Set(
    letters.map((letter) =>
      [deadLetterHeaders.topic, deadLetterHeaders.partition, deadLetterHeaders.offset]
        .map((header) => headerOf(letter, header))
        .join(' '),
    ),
  );
}

async function toldEvents(): Promise<Set<string>> {
  const found = new Set<string>();
  const all = Object.values(lanes).flatMap(({ direct, bulk }) => [direct, bulk]);
  for (const lane of all)
    for (const { eventId } of await system.readValues(lane)) found.add(eventId);
  for (const { eventId } of await system.readValues(topics.notificationDecisions)) {
    found.add(eventId);
  }
  return found;
}

const eventTopics = [
  topics.episodeReleased,
  topics.movieAdded,
  topics.commentReplied,
  topics.notificationRequested,
] as const;

/** Ids of events that nobody was told of and no letter speaks of. */
async function unaccounted(): Promise<string[]> {
  const told = await toldEvents();
  const refused = await refusedPlaces();
  const missing: string[] = [];
  for (const topic of eventTopics) {
    for (const record of await system.read(topic)) {
      const decoded = system.serde.decode(topic, record.value ?? Buffer.alloc(0));
      const id = decoded.ok
        ? 'eventId' in decoded.value
          ? decoded.value.eventId
          : decoded.value.requestId
        : '';
      const place = `${topic.name} ${record.partition} ${record.offset}`;
      if (!told.has(id) && !refused.has(place)) missing.push(`${id.slice(0, 80)} at ${place}`);
    }
  }
  return missing;
}

/** One by one: a record that the broker itself refuses must not take others with it. */
async function writeEach(records: readonly Written[]): Promise<void> {
  const sent = await Promise.allSettled(records.map((each) => system.write([each])));
  const lost = sent.filter(({ status }) => status === 'rejected');
  // Only what does not shrink below a mebibyte may be refused, and nothing here is like that.
  expect(lost).toEqual([]);
}

/** Waits until nothing is missing any more; fails with what is. */
async function untilEmpty(missing: () => Promise<readonly string[]>): Promise<void> {
  const isEmpty = async () => (await missing()).length === 0;
  await until('nothing is missing', isEmpty, 20_000).catch(() => undefined);
  expect(await missing()).toEqual([]);
}

async function expectAlive(event: string): Promise<void> {
  await system.write([w.episodeReleased(w.brother.id, w.id(event))]);
  await until(`the notification of ${event}`, async () => {
    expect(failures).toEqual([]);
    const sent = await system.readValues(topics.emailNotificationsBulk);
    return sent.some(({ eventId, userId }) => eventId === w.id(event) && userId === w.anna.id);
  });
}

test('texts, numbers and lists of every kind end nothing, and none is lost', async () => {
  for (const [label, text] of Object.entries(texts)) {
    // A row with an empty key is refused by its key, an empty text elsewhere is only a text.
    await writeEach(rowsOf(label, text));
    await writeEach(eventsOf(label, text));
  }
  await writeEach(eventsOfNumbers());
  await writeEach(recordsOfLists());
  await expectAlive('after all');
  await untilEmpty(unaccounted);
  expect(failures).toEqual([]);
});

test('after a restart all goes on, and nothing is told a second time', async () => {
  const before = (await system.read(topics.deadLetters)).length;
  await stop();
  await start();
  await expectAlive('after the restart');
  expect(await system.read(topics.deadLetters)).toHaveLength(before);
});

test('the journal of each comes to an end, and history has it all', async () => {
  const all = Object.values(lanes).flatMap(({ direct, bulk }) => [direct, bulk]);
  const sent: string[] = [];
  for (const lane of all) {
    for (const { notificationId } of await system.readValues(lane)) sent.push(notificationId);
  }
  const ends = new Set(['accepted', 'rejected', 'unknown', 'deadLettered']);
  await until('each attempt has its end', async () => {
    const lines = await system.readValues(topics.deliveryEvents);
    const ended = lines.filter(({ kind }) => ends.has(kind));
    const settled = new Set(ended.map(({ notificationId }) => notificationId));
    return sent.every((id) => settled.has(id));
  });
  await untilEmpty(async () => {
    const rows = await history.database.query<{ id: string }>`
      select notification_id as id from notification_progress where rendered`;
    const known = new Set(rows.map(({ id }) => id));
    return sent.filter((id) => !known.has(id));
  });
  expect(failures).toEqual([]);
});

test('an event is told once, also in another partition and after a restart', async () => {
  const event = w.episodeReleased(w.brother.id, w.id('again'));
  const record = system.encode(event);
  const told = async () => {
    const sent = await system.readValues(topics.emailNotificationsBulk);
    return sent.filter(({ eventId, userId }) => eventId === w.id('again') && userId === w.anna.id);
  };
  // In the same instant, and one after the other.
  await system.producer.send([
    { ...record, partition: 0 },
    { ...record, partition: 1 },
  ]);
  await until('it is told', async () => (await told()).length > 0);
  await system.producer.send([{ ...record, partition: 1 }]);
  await expectAlive('behind the repeats');
  await stop();
  await start();
  await system.producer.send([0, 1].map((partition) => ({ ...record, partition })));
  await expectAlive('behind the restart');
  expect(await told()).toHaveLength(1);
});
