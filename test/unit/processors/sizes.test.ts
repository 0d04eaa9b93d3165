import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topology } from '../../../processors/topology.ts';
import { deadLetterHeaders } from '../../../runtime/dead-letter.ts';
import type { CommentReplied, EpisodeReleased } from '../../../schemas/generated/records.ts';
import { limits } from '../../../schemas/limits.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver, type Driver } from '../../driver/driver.ts';
import { templateRows, templates, world } from '../../scenarios/fixtures.ts';
import type { Written } from '../../scenarios/scenario.ts';

const w = world('sizes');
const comment = w.comment(w.anna.id);
const long = (length: number) => 'я'.repeat(length);
const usual = [...templateRows, w.movie(w.brother), w.user(w.anna), comment];

async function played(rows: readonly Written[], events: readonly Written[]): Promise<Driver> {
  const driver = await createDriver(topology);
  for (const { topic, key, value } of rows) driver.table(topic, key ?? '', value as never);
  for (const { topic, key, value } of events) driver.send(topic, key, value as never);
  return driver;
}

const lettersOf = (driver: Driver) =>
  driver.records(topics.deadLetters).map(({ headers }) => {
    const all = Object.fromEntries(headers.map(([name, value]) => [name, value?.toString()]));
    return { code: all[deadLetterHeaders.code], reason: all[deadLetterHeaders.reason] ?? '' };
  });

const changed = (written: Written, changes: object): Written => ({
  ...written,
  value: { ...(written.value as object), ...changes },
});
const episode = w.episodeReleased(w.brother.id);
const reply = w.commentReplied(w.john.id);
const template = (changes: object) =>
  changed({ ...w.movie(w.brother), topic: topics.templates, key: 't-episode-email' }, changes);
const largeTemplate = {
  ...templates[0],
  texts: Array.from({ length: 5 }, (_, n) => ({
    locale: `l${n}`,
    subject: 'x',
    body: long(limits.templateBodyChars),
  })),
};

const tooLarge: readonly [what: string, rows: Written[], event: Written, said: string][] = [
  [
    'the title of an episode',
    [],
    changed(episode, { episodeTitle: long(1001) } satisfies Partial<EpisodeReleased>),
    'episodeTitle of the event has 1001 characters, at most 1000',
  ],
  [
    'the id of an event',
    [],
    changed(episode, { eventId: long(451) }),
    'eventId of the event has 902 bytes',
  ],
  [
    'the title of a movie',
    [w.movie({ ...w.brother, title: long(1001) })],
    episode,
    `title of the movie ${w.brother.id}`,
  ],
  [
    'the description of a movie',
    [w.movie({ ...w.brother, description: long(900_000) })],
    episode,
    'has 900000 characters, at most 10000',
  ],
  [
    'the genres of a movie',
    [w.movie({ ...w.brother, genres: Array.from({ length: 101 }, (_, n) => `g${n}`) })],
    w.movieAdded(w.brother.id),
    'has 101 entries, at most 100',
  ],
  [
    'a genre of a movie',
    [w.movie({ ...w.brother, genres: ['a', long(500)] })],
    w.movieAdded(w.brother.id),
    'genres[1] of the movie',
  ],
  [
    'a text of a template',
    [template({ ...templates[0], texts: [{ locale: 'ru', subject: '', body: long(100_001) }] })],
    episode,
    'texts[0].body of the template t-episode-email',
  ],
  ['all texts of a template together', [template(largeTemplate)], episode, 'together, at most'],
  [
    'a reply',
    [],
    changed(reply, { text: long(10_001) } satisfies Partial<CommentReplied>),
    'text of the event',
  ],
  ['a name', [], changed(reply, { authorName: long(1001) }), 'authorName of the event'],
  [
    'the comment that was replied to',
    [changed(comment, { text: long(10_001) })],
    reply,
    `text of the comment ${comment.key}`,
  ],
  [
    'a list of people',
    [],
    w.requested(Array.from({ length: 10_001 }, (_, n) => `u${n}`)),
    'userIds of the request has 10001 entries',
  ],
  ['the id of a listed person', [], w.requested(['a', long(451)]), 'userIds[1] of the request'],
  ['a named audience', [], w.requested([], { audience: `genre:${long(451)}` }), 'audience of'],
  ['the id of a template', [], w.requested(['a'], { templateId: long(900_000) }), 'templateId of'],
];

describe('what is too large is refused, with its field, its size and the limit', () => {
  test.each(tooLarge)('%s', async (_, rows, event, said) => {
    const driver = await played([...usual, ...rows], [event]);
    const letters = lettersOf(driver);
    expect(letters.map(({ code }) => code)).toEqual(['FIELD_TOO_LARGE']);
    expect(letters[0]?.reason).toContain(said);
    expect(driver.outputs(topics.directCommands)).toEqual([]);
    expect(driver.outputs(topics.broadcastCommands)).toEqual([]);
  });

  test.each([
    ['name', { fullName: long(1_040_000 / 2) }, 'fullName of the user has 520000 characters'],
    ['address', { email: `${'a'.repeat(400_000)}@example.com` }, 'the address for email'],
  ])('the %s of a person: they get a decision, the others their mail', async (_, changes, said) => {
    const large = { ...w.john, ...changes, followedMovieIds: [w.brother.id] };
    const driver = await played([...usual, w.user(large)], [episode]);
    const [decision] = driver
      .outputs(topics.notificationDecisions)
      .filter(({ channel }) => channel === 'email');
    expect(decision).toMatchObject({ userId: w.john.id, reason: 'tooLarge' });
    expect(decision?.detail).toContain(said);
    expect(driver.outputs(topics.emailNotificationsBulk).map(({ userId }) => userId)).toEqual([
      w.anna.id,
    ]);
  });

  test('a long reason of a suppression is cut in the decision', async () => {
    const reason = long(500_000);
    const channel = 'email' as const;
    const suppressed = { channel, address: w.anna.email ?? '', reason, since: 0 };
    const driver = await played([...usual, w.suppression(w.anna.id, [suppressed])], [episode]);
    const [decision] = driver.outputs(topics.notificationDecisions);
    expect(decision?.detail).toBe(long(limits.detailChars));
  });
});

test('a list of people is cut, and each of them gets one notification or decision', async () => {
  const ids = Array.from({ length: 3000 }, (_, n) => `${long(100)}${n}`);
  const driver = await played(usual, [w.requested([w.anna.id, ...ids])]);
  const commands = driver.outputs(topics.directCommands);
  const sizes = commands.map(({ audienceKeys }) => audienceKeys.length);
  expect(Math.max(...sizes)).toBe(limits.peopleInCommand);
  const told = driver.outputs(topics.notificationDecisions).map(({ userId }) => userId);
  const sent = driver.outputs(topics.emailNotifications).map(({ userId }) => userId);
  expect([...told, ...sent]).toHaveLength(ids.length + 1);
  expect(new Set([...told, ...sent])).toEqual(new Set([w.anna.id, ...ids]));
});

/** Lengths around every limit, and far beyond. */
const length = fc.oneof(
  fc.constantFrom(0, 1, 255, 450, 900, 999, 1000, 1001, 10_000, 10_001, 100_001),
  fc.integer({ min: 100_000, max: 400_000 }),
);
const letter = fc.constantFrom(
  'a',
  'я',
  '王',
  '😀',
  '\u0000',
  '\u2028',
  '\ud800',
  '<',
  '{{x}}',
  '\n',
);
const anyText = fc.tuple(letter, length).map(([one, times]) => one.repeat(times));
const someText = fc.oneof({ weight: 6, arbitrary: fc.constant('plain') }, anyText);
const extremeInt = fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31));
const extremeTime = fc.constantFrom(0, 1, -1, 253_402_300_799_999, -62_135_596_800_000);

const extremes = fc.record({
  fullName: someText,
  email: someText,
  locale: someText,
  movieTitle: someText,
  description: fc.option(someText),
  episodeTitle: someText,
  reply: someText,
  authorName: someText,
  number: extremeInt,
  time: extremeTime,
  genres: fc.array(someText, { maxLength: 4 }),
  body: someText,
});

test('whatever the sizes, letters and numbers are, each record is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(extremes, async (x) => {
      const anna = { ...w.anna, fullName: x.fullName, email: x.email, locale: x.locale };
      const { movieTitle: title, description, genres, number: year } = x;
      const movie = { ...w.brother, title, englishTitle: title, description, genres, year };
      const text = { locale: 'ru', subject: x.body, body: `${x.body} {{user_full_name}}` };
      const rows = [
        w.user({ ...anna, channels: ['email'], followedGenres: genres.slice(0, 1) }),
        w.movie(movie),
        template({ ...templates[0], texts: [text] }),
        changed(comment, { text: x.reply }),
      ];
      const ids = ['e-1', 'e-2'];
      const driver = await played(
        [...usual, ...rows],
        [
          changed(episode, {
            episodeTitle: x.episodeTitle,
            season: x.number,
            releasedAt: x.time,
            eventId: ids[0],
          }),
          changed(reply, { text: x.reply, authorName: x.authorName, eventId: ids[1] }),
        ],
      );
      const told = driver.outputs(topics.notificationDecisions).map(({ eventId }) => eventId);
      const lanes = [topics.emailNotificationsBulk, topics.emailNotifications];
      const sent = lanes.flatMap((lane) => driver.outputs(lane).map(({ eventId }) => eventId));
      const refused = driver.records(topics.deadLetters).map(({ topic, headers }) => {
        const from = headers.find(([name]) => name === deadLetterHeaders.topic)?.[1];
        return (from?.toString() ?? topic) === topics.episodeReleased.name ? ids[0] : ids[1];
      });
      // Anna has no messenger among her channels: a reply that is well leads to nothing for her.
      const accounted = new Set([...told, ...sent, ...refused, ids[1]]);
      expect(accounted).toEqual(new Set(ids));
      expect(refused.length + sent.length + told.length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});
