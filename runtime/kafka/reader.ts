import { toVestnikError, VestnikError } from '../errors.ts';
import { borrowMemory, type MemoryFor } from './batch-memory.ts';
import type { KafkaClient } from './client.ts';
import { fetcherOf } from './fetcher.ts';
import type { KafkaRecord } from './record.ts';
import { type InflatedBatch, recordsFrom } from './record-batch-decoder.ts';

/** What one fetch brought for a partition, as batches. */
export type Fetched = {
  readonly batches: readonly InflatedBatch[];
  /** Where the fetch began: a batch may hold records before it, which are not to be looked at. */
  readonly fromOffset: number;
  /** The position behind it; it also moves over markers, aborted and compacted records. */
  readonly nextOffset: number;
  /** One past the last record that is replicated, of transactions still open too. */
  readonly highWatermark: number;
};

/** What one fetch brought for a partition, as records. */
export type Batch = Pick<Fetched, 'nextOffset' | 'highWatermark'> & {
  readonly records: readonly KafkaRecord[];
};

/** Reads one partition from a position of the caller's choice, at isolation read_committed. */
export type Reader<Read> = {
  /**
   * What arrived next, or nothing in it when nothing did for a while. Waits as long as Kafka is
   * away. Rejects with OFFSET_OUT_OF_RANGE, or with the signal's reason once it is aborted.
   */
  next(): Promise<Read>;
  /** True when `next` has something to give at once. */
  hasNext(): boolean;
  close(): void;
};
export type PartitionReader = Reader<Batch>;

/** One partition of the shared fetch loop. What was fetched waits here until a reader takes it. */
export type Subscription = {
  readonly topic: string;
  readonly partition: number;
  /** Where the next fetch starts. */
  position: number;
  /** Where batches are inflated to; memory of their own when it is missing. */
  readonly memoryFor: MemoryFor | undefined;
  readonly ready: Fetched[];
  failure: VestnikError | null;
  closed: boolean;
  /** Called when something or a failure is there to be taken. */
  wake: () => void;
};

type ReaderOptions = {
  readonly kafka: KafkaClient;
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly signal: AbortSignal;
};

/** Starts to read records, made when they are taken. */
export function openReader(options: ReaderOptions): PartitionReader {
  const { topic, partition } = options;
  return open(options, ({ batches, fromOffset, nextOffset, highWatermark }) => {
    const place = { topic, partition, fromOffset };
    const records = batches.flatMap((batch) => recordsFrom(batch, place));
    return { records, nextOffset, highWatermark };
  });
}

/**
 * Starts to read batches, for whoever needs no objects for their records. The memory of those is
 * lent: `releaseBatches` gives it back once nobody looks at them any more.
 */
export function openBatchReader(options: ReaderOptions): Reader<Fetched> {
  return open(options, (fetched) => fetched, borrowMemory);
}

/**
 * All readers of a client share one fetch per broker; what two fetches brought at most waits for
 * a reader, then its partition is left out of the fetch.
 */
function open<Read>(
  options: ReaderOptions,
  read: (fetched: Fetched) => Read,
  memoryFor?: MemoryFor,
): Reader<Read> {
  const { topic, partition, signal } = options;
  const subscription: Subscription = {
    topic,
    partition,
    position: options.fromOffset,
    memoryFor,
    ready: [],
    failure: null,
    closed: false,
    wake: () => undefined,
  };
  const fetcher = fetcherOf(options.kafka);
  fetcher.subscribe(subscription);
  const close = () => {
    subscription.closed = true;
    subscription.wake();
    fetcher.unsubscribe(subscription);
  };
  /** What cannot be read stays in the way: a reader that asks again must not go on behind it. */
  const readOrFail = (fetched: Fetched): Read => {
    try {
      return read(fetched);
    } catch (error) {
      subscription.failure = toVestnikError(error, 'KAFKA_PROTOCOL');
      throw subscription.failure;
    }
  };
  signal.addEventListener('abort', close, { once: true });
  return {
    async next() {
      while (!subscription.closed) {
        if (subscription.failure) throw subscription.failure;
        const fetched = subscription.ready.shift();
        if (fetched) {
          fetcher.resume();
          return readOrFail(fetched);
        }
        await new Promise<void>((resolve) => {
          subscription.wake = resolve;
        });
      }
      signal.throwIfAborted();
      throw new VestnikError('INTERNAL', `read ${topic}-${partition} after it was closed`);
    },
    hasNext: () => subscription.ready.length > 0,
    close() {
      signal.removeEventListener('abort', close);
      close();
    },
  };
}
