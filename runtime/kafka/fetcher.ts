import { systemClock } from '../clock.ts';
import { describeError, toVestnikError, VestnikError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type KafkaClient, leadersOf } from './client.ts';
import { type FetchedPartition, fetchFrom } from './fetch-request.ts';
import type { Subscription } from './reader.ts';
import { decodeRecordSet } from './record-batch-decoder.ts';
import { createErrorFromCode, type WireCluster } from './wire.ts';

/** The fetch loop that all readers of a client share. */
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
  maxReadyBatches: 2,
  minBackOffMs: 50,
  maxBackOffMs: 1000,
} as const;

const offsetOutOfRangeCode = 1;
/** Leader moved, is not known yet, or the topic is just being made: look again, then go on. */
const staleMetadataCodes = new Set([3, 5, 6, 74, 76, 100]);

const fetchers = new WeakMap<KafkaClient, Fetcher>();

/** The fetch loop of a client; started when the first reader subscribes. */
export function fetcherOf(kafka: KafkaClient): Fetcher {
  let fetcher = fetchers.get(kafka);
  if (!fetcher) {
    fetcher = startFetcher(kafka);
    fetchers.set(kafka, fetcher);
  }
  return fetcher;
}

async function deliver(subscription: Subscription, fetched: FetchedPartition): Promise<void> {
  const { topic, partition, position } = subscription;
  const place = { topic, partition, fromOffset: position };
  const decoded = fetched.records
    ? await decodeRecordSet(fetched.records, fetched.aborted, place)
    : { records: [], nextOffset: position };
  subscription.position = decoded.nextOffset;
  subscription.ready.push({ ...decoded, highWatermark: fetched.highWatermark });
}

function fail(subscription: Subscription, fetched: FetchedPartition): void {
  const { topic, partition, position } = subscription;
  const range = `${fetched.logStartOffset} to ${fetched.highWatermark}`;
  subscription.failure =
    fetched.errorCode === offsetOutOfRangeCode
      ? new VestnikError('OFFSET_OUT_OF_RANGE', `${topic}-${partition}: ${position}, not ${range}`)
      : toVestnikError(createErrorFromCode(fetched.errorCode), 'KAFKA_PROTOCOL');
}

/** Takes one answer apart; true when the metadata must be refreshed. */
async function distribute(
  asked: readonly Subscription[],
  answers: readonly FetchedPartition[],
): Promise<boolean> {
  let stale = false;
  const places = new Map(asked.map((each) => [`${each.topic}/${each.partition}`, each]));
  const deliveries = answers.map(async (fetched) => {
    const subscription = places.get(`${fetched.topic}/${fetched.partition}`);
    if (!subscription || subscription.closed) return;
    if (staleMetadataCodes.has(fetched.errorCode)) stale = true;
    else if (fetched.errorCode !== 0) fail(subscription, fetched);
    else {
      await deliver(subscription, fetched).catch((error: unknown) => {
        subscription.failure = toVestnikError(error, 'KAFKA_PROTOCOL');
      });
    }
    subscription.wake();
  });
  await Promise.all(deliveries);
  return stale;
}

/** Groups subscriptions by the node that leads them. */
async function byLeader(cluster: WireCluster, subscriptions: readonly Subscription[]) {
  const topics = [...new Set(subscriptions.map(({ topic }) => topic))];
  const leaders = new Map<string, ReadonlyMap<number, number>>();
  for (const topic of topics) leaders.set(topic, await leadersOf(cluster, topic));
  return Map.groupBy(
    subscriptions,
    ({ topic, partition }) => leaders.get(topic)?.get(partition) ?? -1,
  );
}

function startFetcher(kafka: KafkaClient): Fetcher {
  const subscriptions = new Set<Subscription>();
  let running: Promise<void> | null = null;
  let closed = false;
  let resume = () => {};

  const fetchRound = async (cluster: WireCluster) => {
    const open = [...subscriptions].filter(({ failure }) => !failure);
    const wanted = open.filter(({ ready }) => ready.length < limits.maxReadyBatches);
    if (wanted.length === 0) {
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
      return;
    }
    const maxWaitMs = wanted.length < open.length ? limits.fullWaitMs : limits.idleWaitMs;
    const nodes = await byLeader(cluster, wanted);
    const rounds = [...nodes].map(async ([nodeId, asked]) => {
      const broker = await cluster.findBroker({ nodeId });
      const positions = asked.map((each) => ({ ...each, fetchOffset: each.position }));
      const { partitions } = await fetchFrom(broker, positions, { ...limits, maxWaitMs });
      return distribute(asked, partitions);
    });
    const stale = await Promise.all(rounds);
    if (stale.includes(true)) await cluster.refreshMetadata();
  };

  const run = async () => {
    let cluster: WireCluster | null = null;
    let backOffMs: number = limits.minBackOffMs;
    while (!closed && subscriptions.size > 0) {
      try {
        cluster ??= await kafka.openCluster();
        await fetchRound(cluster);
        backOffMs = limits.minBackOffMs;
      } catch (error) {
        logFailure(kafka.log, error, backOffMs);
        await systemClock.sleep(backOffMs);
        backOffMs = Math.min(backOffMs * 2, limits.maxBackOffMs);
        await cluster?.refreshMetadata().catch(() => undefined);
      }
    }
    await cluster?.disconnect();
    running = null;
    if (!closed && subscriptions.size > 0) start();
  };
  const start = () => {
    running ??= run();
  };

  kafka.onClose(async () => {
    closed = true;
    resume();
    for (const subscription of subscriptions) {
      subscription.closed = true;
      subscription.wake();
    }
    await running;
  });
  return {
    subscribe(subscription) {
      subscriptions.add(subscription);
      resume();
      start();
    },
    unsubscribe(subscription) {
      subscriptions.delete(subscription);
      resume();
    },
    resume: () => resume(),
  };
}

function logFailure(log: Log, error: unknown, backOffMs: number): void {
  log.warn({ backOffMs, reason: describeError(error) }, 'a fetch failed; it is tried again');
}
