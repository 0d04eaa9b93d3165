import { METHODS } from 'node:http';
import { describe, expect, test } from 'vitest';
import { buildGateway } from './built-gateway.ts';
import { bodyOf, rawClient } from './raw-client.ts';

/** What is answered to some bytes on a connection of their own. */
async function answerTo(bytes: string): Promise<string> {
  const { app } = await buildGateway();
  const client = await rawClient(app);
  client.socket.end(bytes);
  await client.closed;
  return client.answered();
}

describe('Host', () => {
  test.each([
    ['none', 'GET /health/live HTTP/1.1\r\n\r\n', /missing/],
    ['two', 'GET /health/live HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', /more than one/],
  ])('%s: a problem', async (_name, bytes, detail) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/);
    expect(answer).toContain('x-content-type-options');
    expect(bodyOf(answer)).toMatchObject({ detail: expect.stringMatching(detail) });
  });

  test('HTTP/1.0 needs none', async () => {
    expect(await answerTo('GET /health/live HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

// CONNECT asks for no path; of HEAD there is no body to look at.
const others = METHODS.filter((each) => !['CONNECT', 'GET', 'HEAD'].includes(each));

test.each(others)('%s of a known path is a 405 that says which there are', async (method) => {
  const answer = await answerTo(
    `${method} /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 405 [\s\S]*application\/problem\+json/);
  expect(answer).toMatch(/\r\nallow: GET, HEAD\r\n/i);
});

test('PROPFIND of an unknown path is a 404', async () => {
  const { app } = await buildGateway();
  const response = await app.inject({ method: 'PROPFIND' as 'GET', url: '/nowhere' });
  expect(response.statusCode).toBe(404);
});
