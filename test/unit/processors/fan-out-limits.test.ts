import { expect, test } from 'vitest';
import { openKernel } from '../../../processors/notification-kernel.ts';
import { notify } from '../../../processors/notify.ts';
import { interests } from '../../../rules/people.ts';
import { openJob } from '../../../runtime/job.ts';
import type { KafkaRecord } from '../../../runtime/kafka/record.ts';
import { recordsIn } from '../../../runtime/kafka/record-batch-decoder.ts';
import { createRecordSink } from '../../../runtime/kafka/record-sink.ts';
import type { Processor } from '../../../runtime/processor.ts';
import { createRowStore, type RowStore, rowChange } from '../../../runtime/store/row-store.ts';
import { tableOf, wordsIn } from '../../../runtime/table.ts';
import type { NotifyCommand, Template, User } from '../../../schemas/generated/records.ts';
import { limits } from '../../../schemas/limits.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';

const { fanOut: _, ...slowNotify } = notify;
const serde = await createMemorySerde();

const anna: User = {
  id: 'anna',
  fullName: 'Анна Каренина',
  email: 'anna@example.com',
  phone: '+79160000001',
  telegramChatId: '1001',
  locale: 'ru',
  timeZone: null,
  channels: ['email', 'sms', 'messenger'],
  followedMovieIds: [],
  followedGenres: [],
};
const text = {
  locale: 'ru',
  subject: 'О {{movie_title}}',
  body: '{{user_full_name}}, вышла новая серия!',
};
const template = (id: string, channel: Template['channel'], body = text.body): Template => ({
  id,
  version: 1,
  eventType: 'episodeReleased',
  channel,
  locale: 'ru',
  texts: [{ ...text, body, subject: channel === 'email' ? text.subject : null }],
  params: ['user_full_name', 'movie_title'],
});
const commandFor = (templates: readonly Template[], eventId = 'event-1'): NotifyCommand => ({
  eventId,
  eventType: 'episodeReleased',
  source: { topic: 'episode-released', partition: 0, offset: 1 },
  occurredAt: 0,
  requestId: null,
  audienceKind: 'everyone',
  audienceKeys: [],
  params: [],
  movie: {
    id: 'm1',
    title: 'Брат',
    englishTitle: null,
    genres: [],
    year: 1997,
    description: null,
  },
  templates: [...templates],
  digest: '',
  part: 0,
  redriven: false,
});
const people = (count: number, change: (index: number) => Partial<User> = () => ({})) =>
  Array.from({ length: count }, (__, n): User => ({ ...anna, id: `user-${n}`, ...change(n) }));

function storeOf(users: readonly User[]): RowStore {
  const store = createRowStore();
  for (const [offset, user] of users.entries()) {
    const words = wordsIn(user, interests).map(store.words.numberOf);
    const value = serde.encode(topics.users, user);
    store.apply(rowChange(Buffer.from(user.id), value, offset, words));
  }
  return store;
}

/** What the sinks of a job hold, chunk after chunk put together, place by place. */
function play(
  processor: Processor,
  users: readonly User[],
  command: NotifyCommand,
  options: { readonly partitions?: number; readonly maxRecords?: number } = {},
): ReadonlyMap<string, string[]> {
  const { partitions = 4, maxRecords = 100_000 } = options;
  const empty = createRowStore();
  const tables = {
    users: tableOf(storeOf(users), { topic: topics.users, wordFields: interests }, serde),
    preferences: tableOf(empty, { topic: topics.preferences, wordFields: {} }, serde),
    suppressions: tableOf(empty, { topic: topics.suppressions, wordFields: {} }, serde),
  };
  const context = { tables, globals: {}, resumeAfter: null, partitionsOf: () => partitions };
  const topic = topics.broadcastCommands;
  const record = {
    topic: topic.name,
    partition: 0,
    offset: 1,
    timestampMs: 0,
    key: null,
    value: Buffer.from(serde.encode(topic, command)),
    headers: [],
  };
  const work = { processor, topic, context: context as never, serde };
  const job = openJob(work, record);
  const written = new Map<string, string[]>();
  for (let done = false; !done; ) {
    const sink = createRecordSink(() => partitions, { maxRecords, maxBytes: 4 * 1024 * 1024 });
    ({ done } = job.fill(sink));
    for (const { batches, ...place } of sink.partitions()) {
      const name = `${place.topic}/${place.partition}`;
      const records = batches.flatMap((batch) => numbered(recordsIn(batch, place)));
      written.set(name, [...(written.get(name) ?? []), ...records]);
    }
  }
  return written;
}

/** The records of a batch, whose numbers must be those of their places in it. */
function numbered(records: readonly KafkaRecord[]): string[] {
  expect(records.map(({ offset }) => offset)).toEqual([...records.keys()]);
  return records.map(({ key, value }) => `${key?.toString()} ${value?.toString('hex')}`);
}

function expectSame(users: readonly User[], command: NotifyCommand, partitions = 4): void {
  const slow = play(slowNotify, users, command, { partitions });
  expect([...slow.values()].flat().join('').length).toBeGreaterThan(0);
  expect(play(notify, users, command, { partitions })).toEqual(slow);
}

const everyChannel = [
  template('t-email', 'email'),
  template('t-sms', 'sms'),
  template('t-messenger', 'messenger'),
];

test('ids, names and addresses of any length are written as the slow way writes them', () => {
  // All lengths to beyond two blocks of SHA-1, and to where Avro's lengths take a second byte.
  const lengths = Array.from({ length: 150 }, (__, n) => n + 1);
  const users = lengths.map(
    (length): User => ({
      ...anna,
      id: 'u'.repeat(length),
      fullName: 'n'.repeat(length),
      phone: '1'.repeat(length),
    }),
  );
  for (const length of lengths) {
    expectSame(users, commandFor([template('t', 'sms')], 'e'.repeat(length)));
  }
});

test.each([1, 3, 7, 30])('lanes of %i partitions get their people', (partitions) => {
  expectSame(people(300), commandFor(everyChannel), partitions);
});

test('so many partitions that regions would be tiny are written the slow way', () => {
  expectSame(people(50), commandFor(everyChannel), 200);
});

test('more templates than the kernel has places for are written the slow way', () => {
  const many = Array.from({ length: 9 }, (__, n) => template(`t-${n}`, 'sms'));
  expectSame(people(20), commandFor(many));
});

test('several templates of one channel keep their order', () => {
  const many = Array.from({ length: 8 }, (__, n) => template(`t-${n}`, 'sms'));
  expectSame(people(200), commandFor(many));
});

test('readers of more languages than the kernel has places for are written to', () => {
  const languages = people(200, (n) => ({ locale: `l${n % 90}` }));
  expectSame(languages, commandFor(everyChannel));
});

test('a language in any of its spellings is written to as the slow way writes to it', () => {
  const spellings = ['EN', 'En-gb', 'en_US', ' en ', 'en-GB', 'enm', 'ru_RU', 'RU', '', ' '];
  const readers = people(200, (n) => ({ locale: spellings[n % spellings.length] ?? null }));
  const english = { ...text, locale: 'en_gb', body: '{{user_full_name}}, {{movie_title}}' };
  const blank = { ...text, locale: 'EN', body: ' ' };
  const plain = { ...english, locale: ' En' };
  const templates = everyChannel.map((each) => ({
    ...each,
    texts: [blank, ...each.texts, english, plain],
  }));
  const command = commandFor(templates);
  const englishTitle = 'Brother';
  expectSame(readers, { ...command, movie: command.movie && { ...command.movie, englishTitle } });
});

test.each([2000, 9000, 30_000])('a text of %i characters fits, or goes the slow way', (length) => {
  const body = `{{user_full_name}} ${'я'.repeat(length)}`;
  expectSame(people(150), commandFor([template('t-email', 'email', body)]));
});

test('rows that are longer than their place go the slow way', () => {
  const followed = Array.from({ length: 2000 }, (__, n) => `movie-${n}`);
  const long = people(100, (n) => (n % 3 === 0 ? { followedMovieIds: followed } : {}));
  expectSame(long, commandFor(everyChannel));
});

test('a batch ends at its limit, with the numbers of its records starting anew', () => {
  const body = `{{user_full_name}} ${'я'.repeat(1500)}`;
  expectSame(people(600), commandFor([template('t-sms', 'sms', body)]), 1);
});

test('two fan-outs in turn do not meet in the memory they share', () => {
  const users = people(500);
  const [first, second] = [commandFor(everyChannel, 'one'), commandFor(everyChannel, 'two')];
  const alone = play(notify, users, first, { maxRecords: 10 });
  const interrupting: Processor = {
    ...notify,
    fanOut(message, context) {
      const job = notify.fanOut?.(message, context) ?? null;
      return (
        job && {
          fill(sink) {
            play(notify, people(5), second);
            return job.fill(sink);
          },
        }
      );
    },
  };
  expect(play(interrupting, users, first, { maxRecords: 10 })).toEqual(alone);
});

test.each([999, 1000, 1001, 4000])('names of %i letters of one and of two bytes', (length) => {
  const named = people(90, (n) => ({ fullName: (n % 2 === 0 ? 'n' : 'я').repeat(length) }));
  expectSame(named, commandFor(everyChannel));
});

test.each([320, 321, 4000])('addresses of %i letters of one and of two bytes', (length) => {
  const reached = people(90, (n) => ({ phone: (n % 2 === 0 ? '1' : 'я').repeat(length) }));
  expectSame(reached, commandFor(everyChannel));
});

test('the kernel takes no name and no address that might be too long', () => {
  const { layout } = openKernel();
  expect(layout.maxNameBytes).toBe(limits.nameChars);
  expect(layout.maxAddressBytes).toBe(limits.addressChars);
});
