import type { SendResult } from '../channel.ts';
import { httpStatus } from '../http-status.ts';
import { networkFailure } from '../network-failure.ts';
import { numberOf } from '../thrown.ts';

/** Where Twilio names no time: its queues are per second, so a short wait helps. */
const usualRetryAfterMs = 2000;

type Meaning =
  | readonly ['rejected' | 'misconfigured' | 'unavailable' | 'unknown', reason: string]
  | readonly ['throttled', reason: string, retryAfterMs: number];

const slowDown = 'Twilio takes no more just now';
/** A sender's queue is hours long then (twilio.com/docs/errors/21611). */
const queueFullRetryMs = 60_000;
/** A phone that is off is not on again in seconds. */
const unreachableRetryMs = 300_000;

/**
 * Twilio's error codes, each described at https://www.twilio.com/docs/errors/<code>. Those of
 * 30000 and over come in callbacks too. A code that blames one recipient must never stop the
 * lane, so regions that are not enabled (21408) and trial limits (21608) count as refusals.
 */
const meanings: Readonly<Record<number, Meaning | undefined>> = {
  20003: ['misconfigured', 'Twilio refused the account or its token'],
  20005: ['misconfigured', 'the account is not active'],
  20404: ['misconfigured', 'Twilio knows no such account'],
  20429: ['throttled', slowDown, usualRetryAfterMs],
  20503: ['unavailable', 'Twilio is not there'],
  21211: ['rejected', 'it is no phone number'],
  21212: ['misconfigured', 'the sender is no phone number'],
  21214: ['rejected', 'the number cannot be reached'],
  21408: ['rejected', "SMS to the number's region are not enabled"],
  21602: ['rejected', 'the text is empty'],
  21603: ['misconfigured', 'there is no sender'],
  21606: ['misconfigured', 'the sender cannot send SMS'],
  21608: ['rejected', 'a trial account reaches verified numbers only'],
  21610: ['rejected', 'the person told Twilio to stop'],
  21611: ['throttled', slowDown, queueFullRetryMs],
  21612: ['rejected', 'no way from the sender to this number'],
  21614: ['rejected', 'the number takes no SMS'],
  21617: ['rejected', 'the text is longer than 1,600 characters'],
  21659: ['misconfigured', 'the sender is no number of the account'],
  30001: ['throttled', slowDown, queueFullRetryMs],
  30002: ['misconfigured', 'the account is suspended'],
  30003: ['throttled', 'the phone is off or out of reach', unreachableRetryMs],
  30004: ['rejected', 'the person or the operator blocks it'],
  30005: ['rejected', 'the number does not exist'],
  30006: ['rejected', 'a landline, or an operator out of reach'],
  30007: ['rejected', 'the operator took it for spam'],
  30008: ['rejected', 'the operator gave no reason'],
  30022: ['throttled', slowDown, usualRetryAfterMs],
  30023: ['throttled', slowDown, queueFullRetryMs],
};

const strange = 'this is not how Twilio answers';
const accountStatuses: ReadonlySet<number> = new Set([
  httpStatus.unauthorized,
  httpStatus.forbidden,
  httpStatus.notFound,
  httpStatus.methodNotAllowed,
]);

/** For codes that are not in the table, by the HTTP status. */
function meaningOf(status: number): Meaning {
  const { firstSuccess, firstRedirect, firstClientError, firstServerError } = httpStatus;
  if (status >= firstSuccess && status < firstRedirect) {
    return ['unknown', `${strange}; it may have gone out`];
  }
  if (status === httpStatus.tooManyRequests) return ['throttled', slowDown, usualRetryAfterMs];
  if (status === httpStatus.serviceUnavailable) return ['unavailable', 'Twilio is not there'];
  // Twilio on 20500: a message may have been sent, and a second request would send it again.
  if (status >= firstServerError || status === httpStatus.requestTimeout) {
    return ['unknown', 'Twilio failed in the middle'];
  }
  if (status >= firstClientError && !accountStatuses.has(status)) {
    return ['rejected', 'Twilio refused the message'];
  }
  return ['misconfigured', `${strange}; see TWILIO_BASE_URL and the account`];
}

/** Twilio's answer to a code or a status. `retryAfterMs`: what its Retry-After header asked for. */
export function classifyCode(answer: {
  readonly status: number;
  readonly code: number | null;
  readonly retryAfterMs: number | null;
}): SendResult {
  const { status, retryAfterMs } = answer;
  const known = answer.code === null ? undefined : meanings[answer.code];
  const meaning = known ?? meaningOf(status);
  const code = String(answer.code ?? status);
  const [kind, reason] = meaning;
  if (kind !== 'throttled') return { kind, code, reason };
  return { kind, code, reason, retryAfterMs: retryAfterMs ?? meaning[2] };
}

/** What an error of a send means: Twilio's answer (request-client.ts), or none at all. */
export function classify(error: unknown): SendResult {
  const status = numberOf(error, 'status');
  if (status === null) return networkFailure(error);
  const code = numberOf(error, 'code');
  return classifyCode({ status, code, retryAfterMs: numberOf(error, 'retryAfterMs') });
}
