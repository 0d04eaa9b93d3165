import { describe, expect, test } from 'vitest';
import { topology } from '../../../processors/topology.ts';
import { deadLetterHeaders } from '../../../runtime/dead-letter.ts';
import type { Header } from '../../../runtime/kafka/record.ts';
import { redriveHeader } from '../../../runtime/seen-events.ts';
import type { EpisodeReleased } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver, type Driver } from '../../driver/driver.ts';
import { templateRows, world } from '../../scenarios/fixtures.ts';

const w = world('once');
const hourMs = 60 * 60 * 1000;

async function openDriver(): Promise<Driver> {
  const driver = await createDriver(topology);
  for (const row of [...templateRows, w.movie(w.brother), w.user(w.anna)]) {
    driver.table(row.topic, row.key ?? '', row.value as never);
  }
  return driver;
}

const event = (changes: Partial<EpisodeReleased> = {}): EpisodeReleased => ({
  ...(w.episodeReleased(w.brother.id).value as EpisodeReleased),
  ...changes,
});

/** Writes an event to a partition of its topic, as a producer with another partitioner does. */
function send(driver: Driver, value: EpisodeReleased, partition = 0, headers: Header[] = []): void {
  const bytes = driver.encode(topics.episodeReleased, value);
  driver.sendRaw(topics.episodeReleased, Buffer.from(value.movieId), bytes, { partition, headers });
}

const mails = (driver: Driver) => driver.outputs(topics.emailNotificationsBulk).length;
const letters = (driver: Driver) =>
  driver
    .records(topics.deadLetters)
    .map(({ headers }) =>
      Object.fromEntries(headers.map(([name, value]) => [name, value?.toString()])),
    );

test('an event that comes again, in whichever partition, is planned once', async () => {
  const driver = await openDriver();
  for (const partition of [0, 1, 0]) send(driver, event(), partition);
  expect(mails(driver)).toBe(1);
  expect(letters(driver)).toEqual([]);
  expect(driver.counted('repeated_events')).toBe(2);
});

test('the same event with another time is a repeat', async () => {
  const driver = await openDriver();
  send(driver, event());
  send(driver, event({ releasedAt: 1 }));
  expect(mails(driver)).toBe(1);
  expect(letters(driver)).toEqual([]);
});

test('after a day, by the clock of this system, an id may come again', async () => {
  const driver = await openDriver();
  send(driver, event());
  driver.advance(24 * hourMs);
  send(driver, event());
  expect(mails(driver)).toBe(1);
  driver.advance(1);
  send(driver, event());
  expect(mails(driver)).toBe(2);
});

describe('another event with the same id', () => {
  test.each([0, 1])('in partition %i it is set aside, and says why', async (partition) => {
    const driver = await openDriver();
    send(driver, event());
    send(driver, event({ episode: 4 }), partition);
    expect(mails(driver)).toBe(1);
    expect(letters(driver)).toHaveLength(1);
    expect(letters(driver)[0]).toMatchObject({
      [deadLetterHeaders.code]: 'EVENT_ID_REUSED',
      [deadLetterHeaders.topic]: topics.episodeReleased.name,
      [deadLetterHeaders.partition]: String(partition),
    });
  });

  test('sent again on purpose, it is worked on', async () => {
    const driver = await openDriver();
    send(driver, event());
    send(driver, event({ episode: 4 }), 0, [[redriveHeader, Buffer.from('1')]]);
    expect(mails(driver)).toBe(2);
    expect(letters(driver)).toEqual([]);
  });

  test('of another topic, it is no reuse: services count on their own', async () => {
    const driver = await openDriver();
    send(driver, event());
    driver.send(topics.movieAdded, w.brother.id, {
      eventId: event().eventId,
      movieId: w.brother.id,
      addedAt: 0,
    });
    expect(mails(driver)).toBe(2);
  });
});

test('an event that was refused may come again with its id', async () => {
  const driver = await openDriver();
  send(driver, event({ movieId: 'later' }));
  expect(letters(driver)).toHaveLength(1);
  driver.table(topics.movies, 'later', { ...w.brother, id: 'later' });
  driver.table(topics.users, w.anna.id, { ...w.anna, followedMovieIds: ['later'] });
  send(driver, event({ movieId: 'later' }));
  expect(mails(driver)).toBe(1);
});

test('an event without an id is refused', async () => {
  const driver = await openDriver();
  send(driver, event({ eventId: '' }));
  send(driver, event({ eventId: '' }));
  expect(mails(driver)).toBe(0);
  const codes = letters(driver).map((letter) => letter[deadLetterHeaders.code]);
  expect(codes).toEqual(['EVENT_ID_MISSING', 'EVENT_ID_MISSING']);
});

/** The second one is planned before anything of the first is remembered: two in one instant. */
test('what passes the planning in the same instant is stopped by the commands', async () => {
  const driver = await createDriver(topology.filter(({ name }) => name === 'notify'));
  for (const row of [w.user(w.anna)]) driver.table(row.topic, row.key ?? '', row.value as never);
  const planner = await openDriver();
  send(planner, event());
  const [command] = planner.outputs(topics.broadcastCommands);
  if (!command) throw new Error('no command');
  driver.broadcast(topics.broadcastCommands, command);
  driver.broadcast(topics.broadcastCommands, {
    ...command,
    source: { ...command.source, offset: 9 },
  });
  expect(mails(driver)).toBe(1);
  expect(letters(driver)).toEqual([]);
  driver.broadcast(topics.broadcastCommands, { ...command, digest: 'another' });
  expect(mails(driver)).toBe(1);
  expect(letters(driver).map((letter) => letter[deadLetterHeaders.code])).toEqual([
    'EVENT_ID_REUSED',
  ]);
});
