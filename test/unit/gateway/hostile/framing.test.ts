import { expect, test } from 'vitest';
import { authorization, type BuiltGateway, buildGateway } from '../built-gateway.ts';
import { rawClient } from '../raw-client.ts';

/** The answers on one connection to these bytes: their statuses, until it is closed. */
async function statusesOf({ app }: BuiltGateway, bytes: string): Promise<readonly string[]> {
  const client = await rawClient(app);
  client.socket.end(Buffer.from(bytes, 'latin1'));
  await client.closed;
  return [...client.answered().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status ?? '');
}

const smuggled = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (...lines: readonly string[]) =>
  [
    'POST /api/v1/notifications/email HTTP/1.1',
    'Host: a',
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');

/** RFC 9112, sections 2.2, 5.1, 5.2, 6.1 and 6.3. */
const unframed: readonly (readonly [string, string])[] = [
  ['both framings', post('Content-Length: 6', 'Transfer-Encoding: chunked') + '0\r\n\r\nG'],
  [
    'both, the other way round',
    post('Transfer-Encoding: chunked', 'Content-Length: 4') + '0\r\n\r\n',
  ],
  ['two lengths', post('Content-Length: 2', 'Content-Length: 40') + '{}'],
  ['a list of lengths', post('Content-Length: 2, 2') + '{}'],
  ['a length with a sign', post('Content-Length: +2') + '{}'],
  ['a length in hexadecimal', post('Content-Length: 0x2') + '{}'],
  ['a length below nothing', post('Content-Length: -2') + '{}'],
  ['another coding', post('Transfer-Encoding: xchunked') + '0\r\n\r\n'],
  ['a coding behind chunked', post('Transfer-Encoding: chunked, gzip') + '0\r\n\r\n'],
  ['a space before the colon', post('Content-Length : 2') + '{}'],
  ['a folded header', post('X: a', ' b') + '{}'],
  ['a bare line feed', 'GET /health/live HTTP/1.1\nHost: a\n\n'],
  ['a bare carriage return', post('X: a\rContent-Length: 2') + '{}'],
  ['a name with U+0000', post('X\0: a') + '{}'],
  ['a value with U+0000', post('X: a\0b') + '{}'],
  ['a chunk of no size', post('Transfer-Encoding: chunked') + 'xyz\r\n'],
  ['a chunk of too large a size', post('Transfer-Encoding: chunked') + 'fffffffffffffffff\r\n'],
  ['a method in small letters', 'get / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['another version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['a space in the path', 'GET / x HTTP/1.1\r\nHost: a\r\n\r\n'],
];

test('what could be read in two ways is refused, with all that comes behind it', async () => {
  const gateway = await buildGateway();
  for (const [name, bytes] of unframed) {
    expect([name, await statusesOf(gateway, bytes + smuggled)]).toEqual([name, ['400']]);
  }
});

test('headers of 20 KiB are too large', async () => {
  const gateway = await buildGateway();
  expect(await statusesOf(gateway, `${post(`X: ${'x'.repeat(20 * 1024)}`)}{}`)).toEqual(['431']);
});

test('a body that a refused request announces is no request', async () => {
  const length = Buffer.byteLength(smuggled);
  const bytes = [
    'POST /api/v1/notifications/email HTTP/1.1',
    'Host: a',
    `Content-Length: ${length}`,
    'Content-Type: application/json',
    'Connection: close',
    '',
    smuggled,
  ].join('\r\n');
  expect(await statusesOf(await buildGateway(), bytes)).toEqual(['401']);
});

const verbs = ['TRACE', 'TRACK', 'DEBUG', 'CONNECT', 'PUT', 'DELETE', 'PROPFIND'];

test('other verbs do nothing, and give nothing back', async () => {
  const { app } = await buildGateway();
  for (const verb of verbs) {
    const client = await rawClient(app);
    client.socket.end(`${verb} /system HTTP/1.1\r\nHost: a\r\nX-Secret: s3cret\r\n\r\n`);
    await client.closed;
    expect(client.answered()).not.toContain('s3cret');
    expect([verb, client.answered()]).not.toEqual([verb, expect.stringMatching(/^HTTP\S* [25]/)]);
  }
});
