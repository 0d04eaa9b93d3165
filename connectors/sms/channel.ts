import twilio from 'twilio';
import type { Config } from '../../runtime/config.ts';
import { type Channel, type SendResult, type Timeouts, usualTimeouts } from '../channel.ts';
import { httpStatus } from '../http-status.ts';
import { numberOf, textOf } from '../thrown.ts';
import { classify, classifyCode } from './classify.ts';
import { createRequestClient } from './request-client.ts';

/** E.164. Twilio reads prefixes such as `whatsapp:` as another way to send, so nothing else. */
const phoneNumber = /^\+[1-9]\d{6,14}$/;

const { firstSuccess, firstClientError } = httpStatus;
/** Statuses of a message that Twilio took and did not send. */
const failedStatuses: ReadonlySet<string> = new Set(['failed', 'undelivered', 'canceled']);

const late: SendResult = {
  kind: 'unknown',
  code: 'NO_ANSWER',
  reason: 'time was over before an answer came',
};

/** Twilio cannot be told to stop, so its answer is no longer waited for. */
function aborted(signal: AbortSignal): Promise<SendResult> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(late);
    signal.addEventListener('abort', () => resolve(late), { once: true });
  });
}

/** SMS through Twilio's Messages resource. The call is not idempotent and has no such key. */
export function openSmsChannel(options: {
  readonly config: Config['sms'];
  readonly timeouts?: Timeouts;
}): Channel {
  const { config, timeouts = usualTimeouts } = options;
  const { baseUrl, accountSid, authToken, from } = config;
  const httpClient = createRequestClient({ baseUrl, timeouts });
  const client = twilio(accountSid, authToken, { httpClient, autoRetry: false });

  async function attempt(to: string, body: string): Promise<SendResult> {
    try {
      const message = await client.messages.create({ to, from, body });
      if (failedStatuses.has(textOf(message, 'status'))) {
        const code = numberOf(message, 'errorCode');
        return classifyCode({ status: firstClientError, code, retryAfterMs: null });
      }
      const sid = textOf(message, 'sid');
      if (sid !== '') return { kind: 'accepted', providerId: sid };
      return classifyCode({ status: firstSuccess, code: null, retryAfterMs: null });
    } catch (error) {
      return classify(error);
    }
  }

  return {
    async send({ address, body }, signal) {
      if (!phoneNumber.test(address)) {
        return { kind: 'rejected', code: 'ADDRESS', reason: 'it is no phone number in E.164' };
      }
      return Promise.race([attempt(address, body), aborted(signal)]);
    },
    close: () => undefined,
  };
}
