import twilio from 'twilio';
import { createConnectAgent } from '../../runtime/connect-agent.ts';
import { maxAnswerBytes, type Timeouts } from '../channel.ts';
import { httpStatus } from '../http-status.ts';
import { fieldOf, numberOf, textOf } from '../thrown.ts';

const { RequestClient } = twilio;
const vendorOrigin = 'https://api.twilio.com';
const secondMs = 1000;

/** Seconds, or a date, which Twilio does not use (RFC 9110 section 10.2.3). */
function retryAfterMsOf(headers: unknown): number | null {
  const seconds = Number(textOf(headers, 'retry-after') || Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * secondMs) : null;
}

const isObject = (body: unknown) => typeof body === 'object' && body !== null;

/** An answer that names no message, with the header that Twilio's own exception leaves out. */
function refusal(status: number, body: unknown, headers: unknown): Error {
  const fields = { status, code: numberOf(body, 'code'), retryAfterMs: retryAfterMsOf(headers) };
  return Object.assign(new Error(`HTTP ${status}`), fields);
}

/**
 * Twilio's HTTP client, sent to another origin and bounded in time and size. Each SMS has a
 * connection of its own: one that is kept may be closed under a request, and an SMS that met that
 * would count as perhaps sent and be lost. It never tries again by itself.
 */
export function createRequestClient(options: {
  readonly baseUrl: string;
  readonly timeouts: Timeouts;
}) {
  const { baseUrl, timeouts } = options;
  const client = new RequestClient({ timeout: timeouts.answerMs, keepAlive: false });
  client.axios.defaults.httpsAgent = createConnectAgent(timeouts.connectMs);
  client.axios.defaults.maxContentLength = maxAnswerBytes;
  const request = client.request.bind(client);
  client.request = async (call) => {
    const uri = call.uri.replace(vendorOrigin, () => baseUrl);
    const answer = await request({ ...call, uri });
    const { statusCode, body } = answer;
    // Redirects are not followed: Twilio sends none, so one means a wrong base URL.
    if (statusCode < httpStatus.firstRedirect && isObject(body)) return answer;
    throw refusal(statusCode, body, fieldOf(answer, 'headers'));
  };
  return client;
}
