import type { Clock } from '../../runtime/clock.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { Producer } from '../../runtime/kafka/producer.ts';
import type { Log } from '../../runtime/log.ts';
import type { Serde } from '../../runtime/serde.ts';
import type { NotificationRequested } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { answerWithin } from '../http/answer-within.ts';

/** What became of a request's record. A new kind breaks the build where it is not answered. */
export type Published =
  | { readonly kind: 'acknowledged' }
  /** Nothing was written. */
  | { readonly kind: 'busy' }
  /** It may have been written, or be written still. */
  | { readonly kind: 'unknown' };

/** Writes a request's record to Kafka. */
export type Publish = (request: NotificationRequested) => Promise<Published>;

/** A little over the producer's own bound: only a send that waits behind others is cut off. */
export const publishDeadlineMs = 6000;
/** Bounds what waits while Kafka is away: each is at most one body of 64 KiB. */
export const maxUnsettled = 200;

/** Writes requests and always answers in time, however long a send takes. */
export function createPublisher(options: {
  readonly producer: Pick<Producer, 'send'>;
  readonly serde: Pick<Serde, 'encode'>;
  readonly clock: Clock;
  readonly log: Log;
}): Publish {
  const { producer, serde, clock, log } = options;
  let unsettled = 0;

  async function send(request: NotificationRequested): Promise<Published> {
    unsettled += 1;
    try {
      const topic = topics.notificationRequested;
      const value = serde.encode(topic, request);
      await producer.send([{ topic: topic.name, key: Buffer.from(request.requestId), value }]);
      return { kind: 'acknowledged' };
    } catch (error) {
      if (!(error instanceof VestnikError) || !error.retryable) throw error;
      log.warn({ requestId: request.requestId, reason: error.message }, 'no acknowledgement');
      return { kind: 'unknown' };
    } finally {
      unsettled -= 1;
    }
  }

  return async (request) => {
    if (unsettled >= maxUnsettled) return { kind: 'busy' };
    const late = { kind: 'unknown' } as const;
    return answerWithin({ clock, deadlineMs: publishDeadlineMs, work: send(request), late });
  };
}
