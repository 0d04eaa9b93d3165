import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessors } from '../../processors/start.ts';
import { letterFacts } from '../../runtime/dead-letter.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { OutgoingRecord } from '../../runtime/kafka/record.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { redriveHeader } from '../../runtime/seen-events.ts';
import { topics } from '../../schemas/topics.ts';
import { type RoleProcess, spawnRole } from '../integration/support/child-process.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';

const name = 'redrive';
const w = world(name);
const anna = { ...w.anna, channels: ['email'] as const, followedMovieIds: [w.brother.id] };

let system: System;
let processors: Running;

/** Runs the command until it ends by itself, whatever ends it. */
async function redrive(...args: string[]): Promise<string> {
  return finished(spawnRole('analyst/main.ts', args, system.environment));
}

async function finished(role: RoleProcess): Promise<string> {
  await role.ended;
  return role.output();
}

const lettersOf = async (code: string) =>
  (await system.read(topics.deadLetters)).map(letterFacts).filter((each) => each.code === code);

async function mailsOf(eventId: string): Promise<number> {
  const lanes = [topics.emailNotifications, topics.emailNotificationsBulk];
  const mails = await Promise.all(lanes.map((lane) => system.readValues(lane)));
  return mails.flat().filter((each) => each.eventId === eventId).length;
}

/** How often each original was put back, by the marks. */
async function putBack(): Promise<number> {
  const records = await system.read(topics.episodeReleased);
  return records.filter(({ headers }) => headers.some(([each]) => each === redriveHeader)).length;
}

async function refuse(ids: readonly string[], movieId = w.brother.id): Promise<void> {
  const before = (await lettersOf('MOVIE_UNKNOWN')).length;
  await system.write(ids.map((id) => w.episodeReleased(movieId, id)));
  await until('the letters', async () => {
    return (await lettersOf('MOVIE_UNKNOWN')).length >= before + ids.length;
  });
}

beforeAll(async () => {
  system = await openSystem(name);
  await system.write([...templateRows, w.user(anna)]);
  processors = await startProcessors({ config: system.config, log: system.log });
  await until('the processors are ready', () => processors.ready());
});

afterAll(async () => {
  await processors?.stop();
  await system?.close();
});

test('killed at every place of its transactions, each letter is sent back once', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => w.id(`killed-${n}`));
  await refuse(ids);
  await system.write([w.movie(w.brother)]);
  const points = ['afterInit', 'afterAddPartitions', 'afterSend', 'beforeCommit', 'afterCommit'];
  for (const point of points) {
    const environment = { ...system.environment, VESTNIK_CRASH_AT: `${point}:1` };
    const role = spawnRole('analyst/main.ts', ['--rate', '5'], environment);
    expect(await finished(role)).toContain(`crash point ${point}`);
  }
  expect(await redrive('--rate', '1000')).toMatch(/11\s+sent back/);
  for (const id of ids) {
    await until(`the mail of ${id}`, async () => (await mailsOf(id)) === 1);
  }
  expect(await redrive()).toMatch(/12\s+skipped: sent back before/);
  expect(await putBack()).toBe(12);
  expect(await Promise.all(ids.map(mailsOf))).toEqual(ids.map(() => 1));
});

test('a dry run sends nothing and says what it would do; a filter leaves the rest', async () => {
  const before = await putBack();
  await refuse([w.id('dry')], w.id('never-published'));
  expect(await redrive('--dry-run')).toContain('would be sent back');
  expect(await redrive('--code', 'NOT_AVRO')).toContain('0 letters were asked for');
  expect(await putBack()).toBe(before);
});

test('a row with a newer one stays away, a misplaced one goes where it belongs', async () => {
  const key = Buffer.from(w.id('boris'));
  const home = partitionOf(key, topics.users.partitions);
  const value = system.encode(w.user({ ...anna, id: w.id('boris') })).value;
  const misplaced = { topic: topics.users.name, key, value, partition: (home + 1) % 4 };
  const bad = Buffer.from('no avro');
  const old: OutgoingRecord = { topic: topics.users.name, key: Buffer.from(anna.id), value: bad };
  await system.producer.send([misplaced, old]);
  await until('both letters', async () => {
    const both = [...(await lettersOf('WRONG_PARTITION')), ...(await lettersOf('NOT_AVRO'))];
    return both.length >= 2;
  });
  await system.write([w.user(anna)]);
  const said = await redrive('--topic', topics.users.name);
  expect(said).toMatch(/1\s+sent back/);
  expect(said).toMatch(/1\s+skipped: its key has a newer row/);
  const rows = (await system.read(topics.users)).filter((each) => each.key?.equals(key));
  const places = rows.map(({ partition }) => partition);
  expect(places).toHaveLength(2);
  expect(new Set(places)).toEqual(new Set([home, misplaced.partition]));
});

test('what was left out of a letter is read where it lies; two at once send it once', async () => {
  const movie = { ...w.brother, id: w.id('late') };
  const ids = Array.from({ length: 6 }, (_, n) => w.id(`large-${n}`));
  const trace = Buffer.alloc(200_000, 'x');
  const large = ids.map((id): OutgoingRecord => {
    const { topic, key, value } = system.encode(w.episodeReleased(movie.id, id));
    return { topic, key, value, headers: Array.from({ length: 6 }, () => ['trace', trace]) };
  });
  const before = (await lettersOf('MOVIE_UNKNOWN')).length;
  await system.producer.send(large);
  await until('the letters', async () => {
    return (await lettersOf('MOVIE_UNKNOWN')).length === before + ids.length;
  });
  const leftOut = (await lettersOf('MOVIE_UNKNOWN')).filter((each) => each.leftOutBytes > 0);
  expect(leftOut).toHaveLength(ids.length);
  const follower = { ...anna, followedMovieIds: [movie.id] };
  await system.write([w.movie(movie), w.user(follower)]);
  const rivals = await Promise.all([redrive('--rate', '5'), redrive('--rate', '5')]);
  const rest = await redrive('--code', 'MOVIE_UNKNOWN');
  const said = [...rivals, rest].join('\n');
  expect(said.match(/skipped: sent back before|another redrive was begun/gi)).not.toBeNull();
  for (const id of ids) {
    await until(`the mail of ${id}`, async () => (await mailsOf(id)) === 1);
  }
  const back = (await system.read(topics.episodeReleased)).filter(({ headers }) =>
    headers.some(([name]) => name === 'trace'),
  );
  expect(back).toHaveLength(2 * ids.length);
  expect(
    new Set(back.map(({ headers }) => headers.filter(([name]) => name === 'trace').length)),
  ).toEqual(new Set([6]));
});
