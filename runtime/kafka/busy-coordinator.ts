import { systemClock } from '../clock.ts';
import { toVestnikError, type VestnikError } from '../errors.ts';
import type { WireError } from './wire.ts';

/** Kafka ends the former transaction in the background; stock kafkajs waits 300 ms a time. */
const concurrentRetryMs = 2;
/** A coordinator that is loading or moving needs a second or more: asking more often only costs. */
const absentRetryMs = 50;
const concurrentTransactionsCode = 51;

/** The coordinator is loading, or is still ending the former transaction: it will answer soon. */
export const busyCodes: ReadonlySet<number> = new Set([14, concurrentTransactionsCode]);
/** It is not available or moved as well: worth another try only where it is looked up anew. */
export const absentCodes: ReadonlySet<number> = new Set([...busyCodes, 15, 16]);

/** A leader is being elected or has moved: 5 and 6 of Kafka's error codes. */
const movingLeaderCodes: ReadonlySet<number> = new Set([5, 6]);

export const codeOf = (error: unknown): number => Number((error as WireError | undefined)?.code);

/** Tries again while the coordinator answers with one of `codes`, until the deadline or signal. */
export async function whileBusy<T>(
  call: () => Promise<T>,
  options: {
    readonly codes: ReadonlySet<number>;
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
  },
): Promise<T> {
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      const code = codeOf(error);
      if (!options.codes.has(code) || Date.now() >= options.deadlineMs) throw error;
      const concurrent = code === concurrentTransactionsCode;
      await systemClock.sleep(concurrent ? concurrentRetryMs : absentRetryMs, options.signal);
    }
  }
}

/** kafkajs wraps what a broker answered into errors of its own, each with the one before it. */
function isPassing(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = codeOf(each);
    if (absentCodes.has(code) || movingLeaderCodes.has(code)) return true;
  }
  return false;
}

/**
 * What a call to Kafka failed with: KAFKA_BUSY when a broker answered that it is not ready yet,
 * KAFKA_UNAVAILABLE when none did. The first is no reason to look at the settings.
 */
export const kafkaFailure = (error: unknown): VestnikError =>
  toVestnikError(error, isPassing(error) ? 'KAFKA_BUSY' : 'KAFKA_UNAVAILABLE');
