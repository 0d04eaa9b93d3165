import type { Clock } from '../runtime/clock.ts';
import type { OutgoingRecord } from '../runtime/kafka/record.ts';
import type { TransactionalProducer } from '../runtime/kafka/transactions.ts';

/** Records that go back, each with its line of the journal in the same transaction. */
export type Outbox = {
  add(back: OutgoingRecord, line: OutgoingRecord): Promise<void>;
  /** Sends what is left. */
  flush(): Promise<void>;
};

/** Fewer would send in bursts; more cost the broker a transaction each for a record or two. */
const transactionsPerSecond = 5;
const maxRecords = 500;
/** A batch of a partition is cut where brokers end; this bounds what lies in memory. */
const maxBytes = 8 * 1024 * 1024;
const msPerSecond = 1000;

/** Opens an empty outbox. `sent` is told how many went out together. */
export function createOutbox(options: {
  readonly producer: Pick<TransactionalProducer, 'commit'>;
  readonly clock: Clock;
  readonly ratePerSecond: number;
  readonly sent: (count: number) => void;
}): Outbox {
  const { producer, clock, ratePerSecond, sent } = options;
  const size = Math.min(maxRecords, Math.max(1, Math.floor(ratePerSecond / transactionsPerSecond)));
  let records: OutgoingRecord[] = [];
  let bytes = 0;

  async function flush(): Promise<void> {
    const count = records.length / 2;
    if (count === 0) return;
    const beganMs = clock.nowMs();
    await producer.commit({ records, offsets: [] });
    records = [];
    bytes = 0;
    sent(count);
    const tookMs = clock.nowMs() - beganMs;
    await clock.sleep(Math.max(0, (count / ratePerSecond) * msPerSecond - tookMs));
  }
  return {
    async add(back, line) {
      records.push(back, line);
      bytes += (back.key?.length ?? 0) + (back.value?.length ?? 0);
      if (records.length / 2 >= size || bytes >= maxBytes) await flush();
    },
    flush,
  };
}
