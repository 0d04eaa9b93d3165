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
  | { readonly kind: 'again'; readonly attempt: number; readonly waitMs: number }
  /** It was tried often enough: the record goes to the dead letters. */
  | { readonly kind: 'gaveUp' };

/**
 * Attempts that may count against one notification. More would hold its lane up for longer: the
 * others of its portion wait with it. Fewer would give up on a vendor's ordinary busy minutes.
 */
export const maxAttempts = 5;

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

function counted(attempt: number, waitMs: number): Verdict {
  if (attempt >= maxAttempts) return { kind: 'gaveUp' };
  return { kind: 'again', attempt: attempt + 1, waitMs };
}

/**
 * Decides what follows from an answer. `outages`: how many rounds in a row found the vendor away
 * or in trouble. While it is away no attempt counts, and it is tried for ever.
 */
export function verdictOn(
  result: SendResult,
  state: { readonly attempt: number; readonly outages: number; readonly guarantee: Guarantee },
): Verdict {
  const { attempt, outages, guarantee } = state;
  switch (result.kind) {
    case 'accepted':
    case 'rejected':
      return { kind: 'settled' };
    case 'throttled': {
      const waitMs = Math.max(minWaitMs, Math.min(result.retryAfterMs, maxThrottleWaitMs));
      return counted(attempt, waitMs);
    }
    case 'unknown':
      if (guarantee === 'atMostOnce') return { kind: 'settled' };
      return counted(attempt, outageWaitMs(outages));
    case 'unavailable':
      return { kind: 'again', attempt, waitMs: outageWaitMs(outages) };
    case 'misconfigured':
      return { kind: 'again', attempt, waitMs: misconfiguredWaitMs };
  }
}

/** The answer of an attempt whose connector ended before it came. */
export const interrupted: SendResult = {
  kind: 'unknown',
  code: 'INTERRUPTED',
  reason: 'the connector ended before the answer was written down',
};

/** What follows from the last line that a former owner wrote about a notification. */
export function verdictOnEarlier(
  { kind, attempt }: Pick<DeliveryEvent, 'kind' | 'attempt'>,
  guarantee: Guarantee,
): Verdict {
  switch (kind) {
    case 'accepted':
    case 'rejected':
    case 'deadLettered':
      return { kind: 'settled' };
    case 'started':
    case 'unknown':
      return verdictOn(interrupted, { attempt, outages: 0, guarantee });
    case 'throttled':
      return counted(attempt, 0);
    case 'unavailable':
    case 'misconfigured':
      return { kind: 'again', attempt, waitMs: 0 };
  }
}
