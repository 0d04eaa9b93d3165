import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDryRuns } from '../../../../gateway/sending/dry-runs.ts';
import type { Tally } from '../../../../gateway/sending/tally.ts';
import { topology } from '../../../../processors/topology.ts';
import { planOf } from '../../../../rules/request-plan.ts';
import { indexed } from '../../../../runtime/processor.ts';
import type {
  Channel,
  Movie,
  NotificationRequested,
  Preference,
  Suppression,
  Template,
  User,
} from '../../../../schemas/generated/records.ts';
import { lanes, topics } from '../../../../schemas/topics.ts';
import { createDriver, type Driver } from '../../../driver/driver.ts';
import { createMemorySerde } from '../../../driver/memory-serde.ts';
import { createMemoryTable } from '../../../driver/memory-table.ts';
import { handClock } from '../../runtime/hand-clock.ts';
import { openMemoryPeople } from '../memory-people.ts';

const channels = ['email', 'sms', 'messenger'] as const satisfies readonly Channel[];
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const strangers = ['nobody', 'зритель'];
const unreadableBytes = Buffer.from([0, 0, 0, 0, 99, 1, 2]);

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Анна', 'John Smith', 'O\'Neil & "Sons"', '王小明') },
  { weight: 2, arbitrary: fc.constantFrom('', ' ', '\u202egpj', 'я'.repeat(90), '&'.repeat(990)) },
  { weight: 1, arbitrary: fc.constantFrom('я'.repeat(1001), 'e\u0301'.repeat(200)) },
);
const address = fc.constantFrom(null, '', 'é@example.com', 'e\u0301@example.com', '+79160000001');
const user = (id: string): fc.Arbitrary<User> =>
  fc.record({
    id: fc.constant(id),
    fullName: name,
    email: address,
    phone: fc.oneof({ weight: 5, arbitrary: address }, fc.constant('9'.repeat(400))),
    telegramChatId: address,
    locale: fc.constantFrom(null, 'ru', 'en', 'en-GB', 'kk', ''),
    timeZone: fc.constantFrom(null, 'Asia/Tokyo', 'Nowhere/Never'),
    channels: fc.subarray([...channels, 'unknown' as const], { minLength: 1 }),
    followedMovieIds: fc.subarray(['m1', 'm2']),
    followedGenres: fc.subarray(['драма', 'café']),
  });
const preference = (userId: string): fc.Arbitrary<Preference> =>
  fc.record({
    userId: fc.constant(userId),
    optedOutChannels: fc.subarray([...channels, 'unknown' as const], { maxLength: 1 }),
    optedOutEvents: fc.subarray(['notificationRequested', 'movieAdded', 'unknown'] as const, {
      maxLength: 1,
    }),
    updatedAt: fc.constant(0),
  });
const suppression = (userId: string): fc.Arbitrary<Suppression> =>
  fc.record({
    userId: fc.constant(userId),
    addresses: fc.array(
      fc.record({
        channel: fc.constantFrom(...channels, 'unknown' as const),
        address: fc.constantFrom('é@example.com', '+79160000001'),
        reason: fc.constant('bounced'),
        since: fc.constant(0),
      }),
      { maxLength: 2 },
    ),
    updatedAt: fc.constant(0),
  });

const source = fc.constantFrom(
  ...['Привет, {{ user_full_name }}!', '{{user_full_name}}', '{{ movie_title }}', ' ', 'Слово'],
  ...['{{#if movie_title}}да{{/if}}', '{{ missing }}', '{{#if', '{{ user_full_name }} '.repeat(20)],
);
const template: fc.Arbitrary<Template> = fc.record({
  id: fc.constant('t'),
  version: fc.constant(3),
  eventType: fc.constant('notificationRequested' as const),
  channel: fc.constantFrom(...channels),
  locale: fc.constantFrom('ru', 'en', 'de'),
  texts: fc.uniqueArray(
    fc.record({
      locale: fc.constantFrom('ru', 'en'),
      subject: fc.oneof(source, fc.constant(null)),
      body: source,
    }),
    { minLength: 1, maxLength: 2, selector: ({ locale }) => locale },
  ),
  params: fc.constantFrom(['user_full_name', 'movie_title'], ['user_full_name']),
});
const movie: Movie = {
  id: 'm1',
  title: 'Брат',
  englishTitle: 'Brother',
  genres: ['драма'],
  year: 1997,
  description: null,
};

const request = fc
  .record({
    people: fc.oneof(
      fc.record({
        userIds: fc.uniqueArray(fc.constantFrom(...ids, ...strangers), { minLength: 1 }),
        audience: fc.constant(null),
      }),
      fc.record({
        userIds: fc.constant([]),
        audience: fc.constantFrom('all', 'movie:m1', 'genre:cafe\u0301', 'genre:драма', 'nobody'),
      }),
    ),
    movieId: fc.constantFrom(null, 'm1', 'unknown-movie'),
    channel: fc.constantFrom(...channels),
    asWritten: fc.boolean(),
    inline: fc.integer({ max: 3, min: 0 }).map((dice) => dice === 0),
  })
  .map(({ people, ...rest }) => ({ ...people, ...rest }));

const unreadable = fc.array(
  fc.record({
    topic: fc.constantFrom(topics.users, topics.preferences, topics.suppressions),
    key: fc.constantFrom(...ids),
  }),
  { maxLength: 2 },
);
const world = fc.record({
  users: fc.tuple(...ids.map(user)),
  preferences: fc.tuple(...ids.slice(0, 4).map(preference)),
  suppressions: fc.tuple(...ids.slice(2, 6).map(suppression)),
  unreadable,
  template,
  request,
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function requestOf({ request: asked, template: made }: World) {
  const { asWritten, inline, channel, ...rest } = asked;
  const { channel: written } = made;
  return {
    requestId: 'r1',
    templateId: 't',
    template: inline ? made : null,
    channel: asWritten && written !== 'unknown' ? written : channel,
    requestedBy: 'test',
    requestedAt: 0,
    ...rest,
  } satisfies NotificationRequested;
}

/** What the processors write, counted as a dry run counts: by channel, and by reason against. */
async function outcomeOf(made: World): Promise<readonly string[]> {
  const driver: Driver = await createDriver(topology);
  driver.table(topics.movies, 'm1', movie);
  driver.table(topics.templates, 't', made.template);
  for (const each of made.users) driver.table(topics.users, each.id, each);
  for (const each of made.preferences) driver.table(topics.preferences, each.userId, each);
  for (const each of made.suppressions) driver.table(topics.suppressions, each.userId, each);
  for (const { topic, key } of made.unreadable) driver.tableRaw(topic, key, unreadableBytes);
  driver.send(topics.notificationRequested, 'r1', requestOf(made));
  const written = channels.flatMap((channel) =>
    [lanes[channel].direct, lanes[channel].bulk].flatMap((lane) =>
      driver.outputs(lane).map(() => `${channel} written`),
    ),
  );
  const against = driver
    .outputs(topics.notificationDecisions)
    .map(({ channel, reason }) => `${channel} ${reason}`);
  const refused = driver.records(topics.deadLetters).map(() => 'refused');
  return [...written, ...against, ...refused].toSorted();
}

const listTally = ({ channels: tallied }: Tally) =>
  tallied.flatMap(({ channel, written, against }) => [
    ...Array.from({ length: written }, () => `${channel} written`),
    ...[...against].flatMap(([reason, count]) =>
      Array.from({ length: count }, () => `${channel} ${reason}`),
    ),
  ]);

const opened = createMemorySerde();

async function foretold(made: World): Promise<readonly string[]> {
  const serde = await opened;
  const tables = {
    movies: createMemoryTable(indexed(topics.movies), serde),
    templates: createMemoryTable(indexed(topics.templates), serde),
  };
  tables.movies.put(Buffer.from('m1'), serde.encode(topics.movies, movie), 0);
  tables.templates.put(Buffer.from('t'), serde.encode(topics.templates, made.template), 0);
  const memory = openMemoryPeople(serde);
  for (const each of made.users) memory.put(topics.users, each.id, each);
  for (const each of made.preferences) memory.put(topics.preferences, each.userId, each);
  for (const each of made.suppressions) memory.put(topics.suppressions, each.userId, each);
  for (const { topic, key } of made.unreadable) memory.putRaw(topic, key, unreadableBytes);
  const asked = requestOf(made);
  const plan = planOf(asked, tables);
  if (plan.kind === 'refused') return ['refused'];
  if (plan.kind === 'declined') {
    return asked.userIds.map(() => `${asked.channel} ${plan.reason}`).toSorted();
  }
  const runs = createDryRuns({ clock: handClock() });
  const { signal } = new AbortController();
  const counted = await runs.run(plan.command, memory.people, signal);
  if (!counted.ok) throw new Error(counted.problem.detail);
  return listTally(counted.value).toSorted();
}

/** Some seconds by itself; many of them beside a broker and a browser. */
const deadlineMs = 180_000;

test(
  'a dry run counts what the processors then write, reason for reason',
  async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(world, async (made) => {
        const outcome = await outcomeOf(made);
        expect(await foretold(made)).toEqual(outcome);
        for (const each of outcome) seen.add(each.split(' ').at(-1) ?? '');
      }),
      { numRuns: 250 },
    );
    const reasons = [
      ...['written', 'refused', 'unknownUser', 'rowUnreadable', 'channelNotChosen', 'noAddress'],
      ...['optedOutChannel', 'optedOutEvent', 'suppressedAddress', 'tooLarge', 'noText'],
      ...['renderFailed', 'unknownTemplate', 'unknownMovie'],
    ];
    expect([...seen].toSorted()).toEqual(reasons.toSorted());
  },
  deadlineMs,
);
