import { toVestnikError, VestnikError } from '../errors.ts';
import type { FetchedPartition } from './fetch-request.ts';
import type { Fetched, Subscription } from './reader.ts';
import { readRecordSet } from './record-set.ts';
import { createErrorFromCode } from './wire.ts';

/** What became of one partition of an answer. */
export type Taken = 'moved' | 'unmoved' | 'lost' | 'failed';

/** How many fetches with records wait for a reader before its partition is left out. */
const maxReady = 2;
const offsetOutOfRangeCode = 1;
/**
 * The leader moved, is not known yet or not ready, or the topic is just being made: look again,
 * then go on. As Java's consumer does (FetchCollector.handleInitializeErrors).
 */
const lostLeaderCodes = new Set([-1, 3, 5, 6, 9, 56, 74, 75, 78, 100, 103]);

/** True when more may be fetched for a reader. What brought nothing makes room for the next. */
export function hasRoom({ ready }: Subscription): boolean {
  return ready.length < maxReady || ready.at(-1)?.batches.length === 0;
}

function hand(subscription: Subscription, fetched: Fetched): void {
  const { ready } = subscription;
  if (ready.at(-1)?.batches.length === 0) ready.pop();
  subscription.position = fetched.nextOffset;
  ready.push(fetched);
}

function failureOf({ topic, partition, position }: Subscription, fetched: FetchedPartition) {
  const { errorCode, logStartOffset, highWatermark } = fetched;
  if (errorCode !== offsetOutOfRangeCode) {
    return toVestnikError(createErrorFromCode(errorCode), 'KAFKA_PROTOCOL');
  }
  const range = `${logStartOffset} to ${highWatermark}`;
  return new VestnikError(
    'OFFSET_OUT_OF_RANGE',
    `${topic}-${partition}: ${position}, not ${range}`,
  );
}

/** Hands a reader what the broker answered for its partition. Never rejects. */
export async function takeAnswer(
  subscription: Subscription,
  fetched: FetchedPartition,
): Promise<Taken> {
  if (subscription.closed) return 'unmoved';
  if (lostLeaderCodes.has(fetched.errorCode)) return 'lost';
  const { topic, partition, position: fromOffset } = subscription;
  const { aborted, highWatermark, records: set } = fetched;
  try {
    if (fetched.errorCode !== 0) throw failureOf(subscription, fetched);
    const place = { topic, partition, fromOffset };
    const nothing = { batches: [], nextOffset: fromOffset };
    const found = set ? await readRecordSet(set, aborted, place, subscription.memoryFor) : nothing;
    hand(subscription, { ...found, fromOffset, highWatermark });
    return found.nextOffset > fromOffset ? 'moved' : 'unmoved';
  } catch (error) {
    subscription.failure = toVestnikError(error, 'KAFKA_PROTOCOL');
    return 'failed';
  } finally {
    subscription.wake();
  }
}
