import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../../connectors/channel.ts';
import { classify as classifyEmail } from '../../../connectors/email/classify.ts';
import { classifyAnswer } from '../../../connectors/messenger/classify.ts';
import { networkFailure } from '../../../connectors/network-failure.ts';
import { classify as classifySms } from '../../../connectors/sms/classify.ts';
import { numberOf } from '../../../connectors/thrown.ts';

type Kind = SendResult['kind'];

const before = { contentBegun: false };
const after = { contentBegun: true };

/** An error as nodemailer makes it: its code, the command, the server's reply. */
function mailError(code: string, reply = '', command = 'CONN'): Error {
  const answered = reply === '' ? {} : { response: reply, responseCode: Number(reply.slice(0, 3)) };
  return Object.assign(new Error(reply), { code, command, ...answered });
}

describe('a reply of a mail server', () => {
  const rows: readonly [reply: string, code: string, command: string, Kind][] = [
    ['550 5.1.1 <anna@example.com> unknown', 'EENVELOPE', 'RCPT TO', 'rejected'],
    ['551 not here', 'EENVELOPE', 'RCPT TO', 'rejected'],
    ['553 5.1.3 bad address', 'EENVELOPE', 'RCPT TO', 'rejected'],
    ['552 5.3.4 too large', 'EMESSAGE', 'DATA', 'rejected'],
    ['554 5.7.1 spam', 'EMESSAGE', 'DATA', 'rejected'],
    ['450 4.2.0 grey-listed', 'EENVELOPE', 'RCPT TO', 'throttled'],
    ['451 4.7.1 too many messages', 'EENVELOPE', 'RCPT TO', 'throttled'],
    ['452 4.2.2 mailbox full', 'EENVELOPE', 'RCPT TO', 'throttled'],
    ['451 try later', 'EMESSAGE', 'DATA', 'throttled'],
    ['503 bad sequence', 'EENVELOPE', 'MAIL FROM', 'throttled'],
    ['421 4.3.2 shutting down', 'ECONNECTION', 'CONN', 'unavailable'],
    ['452 4.3.1 system storage', 'EENVELOPE', 'MAIL FROM', 'unavailable'],
    ['454 4.7.0 temporary authentication failure', 'EAUTH', 'AUTH PLAIN', 'unavailable'],
    ['535 5.7.8 bad credentials', 'EAUTH', 'AUTH PLAIN', 'misconfigured'],
    ['530 5.7.0 authentication required', 'EENVELOPE', 'MAIL FROM', 'misconfigured'],
    ['534 5.7.9 too weak', 'EAUTH', 'AUTH LOGIN', 'misconfigured'],
    ['550 5.7.1 sender not allowed', 'EENVELOPE', 'MAIL FROM', 'misconfigured'],
    ['550 5.1.8 bad sender', 'EENVELOPE', 'RCPT TO', 'misconfigured'],
  ];

  it.each(rows)('%s (%s at %s): %s', (reply, code, command, kind) => {
    for (const progress of [before, after]) {
      expect(classifyEmail(mailError(code, reply, command), progress).kind).toBe(kind);
    }
  });

  it('is told by both of its codes', () => {
    const error = mailError('EENVELOPE', '550 5.1.1 <anna@example.com> unknown', 'RCPT TO');
    expect(classifyEmail(error, before)).toMatchObject({ code: '550 5.1.1' });
    expect(classifyEmail(mailError('EENVELOPE', '550 no'), before)).toMatchObject({ code: '550' });
  });
});

describe('a mail that got no reply', () => {
  it.each(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EPROTOCOL', 'EABORT'])(
    '%s: surely not sent before the content, perhaps sent after it began',
    (code) => {
      expect(classifyEmail(mailError(code), before)).toMatchObject({ kind: 'unavailable', code });
      expect(classifyEmail(mailError(code), after)).toMatchObject({ kind: 'unknown', code });
    },
  );

  it.each([
    ['EAUTH', 'misconfigured'],
    ['ENOAUTH', 'misconfigured'],
    ['EOAUTH2', 'misconfigured'],
    ['ETLS', 'misconfigured'],
    ['EREQUIRETLS', 'misconfigured'],
    ['EENVELOPE', 'rejected'],
    ['EMESSAGE', 'rejected'],
    ['ESTREAM', 'unknown'],
    ['E_NEW', 'unknown'],
  ])('%s: %s', (code, kind) => {
    expect(classifyEmail(mailError(code), before).kind).toBe(kind);
  });
});

const refusal = (status: number, code: number | null = null, retryAfterMs: number | null = null) =>
  Object.assign(new Error('refused'), { status, code, retryAfterMs });

describe('an answer of Twilio', () => {
  const rows: readonly [status: number, code: number | null, Kind][] = [
    [400, 21_211, 'rejected'],
    [400, 21_408, 'rejected'],
    [400, 21_610, 'rejected'],
    [400, 21_612, 'rejected'],
    [400, 21_614, 'rejected'],
    [400, 21_617, 'rejected'],
    [400, 21_608, 'rejected'],
    [400, 30_004, 'rejected'],
    [400, 30_005, 'rejected'],
    [400, 30_006, 'rejected'],
    [400, 30_007, 'rejected'],
    [400, 99_999, 'rejected'],
    [401, 20_003, 'misconfigured'],
    [403, 20_005, 'misconfigured'],
    [404, 20_404, 'misconfigured'],
    [400, 21_606, 'misconfigured'],
    [400, 21_659, 'misconfigured'],
    [400, 30_002, 'misconfigured'],
    [302, null, 'misconfigured'],
    [429, 20_429, 'throttled'],
    [429, null, 'throttled'],
    [400, 21_611, 'throttled'],
    [400, 30_001, 'throttled'],
    [400, 30_003, 'throttled'],
    [503, 20_503, 'unavailable'],
    [503, null, 'unavailable'],
    [500, 20_500, 'unknown'],
    [502, null, 'unknown'],
    [504, null, 'unknown'],
    [408, null, 'unknown'],
  ];

  it.each(rows)('status %i, code %s: %s', (status, code, kind) => {
    expect(classifySms(refusal(status, code))).toMatchObject({
      kind,
      code: String(code ?? status),
    });
  });

  it('waits as long as Retry-After says, else a little', () => {
    expect(classifySms(refusal(429, 20_429, 9000))).toMatchObject({ retryAfterMs: 9000 });
    expect(classifySms(refusal(429, 20_429))).toMatchObject({ retryAfterMs: 2000 });
  });
});

const telegram = (status: number, description = '', parameters: object = {}) =>
  classifyAnswer({ status, body: { ok: false, error_code: status, description, parameters } });

describe('an answer of Telegram', () => {
  const rows: readonly [code: number, description: string, Kind][] = [
    [400, 'Bad Request: chat not found', 'rejected'],
    [400, "Bad Request: can't parse entities: unclosed tag", 'rejected'],
    [400, 'Bad Request: message is too long', 'rejected'],
    [400, 'something new', 'rejected'],
    [403, 'Forbidden: bot was blocked by the user', 'rejected'],
    [403, 'Forbidden: user is deactivated', 'rejected'],
    [401, 'Unauthorized', 'misconfigured'],
    [404, 'Not Found', 'misconfigured'],
    [429, 'Too Many Requests: retry after 35', 'throttled'],
    [503, 'Service Unavailable', 'unavailable'],
    [500, 'Internal Server Error', 'unknown'],
    [502, 'Bad Gateway', 'unknown'],
    [504, 'Gateway Timeout', 'unknown'],
  ];

  it.each(rows)('%i %s: %s', (code, description, kind) => {
    expect(telegram(code, description)).toMatchObject({ kind, code: String(code) });
  });

  it('tells the reason in words of ours', () => {
    const blocked = telegram(403, 'Forbidden: bot was blocked by the user');
    expect(blocked).toMatchObject({ reason: 'the person blocked the bot' });
  });

  it('waits as long as retry_after says, else a little', () => {
    expect(telegram(429, '', { retry_after: 35 })).toMatchObject({
      retryAfterMs: 35_000,
    });
    expect(telegram(429)).toMatchObject({ retryAfterMs: 5000 });
  });
});

describe('a request that got no answer', () => {
  const rows: readonly [fields: object, Kind][] = [
    [{ code: 'ECONNREFUSED' }, 'unavailable'],
    [{ code: 'ENOTFOUND' }, 'unavailable'],
    [{ code: 'EAI_AGAIN' }, 'unavailable'],
    [{ code: 'ERR_CONNECT_TIMEOUT' }, 'unavailable'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'unavailable'],
    [{ code: 'ETIMEDOUT', cause: { syscall: 'connect' } }, 'unavailable'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'misconfigured'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'misconfigured'],
    [{ code: 'ETIMEDOUT' }, 'unknown'],
    [{ code: 'ECONNABORTED' }, 'unknown'],
    [{ code: 'ECONNRESET' }, 'unknown'],
    [{ code: 'EPIPE' }, 'unknown'],
    [{ name: 'AbortError' }, 'unknown'],
    [{}, 'unknown'],
  ];

  it.each(rows)('%o: %s', (fields, kind) => {
    const error = Object.assign(new Error('no answer'), fields);
    expect(classifySms(error).kind).toBe(kind);
    expect(networkFailure(error).kind).toBe(kind);
  });
});

describe('anything that can be thrown', () => {
  const kinds = ['accepted', 'rejected', 'throttled', 'unavailable', 'unknown', 'misconfigured'];
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('do not look at me');
      },
    },
  );
  const address = 'anna.karenina@example.com +79160000001';
  const fieldNames = [
    'code',
    'status',
    'response',
    'responseCode',
    'command',
    'syscall',
    'cause',
    'message',
    'error_code',
    'description',
    'parameters',
    'retryAfterMs',
  ] as const;
  const fieldValue = fc.oneof(
    fc.anything(),
    fc.integer({ min: 100, max: 40_000 }),
    fc.constantFrom(address, `550 5.1.1 ${address}`, 'EENVELOPE', 'connect'),
  );
  const record = fc.dictionary(fc.constantFrom(...fieldNames), fieldValue);
  const thrown = fc.oneof(
    fc.anything(),
    fc.constant(hostile),
    record,
    fc.record({ response: record, code: fieldValue }),
  );

  it('has one meaning for each vendor, and tells no address', () => {
    fc.assert(
      fc.property(thrown, fc.boolean(), (error, contentBegun) => {
        const results = [
          classifyEmail(error, { contentBegun }),
          classifySms(error),
          networkFailure(error),
          classifyAnswer({ status: numberOf(error, 'status') ?? 400, body: error }),
        ];
        for (const result of results) {
          expect(kinds.filter((kind) => kind === result.kind)).toHaveLength(1);
          expect(result.kind).not.toBe('accepted');
          const told = JSON.stringify(result);
          for (const part of address.split(' ')) expect(told).not.toContain(part);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is never called surely unsent once the content of a mail had begun and no reply came', () => {
    const noReply = thrown.filter((error) => {
      try {
        return (error as { responseCode?: unknown } | null)?.responseCode === undefined;
      } catch {
        return true;
      }
    });
    fc.assert(
      fc.property(noReply, (error) => {
        expect(classifyEmail(error, { contentBegun: true }).kind).toBe('unknown');
      }),
    );
  });
});
