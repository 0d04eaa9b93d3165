import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessors } from '../../processors/start.ts';
import { deadLetterHeaders } from '../../runtime/dead-letter.ts';
import { createHealth, type Health } from '../../runtime/health.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import type { User } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';

const name = 'wrong-rows';
const w = world(name);
const { partitions } = topics.users;

let system: System;
let health: Health;

const followers = (what: string, count: number): User[] =>
  Array.from({ length: count }, (_, n) => ({ ...w.anna, id: w.id(`${what}-${n}`) }));
const homeOf = ({ id }: User) => partitionOf(Buffer.from(id), partitions);

/** Writes rows as a producer does that partitions otherwise: each one partition beside its own. */
async function stray(users: readonly User[], deleted = false): Promise<void> {
  const records = users.map((user) => {
    const record = { ...system.encode(w.user(user)), partition: (homeOf(user) + 1) % partitions };
    return deleted ? { ...record, value: null } : record;
  });
  await system.producer.send(records);
}

async function startAll(): Promise<Running> {
  const { config, log } = system;
  health = createHealth(log);
  const running = await startProcessors({ config, log, health });
  await until('the processors are ready', () => running.ready());
  return running;
}

const misplaced = () =>
  health
    .conditions()
    .filter(({ code }) => code === 'WRONG_PARTITION')
    .reduce((sum, { count }) => sum + count, 0);

/** Sends an event and answers whom it reached, once somebody of whom it is known has it. */
async function reachedBy(eventId: string, known: User): Promise<string[]> {
  await system.write([w.episodeReleased(w.brother.id, eventId)]);
  const reached = async () => {
    const sent = await system.readValues(topics.emailNotificationsBulk);
    return sent.flatMap((each) => (each.eventId === eventId ? [each.userId] : [])).toSorted();
  };
  await until(`${known.id} has ${eventId}`, async () => (await reached()).includes(known.id));
  return reached();
}

const letters = async () =>
  (await system.read(topics.deadLetters)).flatMap(({ key, headers }) => {
    const found = (header: string) => headers.find(([each]) => each === header)?.[1];
    const of = (header: string) => found(header)?.toString() ?? '';
    const mine = key?.toString().startsWith(name) && of(deadLetterHeaders.topic) === 'users';
    return mine ? [of(deadLetterHeaders.reason)] : [];
  });

beforeAll(async () => {
  system = await openSystem(name);
  await system.write([...templateRows, w.movie(w.brother), w.user(w.john)]);
});

afterAll(async () => {
  await system?.close();
});

test('misplaced rows are set aside, the rest goes on, right rows heal them', async () => {
  let running = await startAll();
  const slips = followers('slip', 12);
  await stray(slips);
  await until('all are counted', () => misplaced() === slips.length);
  expect(await reachedBy(w.id('meanwhile'), w.john)).toEqual([w.john.id]);
  const told = await letters();
  expect(told).toHaveLength(slips.length);
  for (const reason of told) expect(reason).toMatch(/users-\d, its key belongs in users-\d/);

  await running.stop();
  running = await startAll();
  await until('they are counted after a restart as well', () => misplaced() === slips.length);

  await system.write(slips.map(w.user));
  await until('none is counted any more', () => misplaced() === 0);
  const [first] = slips;
  const everyone = [...slips, w.john].map(({ id }) => id).toSorted();
  await until('all are reached', async () => {
    return (await reachedBy(w.id('healed'), first ?? w.john)).length >= everyone.length;
  });
  await running.stop();
  running = await startAll();
  expect(await reachedBy(w.id('restarted'), w.john)).toEqual(everyone);
  expect(misplaced()).toBe(0);
  expect(await letters()).toHaveLength(slips.length);
  await running.stop();
});

test('a wrong producer ends the processor; tombstones are the way on', async () => {
  const { config, log } = system;
  const running = await startAll();
  const many = followers('many', 400);
  const ended = running.failed.catch((error: unknown) => error);
  await stray(many);
  expect(await ended).toMatchObject({
    code: 'WRONG_PARTITION',
    message: expect.stringMatching(/of users-\d: stop their writer.*operations\.md/) as string,
  });
  await running.stop();
  const again = await startProcessors({ config, log });
  await expect(again.failed).rejects.toMatchObject({ code: 'WRONG_PARTITION' });
  await again.stop();

  await stray(many, true);
  await system.write(many.map(w.user));
  const healed = await startAll();
  const [first] = many;
  await until('all are reached', async () => {
    return (await reachedBy(w.id('many'), first ?? w.john)).length >= many.length;
  });
  expect(misplaced()).toBe(0);
  await healed.stop();
});
