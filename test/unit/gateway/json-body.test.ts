import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../../gateway/http/json-body.ts';
import { authorization, buildGateway } from './built-gateway.ts';

const seedBody = '{"template_id":"1","movie_id":"1","user_ids":"1"}';

/** Asks with these bytes; nothing may be written of them. */
async function refusalOf(payload: string | Buffer, headers: Record<string, string> = {}) {
  const { app, written } = await buildGateway();
  const response = await app.inject({
    method: 'POST',
    url: '/api/v1/notifications/email',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    payload,
  });
  expect(written).toEqual([]);
  return { status: response.statusCode, headers: response.headers, ...response.json() };
}

describe('a 415 says what is wrong', () => {
  test.each([
    ['compressed', gzipSync(seedBody)],
    ['plain, but labelled', seedBody],
  ])('gzip, %s', async (_name, payload) => {
    const answer = await refusalOf(payload, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 415, detail: expect.stringContaining('gzip') });
    expect(answer.detail).toContain('Content-Encoding');
    expect(answer.headers['accept-encoding']).toBe('identity');
  });

  test.each([
    ['as it is', Buffer.from(seedBody, 'utf16le')],
    ['plain, but labelled', seedBody],
  ])('utf-16, %s', async (_name, payload) => {
    const answer = await refusalOf(payload, { 'content-type': 'application/json; charset=utf-16' });
    expect(answer).toMatchObject({ status: 415, detail: expect.stringContaining('utf-16') });
  });
});

test.each([
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/json; charset=us-ascii',
])('%s is taken', async (type) => {
  const { app, written } = await buildGateway();
  await app.inject({
    method: 'POST',
    url: '/api/v1/notifications/email',
    headers: { authorization, 'content-type': type, 'content-encoding': 'identity' },
    payload: seedBody,
  });
  expect(written).toHaveLength(1);
});

test.each<readonly [string, string, string]>([
  ['at the top', '{"__proto__":{"a":1}}', '__proto__'],
  ['in escapes', '{"\\u005f_proto__":null}', '__proto__'],
  ['deep down', '{"user_ids":[{"__proto__":1}]}', 'user_ids.0.__proto__'],
])('__proto__ %s is called what it is', async (_name, payload, field) => {
  const { status, errors } = await refusalOf(payload);
  expect({ status, errors }).toEqual({
    status: 400,
    errors: [{ field, message: 'cannot be a field' }],
  });
});

test.each<readonly [string, string, string]>([
  ['user_ids as a text', '{"template_id":"1","user_ids":"a\\ud800b"}', 'user_ids'],
  ['user_ids as a list', '{"template_id":"1","user_ids":["1","\\udc00"]}', 'user_ids.1'],
  ['the audience', '{"template_id":"1","audience":"genre:\\ud83d"}', 'audience'],
  ['the template', '{"template_id":"\\ude00","user_ids":"1"}', 'template_id'],
  ['a name', '{"\\ud800":1}', '\ufffd'],
])('half of a surrogate pair in %s is a 400 with the field', async (_name, payload, field) => {
  const { status, errors } = await refusalOf(payload);
  expect(status).toBe(400);
  expect(errors).toEqual([{ field, message: expect.stringContaining('surrogate') }]);
});

test('a whole pair is taken', () => {
  expect(readJson(Buffer.from('{"a":"\\ud83d\\ude00"}'))).toEqual({ ok: true, value: { a: '😀' } });
});

test('bytes that are not UTF-8 are refused, not replaced', async () => {
  const answer = await refusalOf(Buffer.from('{"template_id":"\xff"}', 'latin1'));
  expect(answer).toMatchObject({ status: 400, detail: 'The body is not UTF-8.' });
});

test('a body of nothing but brackets costs no stack, and is refused', () => {
  const nested = (levels: number) => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
  expect(readJson(nested(30_000))).toMatchObject({ problem: { status: 400 } });
  expect(readJson(nested(66)).ok).toBe(false);
  expect(readJson(nested(65)).ok).toBe(true);
});

test('what JSON.parse reads is read the same, and never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const read = readJson(Buffer.from(JSON.stringify(value)));
      const again = JSON.parse(JSON.stringify(value));
      const refusable = /__proto__|\\ud[89a-f]/.test(JSON.stringify(value));
      expect(read.ok ? read.value : refusable).toEqual(read.ok ? again : true);
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readJson(bytes)));
});
