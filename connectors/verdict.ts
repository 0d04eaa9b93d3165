import type { DeliveryEvent } from '../schemas/generated/records.ts';
import type { SendResult } from './channel.ts';

/**
 * What a channel promises where nobody can know whether a message went out. At least once: it is
 * sent again, and may come twice. At most once: it is not, and may be missing.
 */
export type Guarantee = 'atLeastOnce' | 'atMostOnce';

/** What follows from an answer. */
export type Verdict =
  /** The answer is final and stands in the journal. */
  | { readonly kind: 'settled' }
  /** To be sent again after a while. */
  | {
      readonly kind: 'again';
      readonly attempt: number;
      readonly refusals: number;
      readonly waitMs: number;
    }
  /** It was tried often enough: the record goes to the dead letters. */
  | { readonly kind: 'gaveUp' };

/** What counts against one notification, each with a bound of its own. */
export type Counts = {
  /** Attempts that the vendor answered with "not now", or with nothing that can be understood. */
  readonly refusals: number;
  /** Attempts that an end of our own process left without an answer. */
  readonly interruptions: number;
};

/** The counts of a notification that nobody began. */
export const uncounted: Counts = { refusals: 0, interruptions: 0 };

/**
 * More would hold the lane up for longer: the others of its portion wait with it. Fewer would give
 * up on a vendor's ordinary busy minutes.
 */
export const maxRefusals = 5;

/**
 * A process that ends says nothing about the message, so crashes and kills alone must not use a
 * mail up that nobody got. This many are reached by a message that itself ends the process: without
 * a bound it would stop its lane for ever.
 */
export const maxInterruptions = 20;

const minWaitMs = 1000;
/** Telegram has been seen to ask for an hour; asking sooner than told prolongs the pause. */
const maxThrottleWaitMs = 3_600_000;
/** Doubles from the shortest wait. Longer, and a vendor that is back would wait for us. */
const maxOutageWaitMs = 60_000;
/** A person has to correct it, so there is no hurry. */
const misconfiguredWaitMs = 60_000;

/** How long a vendor in trouble is left alone, after so many rounds in a row that met it. */
export function outageWaitMs(outages: number): number {
  return Math.min(minWaitMs * 2 ** outages, maxOutageWaitMs);
}

function nextAttempt(attempt: number, refusals: number, waitMs: number): Verdict {
  if (refusals >= maxRefusals) return { kind: 'gaveUp' };
  return { kind: 'again', attempt: attempt + 1, refusals, waitMs };
}

/**
 * Decides what follows from an answer. `outages`: how many rounds in a row found the vendor away
 * or in trouble. While it is away no attempt counts, and it is tried for ever. `refusals`: of the
 * attempts before this one.
 */
export function verdictOn(
  result: SendResult,
  state: {
    readonly attempt: number;
    readonly refusals: number;
    readonly outages: number;
    readonly guarantee: Guarantee;
  },
): Verdict {
  const { attempt, refusals, outages, guarantee } = state;
  switch (result.kind) {
    case 'accepted':
    case 'rejected':
      return { kind: 'settled' };
    case 'throttled': {
      const waitMs = Math.max(minWaitMs, Math.min(result.retryAfterMs, maxThrottleWaitMs));
      return nextAttempt(attempt, refusals + 1, waitMs);
    }
    case 'unknown':
      if (guarantee === 'atMostOnce') return { kind: 'settled' };
      return nextAttempt(attempt, refusals + 1, outageWaitMs(outages));
    case 'unavailable':
      return { kind: 'again', attempt, refusals, waitMs: outageWaitMs(outages) };
    case 'misconfigured':
      return { kind: 'again', attempt, refusals, waitMs: misconfiguredWaitMs };
  }
}

/** The answer of an attempt whose connector ended before it came. */
export const interrupted = {
  kind: 'unknown',
  code: 'INTERRUPTED',
  reason: 'the connector ended before the answer was written down',
} as const satisfies SendResult;

/** The counts of a notification after one more line of the journal about it. */
export function countsAfter(
  counts: Counts,
  { kind, code }: Pick<DeliveryEvent, 'kind' | 'code'>,
): Counts {
  const { refusals, interruptions } = counts;
  if (kind === interrupted.kind && code === interrupted.code) {
    return { refusals, interruptions: interruptions + 1 };
  }
  const refused = kind === 'throttled' || kind === 'unknown';
  return refused ? { refusals: refusals + 1, interruptions } : counts;
}

/**
 * What follows from the last line that a former owner wrote about a notification. The counts hold
 * the attempt of that line: one that is open counts as interrupted.
 */
export function verdictOnEarlier(
  { kind, attempt, refusals, interruptions }: Pick<DeliveryEvent, 'kind' | 'attempt'> & Counts,
  guarantee: Guarantee,
): Verdict {
  switch (kind) {
    case 'accepted':
    case 'rejected':
    case 'deadLettered':
      return { kind: 'settled' };
    case 'started':
    case 'unknown':
      if (guarantee === 'atMostOnce') return { kind: 'settled' };
      if (interruptions >= maxInterruptions) return { kind: 'gaveUp' };
      return nextAttempt(attempt, refusals, 0);
    case 'throttled':
      return nextAttempt(attempt, refusals, 0);
    case 'unavailable':
    case 'misconfigured':
      return { kind: 'again', attempt, refusals, waitMs: 0 };
  }
}
