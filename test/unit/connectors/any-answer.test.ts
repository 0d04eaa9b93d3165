import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { boundedResult } from '../../../connectors/bounded-result.ts';
import { maxAnswerBytes, type SendResult } from '../../../connectors/channel.ts';
import { classify as classifyEmail } from '../../../connectors/email/classify.ts';
import { journalRecord, lineOf, resultLine } from '../../../connectors/journal.ts';
import { classifyAnswer } from '../../../connectors/messenger/classify.ts';
import { classify as classifySms } from '../../../connectors/sms/classify.ts';
import { uncounted } from '../../../connectors/verdict.ts';
import type { Serde } from '../../../runtime/serde.ts';
import { limits } from '../../../schemas/limits.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';
import { notification } from './notification.ts';
import { opened, type Subject, sendBy, subjects } from './vendors.ts';

const [, sms, messenger] = subjects as readonly [Subject, Subject, Subject];
let serde: Serde;
beforeAll(async () => {
  serde = await createMemorySerde();
});

const record = {
  ...{ topic: topics.emailNotifications.name, partition: 0, offset: 1, timestampMs: 0 },
  ...{ key: Buffer.from('anna'), value: Buffer.alloc(0), headers: [] },
};
const attempt = { record, notification: notification(), attempt: 1, ...uncounted };

const lengthOf = (text: string | null) => Array.from(text ?? '').length;

/** Writes the line of an answer and reads it back: within its bounds, and the same. */
function expectJournalled(result: SendResult): void {
  const line = lineOf(attempt, resultLine(boundedResult(result)), 0);
  const value = journalRecord(serde, line).value ?? Buffer.alloc(0);
  expect(serde.decode(topics.deliveryEvents, value)).toEqual({ ok: true, value: line });
  expect(lengthOf(line.providerId)).toBeLessThanOrEqual(limits.vendorIdChars);
  expect(lengthOf(line.code)).toBeLessThanOrEqual(limits.vendorCodeChars);
  expect(lengthOf(line.reason)).toBeLessThanOrEqual(limits.detailChars);
  expect(line.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
  expect(line.retryAfterMs ?? 0).toBeLessThanOrEqual(limits.retryAfterMs);
  expect(`${line.providerId}${line.code}${line.reason}`).not.toMatch(/[\p{Cc}\p{Cs}]/u);
}

type Answer = {
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | ((response: ServerResponse) => void);
};

/** A vendor that answers everybody the same; `asked` counts the requests. */
async function vendor({ status = 200, headers = {}, body = '' }: Answer) {
  const seen = { asked: 0, url: '' };
  const server = createServer((request, response) => {
    seen.asked += 1;
    request.resume();
    response.writeHead(status, headers);
    if (typeof body === 'string') response.end(body);
    else body(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  seen.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return seen;
}

async function answered(subject: Subject, answer: Answer) {
  const seen = await vendor(answer);
  const doors = { smtpUrl: '', twilioBaseUrl: seen.url, telegramApiRoot: seen.url };
  const result = await sendBy(opened(subject, doors), subject.notification);
  expectJournalled(result);
  return { seen, result };
}

const html = '<!doctype html><title>Welcome to nginx</title>';
const long = 'я'.repeat(10_000);
const ofTwilio = (fields: object) => ({ status: 201, body: JSON.stringify(fields) });
const ofTelegram = (fields: object, status = 200) => ({ status, body: JSON.stringify(fields) });
const told = (parameters: unknown) =>
  ofTelegram({ ok: false, error_code: 429, description: long, parameters }, 429);

/** Endless, until the reader has enough. */
function flood(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

describe('an answer of Twilio that is not as it should be', () => {
  const rows: readonly [what: string, Answer, SendResult['kind']][] = [
    ['an id that is a number', ofTwilio({ sid: 5, status: 'queued' }), 'unknown'],
    ['no id', ofTwilio({ status: 'queued' }), 'unknown'],
    ['an id that is null', ofTwilio({ sid: null }), 'unknown'],
    ['an id that is an object', ofTwilio({ sid: { toString: 1 } }), 'unknown'],
    ['an id without end', ofTwilio({ sid: long }), 'accepted'],
    ['an id of halves and nothing', ofTwilio({ sid: 'SM\0\ud800' }), 'accepted'],
    ['a list', { status: 201, body: '[]' }, 'unknown'],
    ['null', { status: 201, body: 'null' }, 'unknown'],
    ['a text', { status: 201, body: '"SM1"' }, 'unknown'],
    ['a page', { status: 200, body: html }, 'unknown'],
    ['nothing', { status: 204 }, 'unknown'],
    ['half of an object', { status: 201, body: '{"sid":"SM1"' }, 'unknown'],
    [
      'a failure with a code of a text',
      ofTwilio({ status: 'failed', error_code: long }),
      'rejected',
    ],
    ['a way elsewhere', { status: 302, headers: { location: '/' } }, 'misconfigured'],
    ['a refusal in a page', { status: 400, body: html }, 'rejected'],
    ['a code of a text', { status: 400, body: '{"code":"constructor"}' }, 'rejected'],
    ['a code without end', { status: 400, body: '{"code":1e300}' }, 'rejected'],
  ];
  it.each(rows)('%s', async (_what, answer, kind) => {
    const { result, seen } = await answered(sms, answer);
    expect(result.kind).toBe(kind);
    expect(seen.asked).toBe(1);
  });

  it.each([
    '1e300',
    '-1',
    'NaN',
    'Infinity',
    '99999999999',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    '0x9',
  ])('Retry-After: %s', async (after) => {
    const { result } = await answered(sms, { status: 429, headers: { 'retry-after': after } });
    expect(result.kind).toBe('throttled');
  });
});

describe('an answer of Telegram that is not as it should be', () => {
  const ok = (result: unknown) => ofTelegram({ ok: true, result });
  const rows: readonly [what: string, Answer, SendResult['kind']][] = [
    ['an id that is a text', ok({ message_id: long }), 'accepted'],
    ['an id that is an object', ok({ message_id: { toString: 1 } }), 'accepted'],
    ['an id without end', { body: '{"ok":true,"result":{"message_id":1e300}}' }, 'accepted'],
    ['no id', ok({}), 'accepted'],
    ['no result', ok(null), 'accepted'],
    ['no word whether it went well', ofTelegram({}), 'unknown'],
    ['a list', { body: '[]' }, 'unknown'],
    ['null', { body: 'null' }, 'unknown'],
    ['a page', { body: html }, 'unknown'],
    ['nothing', { status: 204 }, 'unknown'],
    ['half of an object', { body: '{"ok":true' }, 'unknown'],
    ['a way elsewhere', { status: 302, headers: { location: '/' } }, 'misconfigured'],
    ['a page that is not there', { status: 404, body: html }, 'misconfigured'],
    ['a page that is closed', { status: 403, body: html }, 'misconfigured'],
    ['too large for a door before it', { status: 413, body: html }, 'rejected'],
    ['a door in trouble', { status: 502, body: html }, 'unknown'],
    ['a door that closes', { status: 503, body: html }, 'unavailable'],
    ['a door that is pressed', { status: 429, body: html }, 'throttled'],
    ['a code of a text', ofTelegram({ ok: false, error_code: '400' }, 400), 'rejected'],
    ['a code without end', { status: 400, body: '{"error_code":1e300}' }, 'rejected'],
    ['bytes that say they are packed', { headers: { 'content-encoding': 'gzip' } }, 'unknown'],
  ];
  it.each(rows)('%s', async (_what, answer, kind) => {
    const { result, seen } = await answered(messenger, answer);
    expect(result.kind).toBe(kind);
    expect(seen.asked).toBe(1);
  });

  it.each([
    { retry_after: 9e15 },
    { retry_after: 1e300 },
    { retry_after: -5 },
    { retry_after: 0.5 },
    { retry_after: '35' },
    { retry_after: null },
    null,
    'later',
  ])('a wait of %j', async (parameters) => {
    const { result } = await answered(messenger, told(parameters));
    expect(result.kind).toBe('throttled');
  });
});

it.each([sms, messenger])(
  '$name: an answer without end is cut off, and is unknown',
  async (each) => {
    let written = 0;
    const { result } = await answered(each, {
      body(response) {
        const { socket } = response;
        response.once('close', () => {
          written = socket?.bytesWritten ?? Number.POSITIVE_INFINITY;
        });
        flood(response);
      },
    });
    expect(result.kind).toBe('unknown');
    // What lies in the buffers of the way is written, too.
    await vi.waitFor(() => expect(written).toBeGreaterThan(0));
    expect(written).toBeLessThan(maxAnswerBytes + 16 * 1024 * 1024);
  },
);

describe('any answer at all', () => {
  const name = fc.constantFrom('ok', 'error_code', 'description', 'parameters', 'result', 'code');
  const values = fc.anything({ withBigInt: true, withNullPrototype: true });
  const unitText = fc.string({ unit: 'binary', maxLength: 5000 });
  const part = fc.oneof(values, unitText, fc.double(), fc.constantFrom(429, true, 'EENVELOPE'));
  const body = fc.oneof(values, fc.dictionary(name, fc.oneof(part, fc.dictionary(name, part))));
  const status = fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constantFrom(200, 400, 429));
  const waits = fc.oneof(fc.double(), fc.integer(), values);

  it('makes a line that can be written, within its bounds, and is read as it was', () => {
    fc.assert(
      fc.property(body, status, waits, fc.boolean(), (each, code, retryAfterMs, contentBegun) => {
        expectJournalled(classifyAnswer({ status: code, body: each }));
        expectJournalled(classifySms({ status: code, code: each, retryAfterMs }));
        const reply = { responseCode: code, response: each, code: each, command: each };
        expectJournalled(classifyEmail(reply, { contentBegun }));
      }),
      { numRuns: 1000 },
    );
  });

  it('is that also where a channel gets its own answer wrong', () => {
    const kinds = fc.constantFrom<SendResult['kind']>(
      ...([
        'accepted',
        'rejected',
        'throttled',
        'unavailable',
        'unknown',
        'misconfigured',
      ] as const),
    );
    const field = fc.oneof(values, unitText, fc.double(), fc.constant(undefined));
    const fields = fc.record({
      code: field,
      reason: field,
      providerId: field,
      retryAfterMs: waits,
    });
    fc.assert(
      fc.property(kinds, fields, (kind, rest) => {
        expectJournalled({ kind, ...rest } as unknown as SendResult);
      }),
      { numRuns: 1000 },
    );
  });
});
