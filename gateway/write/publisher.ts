import type { Clock } from '../../runtime/clock.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { Producer } from '../../runtime/kafka/producer.ts';
import type { OutgoingRecord } from '../../runtime/kafka/record.ts';
import type { Log } from '../../runtime/log.ts';
import type { Serde } from '../../runtime/serde.ts';
import { allTopics, type Topic, type ValueOf } from '../../schemas/topics.ts';
import { answerWithin } from '../http/answer-within.ts';

/** A record to write. A null value deletes the row of the key; only tables take one. */
export type GatewayRecord = {
  readonly topic: Topic;
  readonly key: string;
  readonly value: unknown;
};

/** What became of records. A new kind breaks the build where it is not answered. */
export type Published =
  /** All replicas have all of them. */
  | { readonly kind: 'acknowledged' }
  /** Nothing was written. */
  | { readonly kind: 'busy' }
  /** Each of them may have been written, or be written still. */
  | { readonly kind: 'unknown' };

/** Writes records to Kafka and says what became of them as a whole. */
export type Publish = (records: readonly GatewayRecord[]) => Promise<Published>;

/** A little over the producer's own bound: only a send that waits behind others is cut off. */
export const publishDeadlineMs = 6000;
/** Bounds what waits while Kafka is away, in records: each is at most one body of 64 KiB. */
export const maxUnsettled = 200;

/** All that the gateway may write, as the map says. */
export const writtenTopics: readonly Topic[] = allTopics.filter(({ writers }) =>
  writers.includes('gateway'),
);

/** A record whose value is the one of its topic. */
export function recordOf<T extends Topic>(
  topic: T,
  key: string,
  value: ValueOf<T> | null,
): GatewayRecord {
  return { topic, key, value };
}

/** Turns records into bytes; a value of the wrong shape throws. */
export function encodedBy(serde: Pick<Serde, 'encode'>) {
  return ({ topic, key, value }: GatewayRecord): OutgoingRecord => ({
    topic: topic.name,
    key: Buffer.from(key),
    value: value === null ? null : serde.encode(topic, value as ValueOf<Topic>),
  });
}

/** Writes records and always answers in time, however long a send takes. */
export function createPublisher(options: {
  readonly producer: Pick<Producer, 'send'>;
  readonly serde: Pick<Serde, 'encode'>;
  readonly clock: Clock;
  readonly log: Log;
}): Publish {
  const { producer, serde, clock, log } = options;
  let unsettled = 0;

  const encoded = encodedBy(serde);

  async function send(records: readonly GatewayRecord[]): Promise<Published> {
    unsettled += records.length;
    try {
      await producer.send(records.map(encoded));
      return { kind: 'acknowledged' };
    } catch (error) {
      if (!(error instanceof VestnikError) || !error.retryable) throw error;
      const keys = records.map(({ topic, key }) => `${topic.name} ${key}`);
      log.warn({ keys, reason: error.message }, 'no acknowledgement');
      return { kind: 'unknown' };
    } finally {
      unsettled -= records.length;
    }
  }

  return async (records) => {
    if (unsettled + records.length > maxUnsettled) return { kind: 'busy' };
    const late = { kind: 'unknown' } as const;
    return answerWithin({ clock, deadlineMs: publishDeadlineMs, work: send(records), late });
  };
}
