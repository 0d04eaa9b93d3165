import { systemClock } from '../clock.ts';
import { describeError } from '../errors.ts';
import { type KafkaClient, leadersOf, noLeader } from './client.ts';
import { hasRoom, type Taken, takeAnswer } from './fetch-answer.ts';
import { fetchFrom } from './fetch-request.ts';
import type { Subscription } from './reader.ts';
import { createErrorFromCode, type WireCluster } from './wire.ts';

/** The fetch loops that all readers of a client share, one for each broker that leads anything. */
export type Fetcher = {
  subscribe(subscription: Subscription): void;
  unsubscribe(subscription: Subscription): void;
  /** To be called when a reader took a batch: its partition can be fetched again. */
  resume(): void;
};

const limits = {
  /** Bounds one answer, and with the two batches a reader keeps, the memory of all readers. */
  maxBytes: 16 * 1024 * 1024,
  maxPartitionBytes: 1024 * 1024,
  /** How long a broker holds an answer back when nothing is new; also delays a new reader. */
  idleWaitMs: 250,
  /** While a reader is full its partition is missing from the fetch, so the wait must be short. */
  fullWaitMs: 5,
  minBackOffMs: 50,
  maxBackOffMs: 1000,
} as const;

/** A partition that is read, and who leads it. */
type Place = {
  readonly subscription: Subscription;
  /** The loop that fetches it; null while the leader is looked for, and then nobody does. */
  nodeId: number | null;
  /** How often in a row the leader was lost. */
  losses: number;
};

const fetchers = new WeakMap<KafkaClient, Fetcher>();

/** The fetcher of a client; it connects when the first reader subscribes. */
export function fetcherOf(kafka: KafkaClient): Fetcher {
  let fetcher = fetchers.get(kafka);
  if (!fetcher) {
    fetcher = createFetcher(kafka);
    fetchers.set(kafka, fetcher);
  }
  return fetcher;
}

/** One fetch from a broker; answers which places it does not lead, and which moved on. */
async function fetchRound(
  cluster: WireCluster,
  nodeId: number,
  asked: readonly Place[],
  maxWaitMs: number,
): Promise<{ readonly lost: readonly Place[]; readonly moved: readonly Place[] }> {
  const broker = await cluster.findBroker({ nodeId });
  const positions = asked.map(({ subscription: { topic, partition, position } }) => ({
    topic,
    partition,
    fetchOffset: position,
  }));
  const { errorCode, partitions } = await fetchFrom(broker, positions, { ...limits, maxWaitMs });
  if (errorCode !== 0) throw createErrorFromCode(errorCode);
  const answers = new Map(partitions.map((each) => [`${each.topic}/${each.partition}`, each]));
  const taken = asked.map(async (place): Promise<{ place: Place; result: Taken }> => {
    const { subscription } = place;
    const fetched = answers.get(`${subscription.topic}/${subscription.partition}`);
    return { place, result: fetched ? await takeAnswer(subscription, fetched) : 'lost' };
  });
  const all = await Promise.all(taken);
  const those = (wanted: Taken) =>
    all.filter(({ result }) => result === wanted).map(({ place }) => place);
  return { lost: those('lost'), moved: those('moved') };
}

function createFetcher(kafka: KafkaClient): Fetcher {
  const { log } = kafka;
  /** In the order in which a broker is asked: who had records last time stands at the end. */
  const places = new Map<Subscription, Place>();
  const loops = new Map<number, Promise<void>>();
  const searches = new Set<Promise<void>>();
  const sleeping = new Set<() => void>();
  const closing = new AbortController();
  let opened: Promise<WireCluster> | null = null;

  const wakeAll = () => {
    for (const wake of sleeping) wake();
    sleeping.clear();
  };

  /** Connections that cannot even say who leads are of no more use; new ones are made. */
  function discard(cluster: WireCluster): void {
    opened = null;
    cluster.disconnect().catch(() => undefined);
  }

  function open(): Promise<WireCluster> {
    opened ??= kafka.openCluster().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  }

  async function clusterFor(refresh: boolean): Promise<WireCluster> {
    const cluster = await open();
    try {
      if (refresh) await cluster.refreshMetadata();
      return cluster;
    } catch (error) {
      discard(cluster);
      throw error;
    }
  }

  function assign(place: Place, nodeId: number): void {
    if (!places.has(place.subscription)) return;
    if (nodeId === noLeader) {
      place.losses += 1;
      return;
    }
    place.nodeId = nodeId;
    if (!loops.has(nodeId)) loops.set(nodeId, fetchLoop(nodeId));
  }

  /** Finds the leaders of partitions and sets their loops to work. */
  async function locate(cluster: WireCluster, wanted: readonly Place[]): Promise<void> {
    const topics = Map.groupBy(wanted, ({ subscription }) => subscription.topic);
    for (const [topic, list] of topics) {
      const leaders = await leadersOf(cluster, topic).catch((error: unknown) => {
        log.warn({ topic, reason: describeError(error) }, 'no leader is known; it is looked for');
        return new Map<number, number>();
      });
      for (const place of list) {
        assign(place, leaders.get(place.subscription.partition) ?? noLeader);
      }
    }
    wakeAll();
  }

  /** Looks for the leaders of places until each has one. Others are read meanwhile. */
  async function search(wanted: readonly Place[]): Promise<void> {
    for (let lost = wanted; lost.length > 0; ) {
      const losses = Math.max(...lost.map((each) => each.losses));
      if (losses > 0) {
        const backOffMs = Math.min(limits.minBackOffMs * 2 ** (losses - 1), limits.maxBackOffMs);
        await systemClock.sleep(backOffMs, closing.signal);
      }
      if (closing.signal.aborted) return;
      const current = lost.filter(({ subscription }) => places.has(subscription));
      try {
        await locate(await clusterFor(losses > 0), current);
      } catch (error) {
        log.warn({ reason: describeError(error) }, 'no broker answers; they are tried again');
        for (const place of current) place.losses += 1;
      }
      lost = current.filter(({ nodeId }) => nodeId === null);
    }
  }

  function startSearch(wanted: readonly Place[]): void {
    const searching = search(wanted).finally(() => searches.delete(searching));
    searches.add(searching);
  }

  function lose(lost: readonly Place[]): void {
    if (lost.length === 0) return;
    for (const place of lost) {
      place.nodeId = null;
      place.losses += 1;
    }
    startSearch(lost);
  }

  async function fetchOnce(nodeId: number, asked: readonly Place[], maxWaitMs: number) {
    try {
      const cluster = await open();
      const { lost, moved } = await fetchRound(cluster, nodeId, asked, maxWaitMs);
      for (const place of asked) if (!lost.includes(place)) place.losses = 0;
      for (const place of moved) {
        // A broker fills its answer from the front (KIP-74): the last must be the first one day.
        if (places.delete(place.subscription)) places.set(place.subscription, place);
      }
      lose(lost);
    } catch (error) {
      log.warn({ nodeId, reason: describeError(error) }, 'a fetch failed; it is tried again');
      lose(asked);
    }
  }

  /** Fetches what a broker leads, one request at a time, until it leads nothing any more. */
  async function fetchLoop(nodeId: number): Promise<void> {
    for (;;) {
      const led = [...places.values()].filter(
        (place) => place.nodeId === nodeId && !place.subscription.failure,
      );
      if (led.length === 0 || closing.signal.aborted) {
        loops.delete(nodeId);
        return;
      }
      const asked = led.filter(({ subscription }) => hasRoom(subscription));
      const maxWaitMs = asked.length < led.length ? limits.fullWaitMs : limits.idleWaitMs;
      if (asked.length > 0) await fetchOnce(nodeId, asked, maxWaitMs);
      else await new Promise<void>((resolve) => sleeping.add(resolve));
    }
  }

  kafka.onClose(async () => {
    closing.abort();
    wakeAll();
    for (const subscription of places.keys()) {
      subscription.closed = true;
      subscription.wake();
    }
    await Promise.all([...loops.values(), ...searches]);
    await (await opened?.catch(() => null))?.disconnect();
  });
  return {
    subscribe(subscription) {
      const place = { subscription, nodeId: null, losses: 0 };
      places.set(subscription, place);
      startSearch([place]);
    },
    unsubscribe(subscription) {
      places.delete(subscription);
      wakeAll();
    },
    resume: wakeAll,
  };
}
