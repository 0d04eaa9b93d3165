import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayParts } from '../../gateway/app.ts';
import {
  abandonedMs,
  keptMs,
  openIdempotentAnswers,
} from '../../gateway/credentials/idempotent-answers.ts';
import type { Published } from '../../gateway/write/publisher.ts';
import { apiKeys, type BuiltGateway, buildGateway } from '../unit/gateway/built-gateway.ts';
import { type OpenedCredentials, openedCredentials } from './support/opened-credentials.ts';

const email = '/api/v1/notifications/email';
const letter = { template_id: '1', movie_id: '1', user_ids: '1' };
const [admins, robots] = apiKeys.map(({ secret }) => secret);

let opened: OpenedCredentials;
let gateway: BuiltGateway;
let keys = 0;
let key = '';

beforeAll(async () => {
  opened = await openedCredentials('idempotency_test');
});

afterAll(() => opened?.server.close());

const built = async (parts: Partial<GatewayParts> = {}) =>
  buildGateway({ credentials: await opened.another(), ...parts });

beforeEach(async () => {
  gateway = await built();
  keys += 1;
  key = `key-${keys}`;
});

type Asked = {
  readonly url?: string;
  readonly by?: string | undefined;
  readonly of?: BuiltGateway;
};

const post = (payload: object = letter, { url = email, by = admins, of = gateway }: Asked = {}) =>
  of.app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${by}`, 'idempotency-key': key },
    payload,
  });

const rows = async () => {
  const [row] = await opened.server.database.query<{ count: number }>`
    select count(*) as count from gateway.idempotent_answers`;
  return row?.count ?? 0;
};

test('the same call gets the same answer, and says so', async () => {
  const first = await post();
  const again = await post();
  expect(first.statusCode).toBe(202);
  expect(first.headers['idempotent-replayed']).toBeUndefined();
  expect(again.statusCode).toBe(202);
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(again.body).toBe(first.body);
  expect(again.headers['location']).toBe(first.headers['location']);
  expect(again.headers['content-type']).toBe(first.headers['content-type']);
  expect(gateway.written).toHaveLength(1);
});

test('also from another gateway', async () => {
  const other = await built();
  const first = await post();
  const again = await post(letter, { of: other });
  expect(again.body).toBe(first.body);
  expect(other.written).toEqual([]);
});

test('another body, or another path of the route, is a 422', async () => {
  await post();
  const other = await post({ ...letter, user_ids: '2' });
  expect(other.statusCode).toBe(422);
  expect(other.json().detail).toContain('new key');
  expect((await post(letter, { url: `${email}?x=1` })).statusCode).toBe(422);
  expect(gateway.written).toHaveLength(1);
});

test('fifty at once are one notification and one answer', async () => {
  const gateways = [gateway, await built(), await built()];
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => post(letter, { of: gateways[at % 3] ?? gateway })),
  );
  const written = gateways.flatMap((each) => each.written);
  expect(written).toHaveLength(1);
  const taken = answers.filter(({ statusCode }) => statusCode === 202);
  const busy = answers.filter(({ statusCode }) => statusCode === 409);
  expect(taken.length + busy.length).toBe(50);
  expect(new Set(taken.map(({ body }) => body)).size).toBe(1);
  for (const { headers } of busy) expect(headers['retry-after']).toBe('1');
  expect((await post()).body).toBe(taken[0]?.body);
});

test('fifty with keys of their own are fifty', async () => {
  const { app, written } = gateway;
  const headers = (at: number) => ({
    authorization: `Bearer ${admins}`,
    'idempotency-key': `${key}-${at}`,
  });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      app.inject({ method: 'POST', url: email, headers: headers(at), payload: letter }),
    ),
  );
  for (const { statusCode } of answers) expect(statusCode).toBe(202);
  expect(new Set(written.map(({ requestId }) => requestId)).size).toBe(50);
});

describe('an answer is for who asked', () => {
  test('another identity with the same key gets nothing of it', async () => {
    const first = await post();
    const other = await post(letter, { by: robots });
    expect(other.statusCode).toBe(202);
    expect(other.headers['idempotent-replayed']).toBeUndefined();
    expect(other.json().request_id).not.toBe(first.json().request_id);
    expect(gateway.written).toHaveLength(2);
  });

  test('another secret of the same name cannot read it', async () => {
    await post();
    const rotated = await built({ apiKeys: [{ name: 'admins', secret: 'rotated' }] });
    const other = await post(letter, { by: 'rotated', of: rotated });
    expect(other.statusCode).toBe(422);
    expect(rotated.written).toEqual([]);
  });

  test('a secret in it is nowhere in PostgreSQL, and comes again to its owner', async () => {
    const body = { name: 'robot', scopes: ['people:read'] };
    const url = '/api/v1/api-keys';
    const first = await post(body, { url });
    const { secret } = first.json();
    expect(first.statusCode).toBe(201);
    const kept = await opened.server.database.query<{ line: string }>`
      select each::text as line from gateway.idempotent_answers each`;
    for (const { line } of kept) expect(line).not.toContain(secret);
    const again = await post(body, { url });
    expect(again.json().secret).toBe(secret);
    const { count } = (
      await opened.server.database.query<{ count: number }>`
        select count(*) as count from gateway.api_keys`
    )[0] ?? { count: 0 };
    expect(count).toBe(1);
  });
});

describe('what did nothing is not kept', () => {
  test('a 503 is asked again', async () => {
    const answers: Published[] = [{ kind: 'busy' }, { kind: 'unknown' }, { kind: 'acknowledged' }];
    const flaky = await built({ publish: async () => answers.shift() ?? { kind: 'busy' } });
    const statuses: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      statuses.push((await post(letter, { of: flaky })).statusCode);
    }
    expect(statuses).toEqual([503, 503, 202, 202]);
  });

  test('a defect neither, nor what was refused', async () => {
    const broken = await built({
      publish: async () => {
        throw new Error('a defect');
      },
    });
    expect((await post(letter, { of: broken })).statusCode).toBe(500);
    expect((await post({ ...letter, template_id: '404' })).statusCode).toBe(404);
    expect((await post()).statusCode).toBe(202);
    expect(gateway.written).toHaveLength(1);
  });

  test('a body that is no request claims nothing', async () => {
    const before = await rows();
    expect((await post({})).statusCode).toBe(400);
    expect(await rows()).toBe(before);
  });
});

test('a call that is still at work is a 409, until it was given up', async () => {
  const published = Promise.withResolvers<Published>();
  const began = Promise.withResolvers<void>();
  const slow = await built({
    publish: () => {
      began.resolve();
      return published.promise;
    },
  });
  const first = post(letter, { of: slow });
  await began.promise;
  const busy = await post();
  expect(busy.statusCode).toBe(409);
  expect(busy.headers['retry-after']).toBe('1');
  opened.clock.advance(abandonedMs);
  const taken = await post();
  expect(taken.statusCode).toBe(202);
  published.resolve({ kind: 'unknown' });
  expect((await first).statusCode).toBe(503);
  expect((await post()).headers['idempotent-replayed']).toBe('true');
});

test('after a day it is forgotten, but the request is still the same one', async () => {
  const first = await post();
  opened.clock.advance(keptMs);
  const answers = openIdempotentAnswers(opened.credentials);
  await answers.clean();
  expect(await rows()).toBe(0);
  const later = await post();
  expect(later.headers['idempotent-replayed']).toBeUndefined();
  expect(later.json().request_id).toBe(first.json().request_id);
});

test.each(['', 'x'.repeat(256), 'with space', 'ключ'])('"%s" is no key', async (wrong) => {
  key = wrong;
  expect((await post()).statusCode).toBe(400);
});
