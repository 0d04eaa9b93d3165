import type { SendResult } from '../channel.ts';
import { httpStatus } from '../http-status.ts';
import { networkFailure } from '../network-failure.ts';
import { fieldOf, numberOf, textOf } from '../thrown.ts';

/** Telegram names the seconds; where it does not, a pause that its per-chat limit accepts. */
const usualRetryAfterMs = 5000;
const secondMs = 1000;

/**
 * Words of Telegram's descriptions and ours for them. Only for the reader: the kind of the answer
 * never hangs on them. https://core.telegram.org/bots/api#making-requests
 */
const refusals: readonly (readonly [fragment: string, reason: string])[] = [
  ['chat not found', 'there is no such chat'],
  ['peer_id_invalid', 'there is no such chat'],
  ['blocked by the user', 'the person blocked the bot'],
  ['user is deactivated', 'the account was deleted'],
  ['bot was kicked', 'the bot was put out of the chat'],
  ["can't initiate conversation", 'the person never wrote to the bot'],
  ['upgraded to a supergroup', 'the chat has another id now'],
  ["can't parse entities", 'the text is not the HTML that Telegram knows; correct the template'],
  ['message is too long', 'the text is longer than 4,096 characters'],
  ['text is empty', 'the text is empty'],
];

const reasonOf = (description: string) =>
  refusals.find(([fragment]) => description.toLowerCase().includes(fragment))?.[1] ??
  'Telegram refused the message';

function retryAfterMsOf(response: unknown): number {
  const seconds = numberOf(fieldOf(response, 'parameters'), 'retry_after');
  return seconds === null ? usualRetryAfterMs : seconds * secondMs;
}

/** What an error of a call means: Telegram's answer, or none at all. */
export function classify(error: unknown): SendResult {
  const response = fieldOf(error, 'response');
  const status = numberOf(response, 'error_code');
  if (status === null) return networkFailure(error);
  const code = String(status);
  switch (status) {
    case httpStatus.unauthorized:
    case httpStatus.notFound:
      return { kind: 'misconfigured', code, reason: 'Telegram does not know the token' };
    case httpStatus.flood:
    case httpStatus.tooManyRequests: {
      const retryAfterMs = retryAfterMsOf(response);
      return { kind: 'throttled', code, reason: 'Telegram asked to wait', retryAfterMs };
    }
    case httpStatus.serviceUnavailable:
      return { kind: 'unavailable', code, reason: 'Telegram is not there' };
    default:
      if (status >= httpStatus.firstClientError && status < httpStatus.firstServerError) {
        return { kind: 'rejected', code, reason: reasonOf(textOf(response, 'description')) };
      }
      // A gateway's 502 says nothing about what the server behind it did.
      return { kind: 'unknown', code, reason: 'Telegram failed in the middle' };
  }
}
