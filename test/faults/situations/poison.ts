import type { CrashPoint } from '../../../runtime/crash-point.ts';
import type { ErrorCode } from '../../../runtime/errors.ts';
import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import { type Topic, topics } from '../../../schemas/topics.ts';
import { world } from '../../scenarios/fixtures.ts';
import { type Written, written } from '../../scenarios/scenario.ts';
import type { Plant } from '../plant.ts';
import { type Inhabitant, only, silence } from '../population.ts';
import { pickFrom, randomFor } from '../random.ts';
import { cleanTables } from '../remake.ts';
import type { Situation } from '../situation.ts';
import { type StrangeRecord, writeStrange } from '../stranger.ts';
import { openTrial, type Trial } from '../trial.ts';
import type { SourcePatch } from '../worker.ts';

const { partitions } = topics.users;
const homeOf = (id: string) => partitionOf(Buffer.from(id), partitions);
const noSchema = 0x7f00_0000;
const largeRowBytes = 5_000_000;
const longName = 'Анна'.repeat(400);

type Spoilt = {
  readonly topic: Topic;
  readonly code: ErrorCode | null;
  spoil(plant: Plant, person: Inhabitant): Buffer;
};

const userBytes = ({ encode, population }: Plant, { user }: Inhabitant) =>
  encode(world(population.name).user(user));

function ofUnknownSchema(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeInt32BE(noSchema, 1);
  return copy;
}

function preferenceOf({ encode }: Plant, { user }: Inhabitant): Buffer {
  const value = { userId: user.id, optedOutChannels: [], optedOutEvents: [], updatedAt: 0 };
  return encode(written(topics.preferences, user.id, value));
}

/** Every way in which a row can silence the person that it is about. */
const spoilt: readonly Spoilt[] = [
  { topic: topics.users, code: 'NOT_AVRO', spoil: () => Buffer.from('{"plain":"text"}') },
  {
    topic: topics.users,
    code: 'RECORD_UNREADABLE',
    spoil: (plant, person) => Buffer.from(userBytes(plant, person).subarray(0, -1)),
  },
  {
    topic: topics.users,
    code: 'SCHEMA_UNKNOWN',
    spoil: (plant, person) => ofUnknownSchema(userBytes(plant, person)),
  },
  { topic: topics.users, code: 'RECORD_TOO_LARGE', spoil: () => Buffer.alloc(largeRowBytes) },
  {
    // It can be read, but nobody may be written to under such a name.
    topic: topics.users,
    code: null,
    spoil: (plant, { user, ...rest }) =>
      Buffer.from(userBytes(plant, { ...rest, user: { ...user, fullName: longName } })),
  },
  { topic: topics.preferences, code: 'NOT_AVRO', spoil: () => Buffer.from([0]) },
  {
    topic: topics.suppressions,
    code: 'RECORD_UNREADABLE',
    spoil: ({ encode }, { user }) => {
      const row = written(topics.suppressions, user.id, { userId: user.id, addresses: [] });
      return Buffer.from(encode(row).subarray(0, -1));
    },
  },
  {
    topic: topics.preferences,
    code: 'SCHEMA_UNKNOWN',
    spoil: (plant, person) => ofUnknownSchema(preferenceOf(plant, person)),
  },
];

/** Rows for some people, each wrong in another way. Answers whom they silence. */
async function spoilRows(
  plant: Plant,
  trial: Trial,
  people: readonly Inhabitant[],
): Promise<ReadonlySet<string>> {
  const records = people.map((person, index): StrangeRecord => {
    const kind = spoilt[index % spoilt.length];
    if (!kind) throw new Error('there is no way to spoil a row');
    const { topic, code } = kind;
    const { id: key } = person.user;
    return { topic, code, key, partition: homeOf(key), value: kind.spoil(plant, person) };
  });
  await writeStrange(plant, trial, records);
  return new Set(people.map(({ user }) => user.id));
}

/** Rows that are wrong and silence nobody: in a strange partition, without a key. */
async function strayRows(plant: Plant, trial: Trial, person: Inhabitant): Promise<void> {
  const { id: key } = person.user;
  const row = { topic: topics.users, value: Buffer.from(userBytes(plant, person)) };
  const partition = (homeOf(key) + 1) % partitions;
  await writeStrange(plant, trial, [
    { ...row, key, partition, code: 'WRONG_PARTITION' },
    { ...row, key: '', partition, code: 'KEY_MISSING' },
  ]);
}

/** Commands that nobody can work on, in each partition of both inputs. */
async function poisonCommands(plant: Plant, trial: Trial): Promise<void> {
  const places = [topics.broadcastCommands, topics.directCommands].flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, key: null })),
  );
  await writeStrange(
    plant,
    trial,
    places.flatMap((place) => [
      { ...place, value: Buffer.from('no command'), code: 'NOT_AVRO' as const },
      { ...place, value: null, code: 'VALUE_MISSING' as const },
    ]),
  );
}

/** Good events with poison before, between and behind them, in one batch. */
async function mixedEvents(plant: Plant, trial: Trial, good: readonly Written[]): Promise<void> {
  const poison = (topic: Topic): StrangeRecord => ({
    ...{ topic, partition: 0, key: 'poison', value: Buffer.from('no event'), code: 'NOT_AVRO' },
  });
  await writeStrange(
    plant,
    trial,
    good.flatMap((event) => [
      poison(event.topic),
      {
        ...{ topic: event.topic, partition: 0, key: event.key, code: null },
        value: Buffer.from(plant.encode(event)),
      },
      { ...poison(event.topic), value: null, code: 'VALUE_MISSING' },
    ]),
  );
}

/** People of a random choice, some of them among those whom requests list. */
function choose(plant: Plant, random: () => number): readonly Inhabitant[][] {
  const listed = plant.population.people.slice(0, 10);
  const others = plant.population.people.slice(10);
  const shuffled = (list: readonly Inhabitant[]) =>
    list
      .map((each) => ({ each, at: random() }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ each }) => each);
  const [some, rest] = [shuffled(listed), shuffled(others)];
  const [before, later] = [spoilt.length * 3, spoilt.length * 2];
  const first = [...some.slice(0, spoilt.length), ...rest.slice(0, before)];
  return [first, rest.slice(before, before + later)];
}

/** How the work of a course is broken off and with what mistakes it is done. */
export type Course = {
  readonly name: string;
  readonly point: CrashPoint;
  /** How often the point is passed; a random choice of a few when it is not said. */
  readonly passing?: number;
  readonly patches?: readonly SourcePatch[];
  readonly deadlineMs?: number;
};

/**
 * Poison in the middle of a fan-out: rows of its people that cannot be used, commands that cannot
 * be read before and behind it, events that cannot be read around those that lead to it, in the
 * same batches; kills in all of this. What is right:
 * - each good event brings everyone exactly what it would bring without the poison; who has a row
 *   that cannot be used gets exactly one decision for each text, nothing else;
 * - who gets such a row while a fan-out is under way gets either, and exactly one of them;
 * - each event and each command that is poison has exactly one letter, each row at least one, with
 *   the code and the coordinates.
 */
export async function poisonInFanOut(plant: Plant, course: Course): Promise<void> {
  const { name, point, patches = [], deadlineMs } = course;
  const random = randomFor(plant.seed, name);
  const [spoiltBefore = [], spoiltLater = []] = choose(plant, random);
  const trial = await openTrial(plant, name, 'both');
  const silent = await spoilRows(plant, trial, spoiltBefore);
  const [stray] = plant.population.people.slice(-1);
  if (stray) await strayRows(plant, trial, stray);
  await poisonCommands(plant, trial);
  const people = silence(plant.population, silent);
  const episode = trial.plans('episode', people);
  const request = trial.plans('request', people);
  await mixedEvents(plant, trial, [episode.written, request.written]);
  const { passing = pickFrom(random, [4, 6, 8, 10, 12]) } = course;
  await trial.crashes({ crash: { point, passing }, patches });

  const silentLater = await spoilRows(plant, trial, spoiltLater);
  const inDoubt = only(plant.population, silentLater);
  for (const { event } of [episode, request]) trial.doubts('either', event, inDoubt);
  await poisonCommands(plant, trial);
  const fewer = silence(people, silentLater);
  await mixedEvents(plant, trial, [
    trial.plans('request', fewer).written,
    trial.plans('episode', fewer).written,
  ]);
  await trial.crashes({ crash: { point: 'beforeStoreFlush', passing: 1 }, patches });
  await trial.crashes({ crash: { point: 'beforeCommit', passing: passing / 2 }, patches });
  trial.start({ patches });
  await trial.finishes(deadlineMs);
}

/** Runs a course with nobody else at work, and leaves clean tables. */
export function withCleanTables(name: string, course: (plant: Plant) => Promise<void>): Situation {
  return {
    name,
    run: (plant) =>
      plant.withoutAudience(async () => {
        try {
          await course(plant);
        } finally {
          await plant.trials.at(-1)?.close();
          await cleanTables(plant);
        }
      }),
  };
}

const points: readonly CrashPoint[] = ['afterSend', 'beforeCommit', 'afterCommit', 'betweenChunks'];

export const poison: readonly Situation[] = points.map((point) => {
  const name = `poison-${point}`;
  return withCleanTables(name, (plant) => poisonInFanOut(plant, { name, point }));
});
