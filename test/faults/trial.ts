import { join } from 'node:path';
import type { CrashPoint } from '../../runtime/crash-point.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import { topics } from '../../schemas/topics.ts';
import { world } from '../scenarios/fixtures.ts';
import type { Written } from '../scenarios/scenario.ts';
import { beginAtEnd, isWorkedOff, removeMembers } from './groups.ts';
import { expectedOf, type Ids, type LedgerEvent, type Outcome } from './ledger.ts';
import { environmentOf, eventTopics, type Plant } from './plant.ts';
import type { Population } from './population.ts';
import { until } from './until.ts';
import { type SourcePatch, startWorker, type Worker } from './worker.ts';

/** Where a worker is to be killed or stopped. */
export type CrashAt = {
  readonly point: CrashPoint;
  readonly passing: number;
  readonly stop?: true;
};

export type WorkerOptions = {
  readonly names?: readonly string[];
  readonly crash?: CrashAt;
  /** Instead of the broker's own address. */
  readonly broker?: string;
  /** Instead of the registry's own address. */
  readonly registry?: string;
  readonly patches?: readonly SourcePatch[];
  /** Folder of the stores; that of the trial when it is not named. */
  readonly dataDir?: string;
};

/** An event, and the record that says so. */
export type Planned = { readonly event: LedgerEvent; readonly written: Written };

/** One situation with events, groups, transactional ids and stores of its own. */
export type Trial = {
  readonly name: string;
  readonly appId: string;
  readonly dataDir: string;
  /** What must come out, as far as it is known. */
  readonly expected: Ids;
  readonly workers: readonly Worker[];
  start(options?: WorkerOptions): Worker;
  /** Writes an event; the ledger notes what it must bring. */
  happens(kind: LedgerEvent['kind'], to?: Population): Promise<LedgerEvent>;
  /** The same without writing it: that is left to who asks. */
  plans(kind: LedgerEvent['kind'], to?: Population): Planned;
  /** Notes ids of what must come out beside what events bring. */
  expects(outcome: Outcome, ids: readonly string[]): void;
  /** A name for a record that it writes and that cannot be used. */
  nextPoison(): string;
  /** What an event brings to some people is not as certain as it was when it happened. */
  doubts(outcome: 'either' | 'maybe', event: LedgerEvent, people: Population): void;
  /** Lets a worker run into its crash point, and removes what is left of it from the group. */
  crashes(options: WorkerOptions & { readonly crash: CrashAt }): Promise<Worker>;
  /** Waits until all commands are worked off. */
  finishes(deadlineMs?: number): Promise<void>;
  /** Ends a worker at once and takes it out of the group. */
  kills(worker: Worker): Promise<void>;
  /** Ends the workers and counts what they went through. */
  close(): Promise<void>;
};

const commandTopics = [topics.directCommands, topics.broadcastCommands] as const;

/** People between two looks at the sink in the fast way of a fan-out; each gets two records. */
const peoplePerChunk = 64;
/** The engine's own limit would need twenty times as many people for as many chunks. */
export const smallChunks: SourcePatch = {
  file: 'runtime/stream.ts',
  find: 'firstRecords: 2500,\n  maxRecords: 20_000',
  replace: `firstRecords: ${peoplePerChunk * 2}, maxRecords: ${peoplePerChunk * 2}`,
};
/** With chunks that small, those of fan-outs must still be large ones: they wait for small ones. */
export const smallTurns: SourcePatch = {
  file: 'runtime/task.ts',
  find: 'recordsInTurn = 500',
  replace: 'recordsInTurn = 50',
};
/** Rows come in batches of some kilobytes: a restore then takes several fetches. */
export const smallFetches: SourcePatch = {
  file: 'runtime/kafka/fetcher.ts',
  find: 'maxPartitionBytes: 1024 * 1024',
  replace: 'maxPartitionBytes: 4096',
};
const listedPeople = 20;

/** How many chunks the fan-out of one event has, by partition. */
export function chunksOf({ population }: Plant): readonly number[] {
  const { partitions } = topics.users;
  const people = Array.from({ length: partitions }, () => 0);
  for (const { user } of population.people) {
    const partition = partitionOf(Buffer.from(user.id), partitions);
    people[partition] = (people[partition] ?? 0) + 1;
  }
  return people.map((count) => Math.floor(count / peoplePerChunk) + 1);
}

const crashText = ({ point, passing, stop }: CrashAt) =>
  `${point}:${passing}${stop ? ':stop' : ''}`;

/** Opens a situation: its groups begin where the topics end now. */
export async function openTrial(
  plant: Plant,
  name: string,
  role: 'notify' | 'both' = 'notify',
): Promise<Trial> {
  const { kafka, population, counters } = plant;
  const appId = `${population.name}-${name}`;
  const dataDir = join(plant.directory, name);
  const groups = role === 'both' ? [`${appId}-audience`, `${appId}-notify`] : [`${appId}-notify`];
  const inputs = (groupId: string) => (groupId.endsWith('notify') ? commandTopics : eventTopics);
  for (const groupId of groups) await beginAtEnd(kafka, groupId, inputs(groupId));
  const expected = new Map<Outcome, string[]>();
  const workers: Worker[] = [];
  let events = 0;
  let poisons = 0;
  let closed = false;

  function expects(outcome: Outcome, ids: readonly string[]): void {
    const list = expected.get(outcome) ?? [];
    expected.set(outcome, list);
    for (const id of ids) list.push(id);
  }
  function plans(kind: LedgerEvent['kind'], to: Population = population): Planned {
    const w = world(population.name);
    const eventId = `${appId}-event-${(events += 1)}`;
    const listed = to.people.slice(0, listedPeople).map(({ user }) => user.id);
    const userIds = [...listed, `${population.name}-nobody`];
    const event: LedgerEvent = kind === 'episode' ? { kind, eventId } : { kind, eventId, userIds };
    const wanted = new Map(expectedOf(event, to).map(([outcome, id]) => [id, outcome]));
    for (const [id, outcome] of wanted) expects(outcome, [id]);
    const former = expectedOf(event, population).map(([, id]) => id);
    expects(
      'never',
      former.filter((id) => !wanted.has(id)),
    );
    if (kind === 'episode')
      return { event, written: w.episodeReleased(population.movieId, eventId) };
    const request = w.requested(userIds);
    const value = { ...(request.value as object), requestId: eventId };
    return { event, written: { ...request, value } };
  }

  function start(options: WorkerOptions = {}): Worker {
    const { crash, broker, registry, patches = [] } = options;
    const elsewhere = { ...(broker ? { broker } : {}), ...(registry ? { registry } : {}) };
    const own = { appId, dataDir: options.dataDir ?? dataDir, ...elsewhere };
    const worker = startWorker({
      names: options.names ?? (role === 'both' ? [] : ['notify']),
      environment: {
        ...environmentOf(plant, own),
        ...(crash ? { VESTNIK_CRASH_AT: crashText(crash) } : {}),
      },
      patches: [smallChunks, smallTurns, ...patches],
    });
    workers.push(worker);
    return worker;
  }

  const buried = async () => {
    for (const groupId of groups) await removeMembers(kafka, groupId);
  };
  const finished = async () => {
    const dead = workers.every((worker) => worker.hasEnded());
    if (dead) throw new Error(`${name}: no worker is left:\n${workers.at(-1)?.output()}`);
    for (const groupId of groups) {
      if (!(await isWorkedOff(kafka, groupId, inputs(groupId)))) return false;
    }
    return true;
  };

  const trial: Trial = {
    ...{ name, appId, dataDir, expected, workers, start },
    ...{ plans, expects },
    nextPoison: () => `${name}/${(poisons += 1)}`,
    async happens(kind, to) {
      const { event, written } = plans(kind, to);
      await plant.write([written]);
      if (role === 'notify') await plant.planned();
      return event;
    },
    doubts(outcome, event, people) {
      const known = new Set(people.people.map(({ user }) => user.id));
      const theirs =
        event.kind === 'episode'
          ? event
          : { ...event, userIds: event.userIds.filter((id) => known.has(id)) };
      const ids = expectedOf(theirs, people).map(([, id]) => id);
      const moved = new Set(ids);
      for (const [each, list] of expected) {
        expected.set(
          each,
          list.filter((id) => !moved.has(id)),
        );
      }
      expects(outcome, ids);
    },
    async crashes(options) {
      const worker = start(options);
      await until(
        `${name}: the worker reaches ${crashText(options.crash)}`,
        () => worker.hasEnded() || worker.isStopped(),
      );
      const how = worker.hasEnded() ? await worker.ended : 'SIGSTOP';
      const wanted = options.crash.stop ? 'SIGSTOP' : 'SIGKILL';
      if (how !== wanted) throw new Error(`${name}: ended by ${how}:\n${worker.output()}`);
      if (how === 'SIGKILL') counters.kills += 1;
      if (workers.every((each) => each.hasEnded())) await buried();
      return worker;
    },
    finishes: (deadlineMs) => until(`${name}: all commands are worked off`, finished, deadlineMs),
    async kills(worker) {
      await worker.kill();
      counters.kills += 1;
      if (workers.every((each) => each.hasEnded())) await buried();
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const worker of workers) if (!worker.hasEnded()) await worker.kill();
      const takeOvers = workers.flatMap((worker) => worker.takeOvers());
      const resumed = takeOvers.filter(({ committed }) => committed.some((c) => c.metadata !== ''));
      counters.resumedFanOuts += resumed.length;
      for (const worker of workers) {
        counters.givenWay += worker.lines('let small transactions pass').length;
      }
    },
  };
  plant.trials.push(trial);
  return trial;
}
