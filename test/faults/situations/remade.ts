import { type Topic, topics } from '../../../schemas/topics.ts';
import { type Plant, writeRows } from '../plant.ts';
import { othersThan, type Population } from '../population.ts';
import { pickFrom, randomFor } from '../random.ts';
import { cleanTables, remake } from '../remake.ts';
import type { Situation } from '../situation.ts';
import { openTrial, type Trial, type WorkerOptions } from '../trial.ts';
import { until } from '../until.ts';
import type { SourcePatch, Worker } from '../worker.ts';
import { withCleanTables } from './poison.ts';

/** Four slots with two inputs each. */
const takenOver = 8;
const tables: readonly Topic[] = [topics.users, topics.preferences, topics.suppressions];

/** How a course is run: by the engine as it is, or with a mistake in it. */
export type RemadeCourse = {
  readonly name: string;
  readonly patches?: readonly SourcePatch[];
  readonly deadlineMs?: number;
};

/** Puts other people into the tables, which are made anew. */
async function replacePeople(plant: Plant, share: number): Promise<Population> {
  const size = Math.round(plant.population.people.length * share);
  const others = othersThan(plant.population, size, plant.seed + 1);
  await remake(plant, tables);
  await writeRows(plant, others);
  return others;
}

/** An event for everyone and one for some, as the people are now. */
async function happensBoth(trial: Trial, to?: Population): Promise<void> {
  await trial.happens('episode', to);
  await trial.happens('request', to);
}

/**
 * The tables of people are deleted and made anew with other people while nobody runs. What is
 * right: an event whose fan-out was done went to the former people, each once, and is not repeated;
 * one that stood in its middle goes on behind its cursor among the new people, so of it everyone
 * gets at most one; every later event brings each of the new people theirs exactly once, and nobody
 * of the former ones anything. `share`: how many there are, for one of now.
 */
export async function usersRemadeWhileDown(
  plant: Plant,
  course: RemadeCourse & { readonly share: number; readonly inTheMiddle: boolean },
): Promise<void> {
  const { name, share, inTheMiddle, patches = [], deadlineMs } = course;
  const random = randomFor(plant.seed, name);
  await cleanTables(plant);
  const trial = await openTrial(plant, name);
  const passing = pickFrom(random, [3, 5, 7, 9]);
  const event = await trial.happens('episode');
  if (inTheMiddle) {
    await trial.crashes({ crash: { point: 'beforeCommit', passing }, patches });
    trial.doubts('maybe', event, plant.population);
  } else {
    const worker = trial.start({ patches });
    await trial.finishes(deadlineMs);
    await trial.kills(worker);
  }
  const others = await replacePeople(plant, share);
  if (inTheMiddle) trial.doubts('maybe', event, others);
  await happensBoth(trial, others);
  // Of the restore of the new tables; the checkpoint is then of both, if anything is wrong.
  await trial.crashes({ crash: { point: 'beforeStoreFlush', passing: 2 }, patches });
  await trial.crashes({ crash: { point: 'afterCommit', passing: 2 }, patches });
  trial.start({ patches });
  await trial.finishes(deadlineMs);
  await trial.happens('episode', others);
  await trial.finishes(deadlineMs);
}

/** How long it may take until a topic that was made anew is noticed, and the work begun anew. */
const noticedMs = 60_000;

/** Resolves when a worker has said that it begins anew, and works again; to why not, if not. */
async function begunAnew(worker: Worker, deadlineMs = noticedMs): Promise<Error | null> {
  const since = () => {
    const output = worker.output();
    const at = output.indexOf('TOPIC_REMADE');
    return at < 0 ? '' : output.slice(at);
  };
  const isBegun = () => since().split('took a partition over').length > takenOver;
  return until('the worker works with the new topics', isBegun, deadlineMs).then(
    () => null,
    (error: unknown) => error as Error,
  );
}

/**
 * The same while a process works. What is right: what was done before is not repeated; what happens
 * between the making anew and the line that says it was noticed brings anyone, former or new, at
 * most one; from that line on it is as above. A minute is the bound on that time.
 */
export async function usersRemadeWhileRunning(plant: Plant, course: RemadeCourse): Promise<void> {
  const { name, patches = [], deadlineMs } = course;
  const trial = await openTrial(plant, name);
  const worker = trial.start({ patches });
  await happensBoth(trial);
  await trial.finishes(deadlineMs);
  const others = await replacePeople(plant, 1.5);
  const between = await trial.happens('episode', others);
  trial.doubts('maybe', between, others);
  trial.doubts('maybe', between, plant.population);
  const unnoticed = await begunAnew(worker, deadlineMs);
  await happensBoth(trial, others);
  await trial.finishes(deadlineMs);
  await trial.kills(worker);
  await happensBoth(trial, others);
  trial.start({ patches });
  await trial.finishes(deadlineMs);
  // What came out is judged in any case.
  if (unnoticed) throw unnoticed;
}

const inputs: readonly Topic[] = [topics.episodeReleased, topics.notificationRequested];
const commands: readonly Topic[] = [topics.broadcastCommands, topics.directCommands];

async function manyHappen(trial: Trial, requests: number): Promise<void> {
  await trial.happens('episode');
  for (let count = 0; count < requests; count += 1) await trial.happens('request');
}

/**
 * Inputs are deleted and made anew, shorter and longer than they were, with other events: those of
 * people and those that processors write, while nobody runs, and those of people while a process
 * works. What is right: every event that is written once the topic is there again brings everyone
 * theirs exactly once, and what was worked off before is not repeated.
 */
async function inputsRemade(plant: Plant, course: RemadeCourse): Promise<void> {
  const { name, patches = [], deadlineMs } = course;
  const trial = await openTrial(plant, name, 'both');
  const start = (options: WorkerOptions = {}) => trial.start({ patches, ...options });
  const first = start();
  await manyHappen(trial, 6);
  await trial.finishes(deadlineMs);
  await trial.kills(first);
  await remake(plant, [...inputs, ...commands]);
  await manyHappen(trial, 2);
  await trial.crashes({ crash: { point: 'afterSend', passing: 2 }, patches });
  const worker = start();
  await trial.finishes(deadlineMs);
  await remake(plant, inputs);
  await manyHappen(trial, 10);
  await trial.finishes(deadlineMs);
  await trial.kills(worker);
  await manyHappen(trial, 1);
  start();
  await trial.finishes(deadlineMs);
}

/** Runs a course with the audience of the run at work, and leaves clean tables. */
export function thenCleanTables(name: string, course: (plant: Plant) => Promise<void>): Situation {
  return {
    name,
    async run(plant) {
      try {
        await course(plant);
      } finally {
        await plant.trials.at(-1)?.close();
        await cleanTables(plant);
      }
    },
  };
}

const whileDown = (what: string, share: number, inTheMiddle: boolean): Situation => {
  const name = `remade-users-${what}`;
  return thenCleanTables(name, (plant) =>
    usersRemadeWhileDown(plant, { name, share, inTheMiddle }),
  );
};

export const remade: readonly Situation[] = [
  whileDown('longer', 1.6, false),
  whileDown('shorter', 0.4, false),
  whileDown('in-the-middle', 1.2, true),
  thenCleanTables('remade-users-while-running', (plant) =>
    usersRemadeWhileRunning(plant, { name: 'remade-users-while-running' }),
  ),
  withCleanTables('remade-inputs', (plant) => inputsRemade(plant, { name: 'remade-inputs' })),
];
