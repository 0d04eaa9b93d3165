import { describe, expect, test } from 'vitest';
import { usualTimeouts } from '../../../gateway/app.ts';
import type { Published } from '../../../gateway/write/publisher.ts';
import { authorization, buildGateway } from './built-gateway.ts';
import { bodyOf, postHead, rawClient } from './raw-client.ts';

const path = '/api/v1/notifications/email';
const withKey = postHead({ path, authorization });
const withoutKey = postHead({ path });
const never = new Promise<never>(() => undefined);
/** As the real ones are to each other, but short; what a test does not try is far away. */
const timeouts = { ...usualTimeouts, headersMs: 100, requestMs: 200, checkMs: 20, lingerMs: 500 };
const patient = { ...usualTimeouts, checkMs: 20 };
const seedBody = '{"template_id":"1","movie_id":"1","user_ids":"1"}';
const wholePost = withKey.replace('60000', String(seedBody.length)) + seedBody;

test('a body that drips is cut, with a problem', async () => {
  const { app } = await buildGateway({ timeouts });
  const client = await rawClient(app);
  client.socket.write(withKey);
  client.drip();
  await client.closed;
  expect(client.answered()).toMatch(/^HTTP\/1\.1 408 [\s\S]*application\/problem\+json/);
  expect(bodyOf(client.answered())).toMatchObject({ status: 408 });
});

test.each([
  ['headers that stop', 'POST /api/v1/notifications/email HTTP/1.1\r\nHost: lo'],
  ['nothing at all', ''],
  ['a body that never comes', withKey],
])('%s: a 408', async (_name, bytes) => {
  const { app } = await buildGateway({ timeouts });
  const client = await rawClient(app);
  client.socket.write(bytes);
  await client.closed;
  expect(client.answered()).toMatch(/^HTTP\/1\.1 408 /);
});

test('headers have less time than the request, and a request less than a silent connection', () => {
  const { headersMs, requestMs, silenceMs, checkMs } = usualTimeouts;
  expect(requestMs).toBe(30_000);
  expect(headersMs).toBeLessThan(requestMs);
  expect(requestMs + checkMs).toBeLessThan(silenceMs);
});

describe('an answer that is there before the body', () => {
  test('ends the connection of a client that drips', async () => {
    const { app } = await buildGateway({ timeouts: { ...patient, lingerMs: 500 } });
    const client = await rawClient(app);
    client.socket.write(withoutKey);
    client.drip();
    await client.closed;
    expect(client.answered()).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('leaves it to one that sends the rest', async () => {
    const { app } = await buildGateway({ timeouts: patient });
    const client = await rawClient(app);
    client.socket.write(withoutKey);
    await client.until('401');
    client.socket.write(' '.repeat(60_000));
    client.socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.until('"live"');
    expect(client.socket.destroyed).toBe(false);
  });
});

describe('a stop', () => {
  const close = { arriveMs: 50, answerMs: 60_000 };

  test.each([
    ['a body that drips', withKey, true],
    ['headers that stop', 'GET / HTTP/1.1\r\nHost: lo', false],
    ['a connection that is idle', '', false],
  ])('is not held by %s', async (_name, bytes, drips) => {
    const gateway = await buildGateway({ timeouts: { ...patient, close } });
    const client = await rawClient(gateway.app);
    client.socket.write(bytes);
    if (drips) client.drip();
    await gateway.close();
    await client.closed;
    expect(client.answered()).not.toContain('HTTP/1.1 2');
  });

  test('waits for the answer to a request that is there', async () => {
    const published = Promise.withResolvers<Published>();
    const asked = Promise.withResolvers<void>();
    const publish = () => {
      asked.resolve();
      return published.promise;
    };
    const gateway = await buildGateway({ publish, timeouts: { ...patient, close } });
    const client = await rawClient(gateway.app);
    const dripping = await rawClient(gateway.app);
    dripping.socket.write(withKey);
    client.socket.write(wholePost);
    await asked.promise;
    const closing = gateway.close();
    await dripping.closed;
    published.resolve({ kind: 'acknowledged' });
    await closing;
    await client.until('202 Accepted');
    expect(dripping.answered()).not.toContain('202 Accepted');
  });

  test('does not wait for ever for one that is never answered', async () => {
    const asked = Promise.withResolvers<void>();
    const publish = () => {
      asked.resolve();
      return never;
    };
    const bounds = { arriveMs: 20, answerMs: 20 };
    const gateway = await buildGateway({ publish, timeouts: { ...patient, close: bounds } });
    const client = await rawClient(gateway.app);
    client.socket.write(wholePost);
    await asked.promise;
    await gateway.close();
    await client.closed;
    expect(client.answered()).not.toContain('HTTP/1.1 2');
  });

  test('answers what still comes with a problem', async () => {
    const asked = Promise.withResolvers<void>();
    const gateway = await buildGateway({
      publish: () => {
        asked.resolve();
        return never;
      },
      timeouts: { ...patient, close: { arriveMs: 500, answerMs: 20 } },
    });
    const busy = await rawClient(gateway.app);
    busy.socket.write(wholePost);
    const late = await rawClient(gateway.app);
    late.socket.write(withKey.slice(0, 10));
    await asked.promise;
    const closing = gateway.close();
    late.socket.write(withKey.slice(10));
    await late.until('Retry-After'.toLowerCase());
    expect(late.answered()).toMatch(/^HTTP\/1\.1 503 [\s\S]*application\/problem\+json/);
    await closing;
  });
});
