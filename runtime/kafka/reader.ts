import { VestnikError } from '../errors.ts';
import type { KafkaClient } from './client.ts';
import { fetcherOf } from './fetcher.ts';
import type { KafkaRecord } from './record.ts';

/** What one fetch brought for a partition. */
export type Batch = {
  readonly records: readonly KafkaRecord[];
  /** The position after the batch; it also moves over markers, aborted and compacted records. */
  readonly nextOffset: number;
  /** One past the last record that is replicated, of transactions still open too. */
  readonly highWatermark: number;
};

/** Reads one partition from a position of the caller's choice, at isolation read_committed. */
export type PartitionReader = {
  /**
   * What arrived next, or an empty batch when nothing did for a while. Waits as long as Kafka is
   * away. Rejects with OFFSET_OUT_OF_RANGE, or with the signal's reason once it is aborted.
   */
  next(): Promise<Batch>;
  /** True when `next` has something to give at once. */
  hasNext(): boolean;
  close(): void;
};

/** One partition of the shared fetch loop. Batches wait here until the reader takes them. */
export type Subscription = {
  readonly topic: string;
  readonly partition: number;
  /** Where the next fetch starts. */
  position: number;
  readonly ready: Batch[];
  failure: VestnikError | null;
  closed: boolean;
  /** Called when a batch or a failure is there to be taken. */
  wake: () => void;
};

/**
 * Starts to read. All readers of a client share one fetch per broker; at most two batches wait
 * for a reader, then its partition is left out of the fetch.
 */
export function openReader(options: {
  readonly kafka: KafkaClient;
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly signal: AbortSignal;
}): PartitionReader {
  const { topic, partition, signal } = options;
  const subscription: Subscription = {
    topic,
    partition,
    position: options.fromOffset,
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
  signal.addEventListener('abort', close, { once: true });
  return {
    async next() {
      while (!subscription.closed) {
        if (subscription.failure) throw subscription.failure;
        const batch = subscription.ready.shift();
        if (batch) {
          fetcher.resume();
          return batch;
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
