import type { Bench } from './bench.ts';
import { committedEnds } from './committed.ts';
import type { Contender } from './contender.ts';
import { createEngine } from './engine.ts';
import { measureGrowth } from './growth.ts';
import { type Huge, measureHuge } from './huge.ts';
import { type Latency, measureLatency, measureReplies } from './latency.ts';
import { type Limit, measureLimit } from './limit.ts';
import { loadCatalogue, loadUsers, userRecord } from './load.ts';
import { type Part, usersBeforeHuge } from './options.ts';
import { buildPeer, createPeer, quickPeer } from './peer.ts';
import { nextCanary, waitForCanary, waitReady } from './probe.ts';
import { bulkTopics } from './round.ts';
import { measureRestore, measureUpdates, type Restore, type Updates } from './tables.ts';
import { bigFanOut, type Result, runWorkload, smallFanOuts } from './workloads.ts';

/** All that was measured; a part that did not run is missing. */
export type Measured = {
  readonly w1?: readonly Result[];
  readonly half?: readonly Result[];
  readonly all?: readonly Result[];
  readonly small?: readonly Result[];
  /** CPU of a notification to everyone, to that of a small fan-out, pair by pair. */
  readonly growth?: readonly number[];
  readonly limit?: Limit;
  readonly replies?: readonly Latency[];
  readonly latency?: readonly Latency[];
  readonly restore?: readonly Restore[];
  readonly updates?: readonly Updates[];
  readonly huge?: readonly Huge[];
};

async function stopAll(contenders: readonly Contender[]): Promise<void> {
  await Promise.all(contenders.map((contender) => contender.stop()));
}

async function eachOf<T>(
  contenders: readonly Contender[],
  measure: (contender: Contender) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const contender of contenders) results.push(await measure(contender));
  return results;
}

/** The fan-outs of W2, and the bound that Kafka itself sets. */
async function runBig(bench: Bench, contenders: readonly Contender[]): Promise<Measured> {
  const { scale } = bench.options;
  const { watched } = bench.world;
  const half = bigFanOut(bench, { movieId: watched.half, followers: scale.half });
  const everyone = bigFanOut(bench, { movieId: watched.all, followers: scale.users });
  const small = bigFanOut(bench, {
    movieId: watched.small,
    followers: scale.small,
    events: scale.smallEvents,
  });
  const halfResults = await runWorkload(bench, contenders, half);
  const [engine] = contenders;
  if (!engine) throw new Error('there is no contender');
  const names = bulkTopics(engine);
  const from = await committedEnds(bench.kafka, names);
  const allResults = await runWorkload(bench, contenders, everyone);
  const to = await committedEnds(bench.kafka, names);
  const smallResults = await runWorkload(bench, contenders, small);
  const growth = await measureGrowth(bench, engine, { large: everyone, small });
  const limit = await measureLimit(bench, from, to);
  return { half: halfResults, all: allResults, small: smallResults, growth, limit };
}

/** Replies while a fan-out to everyone runs. */
async function runReplies(bench: Bench, contenders: readonly Contender[]): Promise<Measured> {
  const followers = bench.options.scale.users;
  const workload = bigFanOut(bench, { movieId: bench.world.watched.all, followers });
  return { replies: await eachOf(contenders, (each) => measureReplies(bench, each, workload)) };
}

/** What is measured of each contender alone, with nothing else running. */
async function runAlone(
  bench: Bench,
  contenders: readonly Contender[],
  part: Part,
): Promise<Measured> {
  switch (part) {
    case 'latency': {
      const latency = await eachOf(contenders, async (contender) => {
        contender.start(quickPeer);
        await waitReady(bench, contender);
        const measured = await measureLatency(bench, contender);
        await contender.stop();
        return measured;
      });
      return { latency };
    }
    case 'restore': {
      const restore = await eachOf(contenders, async (contender) => {
        const measured = await measureRestore(bench, contender);
        await contender.stop();
        return measured;
      });
      return { restore };
    }
    case 'updates': {
      const updates = await eachOf(contenders, async (contender) => {
        contender.start();
        await waitReady(bench, contender);
        // The first one warms up and is thrown away.
        await measureUpdates(bench, contender);
        const measured = await measureUpdates(bench, contender);
        await contender.stop();
        return measured;
      });
      return { updates };
    }
    case 'huge':
      return { huge: await measureHuge(bench, contenders) };
    case 'w1':
    case 'w2':
    case 'comment':
      return {};
  }
}

/**
 * Writes the users from one index up to another and waits until every contender has read them, the
 * peers their own topics of state as well. Leaves them running.
 */
async function loadInto(
  bench: Bench,
  contenders: readonly Contender[],
  range: { readonly from: number; readonly to: number; readonly start: boolean },
): Promise<void> {
  await loadUsers(bench, range.from, range.to);
  const canary = nextCanary(bench);
  await bench.producer.send(canary.rows.map((row) => userRecord(bench, row)));
  if (range.start) for (const contender of contenders) contender.start();
  for (const contender of contenders) await waitForCanary(bench, contender, canary.movieId);
}

/** Runs the parts that were asked for, in their order. */
export async function runBenchmark(bench: Bench): Promise<Measured> {
  const { parts, scale, peers } = bench.options;
  const contenders: Contender[] = [createEngine(bench)];
  const classPath = peers.length > 0 ? await buildPeer(bench) : '';
  for (const variant of peers) contenders.push(await createPeer(bench, variant, classPath));
  const has = (part: Part) => parts.includes(part);
  const users = usersBeforeHuge(bench.options);
  let measured: Measured = {};
  const add = (more: Measured) => {
    measured = { ...measured, ...more };
  };
  try {
    await loadCatalogue(bench);
    if (users > 0) await loadInto(bench, contenders, { from: 0, to: scale.fans, start: true });
    if (has('w1')) add({ w1: await runWorkload(bench, contenders, smallFanOuts(bench)) });
    if (users > scale.fans) {
      await loadInto(bench, contenders, { from: scale.fans, to: users, start: false });
    }
    if (has('w2')) add(await runBig(bench, contenders));
    if (has('comment')) add(await runReplies(bench, contenders));
    await stopAll(contenders);
    for (const part of parts) add(await runAlone(bench, contenders, part));
    return measured;
  } finally {
    await stopAll(contenders);
  }
}
