import type { SendResult } from '../channel.ts';
import { httpStatus } from '../http-status.ts';
import { fieldOf, numberOf, textOf } from '../thrown.ts';
import type { BotAnswer } from './bot-api.ts';

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

function retryAfterMsOf(body: unknown): number {
  const seconds = numberOf(fieldOf(body, 'parameters'), 'retry_after');
  return seconds === null ? usualRetryAfterMs : seconds * secondMs;
}

/** By these, something that is not Telegram says: not here, or not you. */
const doorStatuses: ReadonlySet<number> = new Set([
  httpStatus.unauthorized,
  httpStatus.forbidden,
  httpStatus.notFound,
  httpStatus.methodNotAllowed,
]);

const strange = 'this is not how Telegram answers';

/**
 * What a status means that came without Telegram's own code, so from something before it or
 * instead of it; null where that makes no difference. A success that says nothing may have sent it.
 */
function classifyStranger(status: number): SendResult | null {
  const code = String(status);
  if (status === httpStatus.requestTimeout) {
    return { kind: 'unknown', code, reason: 'something before Telegram gave up waiting' };
  }
  if (status < httpStatus.firstRedirect) {
    return { kind: 'unknown', code, reason: `${strange}; it may have gone out` };
  }
  if (status < httpStatus.firstClientError || doorStatuses.has(status)) {
    return { kind: 'misconfigured', code, reason: `${strange}; see TELEGRAM_API_ROOT` };
  }
  return null;
}

function classifyCode(status: number, body: unknown): SendResult {
  const code = String(status);
  switch (status) {
    case httpStatus.unauthorized:
    case httpStatus.notFound:
      return { kind: 'misconfigured', code, reason: 'Telegram does not know the token' };
    case httpStatus.flood:
    case httpStatus.tooManyRequests: {
      const retryAfterMs = retryAfterMsOf(body);
      return { kind: 'throttled', code, reason: 'Telegram asked to wait', retryAfterMs };
    }
    case httpStatus.serviceUnavailable:
      return { kind: 'unavailable', code, reason: 'Telegram is not there' };
    default:
      if (status >= httpStatus.firstClientError && status < httpStatus.firstServerError) {
        return { kind: 'rejected', code, reason: reasonOf(textOf(body, 'description')) };
      }
      // A gateway's 502 says nothing about what the server behind it did.
      return { kind: 'unknown', code, reason: 'Telegram failed in the middle' };
  }
}

/** What an answer means, whatever it holds. An `ok` is final, even where the id is missing. */
export function classifyAnswer({ status, body }: BotAnswer): SendResult {
  const { firstSuccess, firstRedirect, firstServerError } = httpStatus;
  const succeeded = status >= firstSuccess && status < firstRedirect;
  if (succeeded && fieldOf(body, 'ok') === true) {
    const messageId = numberOf(fieldOf(body, 'result'), 'message_id');
    return { kind: 'accepted', providerId: messageId === null ? null : String(messageId) };
  }
  if (status >= firstServerError) return classifyCode(status, body);
  const named = numberOf(body, 'error_code');
  if (named !== null) return classifyCode(named, body);
  return classifyStranger(status) ?? classifyCode(status, body);
}
