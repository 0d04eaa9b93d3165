import { randomUUID } from 'node:crypto';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import { smsPartsOf } from '../../rendering/sms-parts.ts';
import { cut, type Door, mayAnswer, retryAfterSeconds, shownHeaders } from './door.ts';

const API_VERSION = '2010-04-01';

// https://www.twilio.com/docs/messaging/api/message-resource: "up to 1,600 characters".
const MAX_BODY_LENGTH = 1_600;

/** E.164: a plus, then at most 15 digits, the first of them not zero. */
const phoneNumber = /^\+[1-9]\d{6,14}$/;

/** A Twilio error: `code` is documented at https://www.twilio.com/docs/errors/{code}. */
type Refusal = { status: number; code: number; message: string };

const Params = Type.Object({ accountSid: Type.String({ pattern: '^AC' }) });

const Body = Type.Object({
  To: Type.String({ default: '' }),
  From: Type.String({ default: '' }),
  MessagingServiceSid: Type.String({ default: '' }),
  Body: Type.String({ default: '' }),
});

/** The create call of Twilio's Message resource, as far as a plain SMS needs it. */
export function twilioDoor(door: Door): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.setErrorHandler<FastifyError>((error, _request, reply) => {
      const status = error.statusCode ?? 500;
      return refuse(reply, { status, code: codeOf(status), message: error.message });
    });
    app.post(
      `/${API_VERSION}/Accounts/:accountSid/Messages.json`,
      { schema: { params: Params, body: Body } },
      async (request, reply) => {
        const { accountSid } = request.params;
        if (!isSignedIn(request.headers.authorization, accountSid)) {
          return refuse(reply, { status: 401, code: 20_003, message: 'Authenticate' });
        }
        const refusal = refusalOf(request.body);
        if (refusal !== undefined) return refuse(reply, refusal);

        const fault = door.faults.take('sms', request.body.To);
        if (fault?.kind === 'throttled') {
          reply.header('retry-after', retryAfterSeconds(fault));
          return refuse(reply, { status: 429, code: 20_429, message: 'Too Many Requests' });
        }
        if (fault?.kind === 'status') {
          const { status, code = codeOf(status), message = 'Scripted by the inbox' } = fault;
          return refuse(reply, { status, code: Number(code), message });
        }
        keep(door, request.body, shownHeaders(request.headers));
        if (!(await mayAnswer(fault, door))) return cut(request, reply);
        return reply.code(201).send(resourceOf(accountSid, request.body, door.nowMs()));
      },
    );
  };
}

function keep(door: Door, sms: Type.Static<typeof Body>, headers: Record<string, string>): void {
  door.store.add({
    channel: 'sms',
    from: sms.From || sms.MessagingServiceSid,
    to: sms.To,
    subject: null,
    text: sms.Body,
    html: null,
    headers,
    smsParts: smsPartsOf(sms.Body),
  });
}

/** Twilio takes the account sid with its token, or an API key (SK…) with its secret. */
function isSignedIn(authorization: string | undefined, accountSid: string): boolean {
  const [scheme, credentials = ''] = authorization?.split(' ') ?? [];
  if (scheme?.toLowerCase() !== 'basic') return false;
  const [user = '', ...secret] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return (user === accountSid || user.startsWith('SK')) && secret.join(':') !== '';
}

function refusalOf(sms: Type.Static<typeof Body>): Refusal | undefined {
  const bad = (code: number, message: string): Refusal => ({ status: 400, code, message });
  if (sms.To === '') return bad(21_604, "A 'To' phone number is required.");
  if (sms.From === '' && sms.MessagingServiceSid === '') {
    return bad(21_603, "A 'From' phone number is required.");
  }
  if (sms.Body === '') return bad(21_602, 'Message body is required.');
  if (!phoneNumber.test(sms.To)) {
    return bad(21_211, `The 'To' number ${sms.To} is not a valid phone number.`);
  }
  if (sms.Body.length > MAX_BODY_LENGTH) {
    return bad(21_617, 'The concatenated message body exceeds the 1600 character limit');
  }
  return undefined;
}

/** Twilio's general codes are 20000 plus the status (20404, 20429, 20500); 401 is the exception. */
function codeOf(status: number): number {
  return status === 401 ? 20_003 : 20_000 + status;
}

function refuse(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
  const moreInfo = `https://www.twilio.com/docs/errors/${code}`;
  return reply.code(status).send({ code, message, more_info: moreInfo, status });
}

function resourceOf(accountSid: string, sms: Type.Static<typeof Body>, nowMs: number): object {
  const sid = `SM${randomUUID().replaceAll('-', '')}`;
  const viaService = sms.MessagingServiceSid !== '';
  // Twilio writes dates as RFC 2822 does.
  const date = new Date(nowMs).toUTCString().replace('GMT', '+0000');
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: sms.Body,
    date_created: date,
    date_sent: null,
    date_updated: date,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: sms.From || null,
    messaging_service_sid: sms.MessagingServiceSid || null,
    num_media: '0',
    num_segments: String(smsPartsOf(sms.Body).parts),
    price: null,
    price_unit: 'USD',
    sid,
    // A Messaging Service picks the sender later, so its messages are only accepted yet.
    status: viaService ? 'accepted' : 'queued',
    subresource_uris: {
      media: `/${API_VERSION}/Accounts/${accountSid}/Messages/${sid}/Media.json`,
    },
    to: sms.To,
    uri: `/${API_VERSION}/Accounts/${accountSid}/Messages/${sid}.json`,
  };
}
