import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import { topics } from '../../../schemas/topics.ts';
import { world } from '../../scenarios/fixtures.ts';
import { type Written, written } from '../../scenarios/scenario.ts';
import { type ForgetfulRegistry, openForgetfulRegistry } from '../forgetful-registry.ts';
import type { LedgerEvent } from '../ledger.ts';
import { type NewerSchema, newerSchema } from '../newer-schema.ts';
import type { Plant } from '../plant.ts';
import { type Inhabitant, only, type Population, silence } from '../population.ts';
import { randomFor } from '../random.ts';
import type { Situation } from '../situation.ts';
import { type StrangeRecord, writeStrange } from '../stranger.ts';
import { openTrial, type Trial } from '../trial.ts';
import { until } from '../until.ts';
import type { SourcePatch } from '../worker.ts';
import { withCleanTables } from './poison.ts';

const { partitions } = topics.users;
const homeOf = (id: string) => partitionOf(Buffer.from(id), partitions);
const idsOf = (people: readonly Inhabitant[]) => new Set(people.map(({ user }) => user.id));

/** How a course is run: by the engine as it is, or with a mistake in it. */
export type RegistryCourse = {
  readonly name: string;
  readonly patches?: readonly SourcePatch[];
  readonly deadlineMs?: number;
};

/** What upstream writes with in a course. */
type Upstream = {
  readonly users: NewerSchema;
  readonly preferences: NewerSchema;
  readonly episodes: NewerSchema;
};

async function openUpstream(plant: Plant, name: string): Promise<Upstream> {
  const field = `of_${name.replaceAll('-', '_')}`;
  return {
    users: await newerSchema(plant, topics.users, field),
    preferences: await newerSchema(plant, topics.preferences, field),
    episodes: await newerSchema(plant, topics.episodeReleased, field),
  };
}

/** Three groups of people: with newer rows, with newer opt-outs, and with newer rows for ever. */
type Groups = {
  readonly rows: readonly Inhabitant[];
  readonly optedOut: readonly Inhabitant[];
  readonly rewritten: readonly Inhabitant[];
};

function chooseGroups({ population, seed }: Plant, name: string): Groups {
  const random = randomFor(seed, name);
  const shuffled = population.people
    .map((each) => ({ each, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ each }) => each);
  const size = Math.floor(shuffled.length / 20);
  return {
    rows: shuffled.slice(0, size),
    optedOut: shuffled.slice(size, size * 2),
    rewritten: shuffled.slice(size * 2, size * 3),
  };
}

/** An opt-out from everything that there is to get. */
function optOut({ user }: Inhabitant): Written {
  return written(topics.preferences, user.id, {
    userId: user.id,
    optedOutChannels: ['email', 'sms', 'messenger'],
    optedOutEvents: [],
    updatedAt: 0,
  });
}

/** The newest rows of all groups, written with the newer schemas. */
async function writeNewer(
  plant: Plant,
  trial: Trial,
  use: { readonly upstream: Upstream; readonly groups: Groups; readonly isUnknown: boolean },
): Promise<void> {
  const { upstream, groups, isUnknown } = use;
  const { user } = world(plant.population.name);
  const code = isUnknown ? ('SCHEMA_UNKNOWN' as const) : null;
  const record = (row: Written, schema: NewerSchema): StrangeRecord => {
    const { topic, key } = row;
    return { topic, key, partition: homeOf(key ?? ''), value: schema.encode(row), code };
  };
  await writeStrange(plant, trial, [
    ...[...groups.rows, ...groups.rewritten].map((each) => record(user(each.user), upstream.users)),
    ...groups.optedOut.map((each) => record(optOut(each), upstream.preferences)),
  ]);
}

/** An episode that upstream announces with the newer schema. */
async function newerEpisode(
  plant: Plant,
  trial: Trial,
  use: { readonly schema: NewerSchema; readonly to: Population | null },
): Promise<void> {
  const { schema, to } = use;
  const topic = topics.episodeReleased;
  const { movieId, name } = plant.population;
  const set = { topic, partition: 0, key: movieId };
  if (to) {
    const { written: event } = trial.plans('episode', to);
    await writeStrange(plant, trial, [{ ...set, value: schema.encode(event), code: null }]);
  } else {
    const unread = world(name).episodeReleased(movieId, `${trial.appId}-unread`);
    const value = schema.encode(unread);
    await writeStrange(plant, trial, [{ ...set, value, code: 'SCHEMA_UNKNOWN' }]);
  }
}

async function happensBoth(trial: Trial, to: Population): Promise<readonly LedgerEvent[]> {
  return [await trial.happens('episode', to), await trial.happens('request', to)];
}

async function withRegistry(
  plant: Plant,
  task: (registry: ForgetfulRegistry) => Promise<void>,
): Promise<void> {
  const registry = await openForgetfulRegistry(plant.addresses.schemaRegistryUrl);
  try {
    await task(registry);
  } finally {
    await plant.trials.at(-1)?.close();
    await registry.close();
  }
}

/**
 * The registry answers 404 for schemas while rows and events that were written with them wait, and
 * has them again later. What is right (docs/schema-evolution.md):
 * - while it has not: whose newest row, or newest wish, cannot be read gets a decision for each
 *   text and no mail, though older rows of theirs can be read; also after kills and restarts. A row
 *   of a schema that is known heals. An event of such a schema has one letter, each row at least
 *   one.
 * - once it has: rows are read again, by a process that runs within a minute, by one that starts at
 *   once. What they say holds then: who opted out in them still gets nothing. Events are read from
 *   then on; the letter before is for whoever sends it back.
 */
export async function schemasForgotten(plant: Plant, course: RegistryCourse): Promise<void> {
  const { name, patches = [], deadlineMs } = course;
  await withRegistry(plant, async (registry) => {
    const trial = await openTrial(plant, name, 'both');
    const upstream = await openUpstream(plant, name);
    const groups = chooseGroups(plant, name);
    const own = { registry: registry.url, patches };
    registry.forget([upstream.users, upstream.preferences, upstream.episodes].map(({ id }) => id));
    await writeNewer(plant, trial, { upstream, groups, isUnknown: true });
    const { rows, optedOut, rewritten } = groups;
    const silent = silence(plant.population, idsOf([...rows, ...optedOut, ...rewritten]));
    await newerEpisode(plant, trial, { schema: upstream.episodes, to: null });
    const underWay = await happensBoth(trial, silent);
    await trial.crashes({ ...own, crash: { point: 'beforeStoreFlush', passing: 3 } });
    await trial.crashes({ ...own, crash: { point: 'beforeCommit', passing: 7 } });
    const { user } = world(plant.population.name);
    await plant.write(rewritten.map((each) => user(each.user)));
    // They may be healed when their turn in these comes.
    const healed = only(plant.population, idsOf(rewritten));
    for (const event of underWay) trial.doubts('either', event, healed);
    const fewer = silence(plant.population, idsOf([...rows, ...optedOut]));
    await trial.happens('episode', fewer);
    const worker = trial.start(own);
    await trial.finishes(deadlineMs);

    registry.remember();
    await until(
      `${name}: the rows are read again`,
      () => {
        const gone = worker.lines('a condition is gone');
        const readable = gone.filter(({ code }) => code === 'ROW_UNREADABLE');
        return readable.length >= unreadableTables(groups);
      },
      deadlineMs,
    );
    const read = silence(plant.population, idsOf(optedOut));
    await happensBoth(trial, read);
    await newerEpisode(plant, trial, { schema: upstream.episodes, to: read });
    await trial.finishes(deadlineMs);
    await trial.kills(worker);
    await trial.happens('episode', read);
    trial.start(own);
    await trial.finishes(deadlineMs);
  });
}

/** Of how many partitions of tables a process says that rows in them cannot be read. */
function unreadableTables({ rows, optedOut }: Groups): number {
  const homes = (people: readonly Inhabitant[]) =>
    new Set(people.map(({ user }) => homeOf(user.id))).size;
  return homes(rows) + homes(optedOut);
}

/**
 * The registry answers nothing while rows and events wait that it has the schemas of. What is
 * right: that is never poison. Nobody is silenced, no letter is written, work waits however long it
 * takes and whoever is killed meanwhile, and goes on by itself.
 */
export async function registryDown(plant: Plant, course: RegistryCourse): Promise<void> {
  const { name, patches = [], deadlineMs } = course;
  await withRegistry(plant, async (registry) => {
    const trial = await openTrial(plant, name, 'both');
    const upstream = await openUpstream(plant, name);
    const groups = chooseGroups(plant, name);
    const own = { registry: registry.url, patches };
    const first = trial.start(own);
    await trial.happens('request');
    await trial.finishes(deadlineMs);
    registry.setDown(true);
    await writeNewer(plant, trial, { upstream, groups, isUnknown: false });
    const to = silence(plant.population, idsOf(groups.optedOut));
    await newerEpisode(plant, trial, { schema: upstream.episodes, to });
    const asked = registry.refused();
    await until(`${name}: it is asked`, () => registry.refused() > asked + 2, deadlineMs);
    await trial.kills(first);
    const second = trial.start(own);
    await until(
      `${name}: the next one waits`,
      () => second.lines('waiting for the schema registry').length > 1,
      deadlineMs,
    );
    registry.setDown(false);
    await trial.finishes(deadlineMs);
    await happensBoth(trial, to);
    await trial.finishes(deadlineMs);
  });
}

export const registry: readonly Situation[] = [
  withCleanTables('registry-forgets', (plant) =>
    schemasForgotten(plant, { name: 'registry-forgets' }),
  ),
  withCleanTables('registry-down', (plant) => registryDown(plant, { name: 'registry-down' })),
];
