import { expect, test } from 'vitest';
import type { Published } from '../../../gateway/write/publisher.ts';
import type { Template } from '../../../schemas/generated/records.ts';
import {
  apiKeys,
  authorization,
  type BuiltGateway,
  buildGateway,
  nowMs,
  tables,
  templates,
} from './built-gateway.ts';

const seedBody = { template_id: '1', movie_id: '1', user_ids: '1, 2, 3' };
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const uuidV5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Asked = {
  readonly channel?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
};

function ask({ app }: BuiltGateway, { channel = 'email', body = seedBody, headers }: Asked = {}) {
  return app.inject({
    method: 'POST',
    url: `/api/v1/notifications/${channel}`,
    headers: { authorization, ...headers },
    body,
  });
}

test("the seed's body is written as one record and answered with its id", async () => {
  const gateway = await buildGateway();
  const response = await ask(gateway);
  expect(response.statusCode).toBe(202);
  const { request_id: requestId, status_url: statusUrl } = response.json();
  expect(requestId).toMatch(uuidV7);
  expect(statusUrl).toBe(`/api/v1/requests/${requestId}`);
  expect(response.headers['location']).toBe(statusUrl);
  expect(gateway.written).toEqual([
    {
      requestId,
      channel: 'email',
      templateId: '1',
      movieId: '1',
      userIds: ['1', '2', '3'],
      audience: null,
      template: null,
      requestedBy: 'admins',
      requestedAt: nowMs,
    },
  ]);
});

test.each([
  ['a text', '1, 2, 3', ['1', '2', '3']],
  ['a list', ['1', '2', '3'], ['1', '2', '3']],
  ['white space and empty entries', ' 1 ,, 2,', ['1', '2']],
  ['the same person twice', ['7', ' 7', '8'], ['7', '8']],
  ['one person', 'anna', ['anna']],
])('user_ids may be %s', async (_name, userIds, expected) => {
  const gateway = await buildGateway();
  const response = await ask(gateway, { body: { ...seedBody, user_ids: userIds } });
  expect(response.statusCode).toBe(202);
  expect(gateway.written[0]?.userIds).toEqual(expected);
});

test.each(['all', 'movie:1', 'genre:драма', 'genre:a:b'])('the audience %s', async (audience) => {
  const gateway = await buildGateway();
  const body = { template_id: '1', movie_id: '1', audience };
  const response = await ask(gateway, { body });
  expect(response.statusCode).toBe(202);
  expect(gateway.written[0]).toMatchObject({ audience, userIds: [] });
});

test('a template that speaks of no movie needs none', async () => {
  const gateway = await buildGateway();
  const body = { template_id: '3', user_ids: '1' };
  const response = await ask(gateway, { channel: 'messenger', body });
  expect(response.statusCode).toBe(202);
  expect(gateway.written[0]).toMatchObject({ channel: 'messenger', movieId: null });
});

test('the record says which key asked', async () => {
  const gateway = await buildGateway();
  await ask(gateway, { headers: { authorization: `bearer ${apiKeys[1].secret}` } });
  expect(gateway.written[0]?.requestedBy).toBe('robots');
});

test.each<readonly [string, object, string]>([
  ['no template', { user_ids: '1' }, 'template_id'],
  ['a template as a number', { ...seedBody, template_id: 1 }, 'template_id'],
  ['an empty template', { ...seedBody, template_id: '' }, 'template_id'],
  ['a template too long', { ...seedBody, template_id: 'x'.repeat(256) }, 'template_id'],
  ['a NUL in the template', { ...seedBody, template_id: '1\u0000' }, 'template_id'],
  ['no movie where the text needs one', { template_id: '1', user_ids: '1' }, 'movie_id'],
  ['null for a movie', { ...seedBody, movie_id: null }, 'movie_id'],
  ['neither people nor audience', { template_id: '1', movie_id: '1' }, 'user_ids'],
  ['people as numbers', { ...seedBody, user_ids: [1, 2] }, 'user_ids.0'],
  ['people as an object', { ...seedBody, user_ids: {} }, 'user_ids'],
  ['nobody', { ...seedBody, user_ids: ' , ' }, 'user_ids'],
  ['an empty list', { ...seedBody, user_ids: [] }, 'user_ids'],
  ['a NUL in a person', { ...seedBody, user_ids: ['1\u0000'] }, 'user_ids'],
  ['a person too long', { ...seedBody, user_ids: 'x'.repeat(256) }, 'user_ids'],
  ['too many people', { ...seedBody, user_ids: [...Array(10_001).keys()].join() }, 'user_ids'],
  ['people and an audience', { ...seedBody, audience: 'all' }, 'audience'],
  ['an unknown audience', { template_id: '1', movie_id: '1', audience: 'some' }, 'audience'],
  ['an audience of no genre', { template_id: '1', movie_id: '1', audience: 'genre:' }, 'audience'],
  ['an unknown field', { ...seedBody, tempalte_id: '1' }, 'tempalte_id'],
])('%s is a 400 that names the field', async (_name, body, field) => {
  const gateway = await buildGateway();
  const response = await ask(gateway, { body });
  expect(response.statusCode).toBe(400);
  const { errors, detail } = response.json();
  expect(errors.map((each: { field: string }) => each.field)).toContain(field);
  expect(detail).toContain(field);
  expect(gateway.written).toEqual([]);
});

test('a text that could be rendered for nobody is a 422 that names what it lacks', async () => {
  const template = {
    ...templates[0],
    texts: [
      { locale: 'ru', subject: 'Серия {{ episode }}', body: '{{ movie_title }} {{ season }}' },
    ],
    params: ['movie_title', 'season', 'episode'],
  } as Template;
  const row = { key: '1', value: template, offset: 0 };
  const source = {
    tables: () => ({ ...tables, templates: { ...tables.templates, get: () => row } }),
    progress: () => ({ restored: 1, total: 1 }),
  };
  const gateway = await buildGateway({ source });
  const response = await ask(gateway, { body: seedBody });
  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({
    detail: 'Template 1 needs episode, season, which a request has not.',
    errors: [{ field: 'template_id' }],
    missing_values: ['episode', 'season'],
  });
  expect(gateway.written).toEqual([]);
});

test.each([
  [{ audience: 'all', user_ids: '1' }, 'audience cannot stand beside user_ids.'],
  [{}, 'user_ids is required, or audience.'],
])('%j: %s', async (people, detail) => {
  const gateway = await buildGateway();
  const response = await ask(gateway, { body: { template_id: '1', movie_id: '1', ...people } });
  expect(response.json().detail).toBe(detail);
});

test('all mistakes are named together', async () => {
  const gateway = await buildGateway();
  const response = await ask(gateway, { body: { movie_id: 5, foo: 1, bar: 2 } });
  const fields = response.json().errors.map((each: { field: string }) => each.field);
  expect(fields.toSorted()).toEqual(['bar', 'foo', 'movie_id', 'template_id', 'user_ids']);
});

test.each<readonly [string, Asked, number, string]>([
  ['an unknown template', { body: { ...seedBody, template_id: '404' } }, 404, 'template 404'],
  ['an unknown movie', { body: { ...seedBody, movie_id: '405' } }, 404, 'movie 405'],
  [
    'followers of an unknown movie',
    { body: { template_id: '1', movie_id: '1', audience: 'movie:406' } },
    404,
    'movie 406',
  ],
  ['a template of another channel', { channel: 'sms' }, 409, 'written for email'],
])('%s is refused with a reason', async (_name, asked, status, words) => {
  const gateway = await buildGateway();
  const response = await ask(gateway, asked);
  expect(response.statusCode).toBe(status);
  expect(response.json().detail).toContain(words);
  expect(gateway.written).toEqual([]);
});

async function requestIds(...calls: readonly Asked[]): Promise<string[]> {
  const gateway = await buildGateway();
  const ids: string[] = [];
  for (const call of calls) ids.push((await ask(gateway, call)).json().request_id);
  return ids;
}

const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

test('a retry with the same Idempotency-Key has the same id', async () => {
  const [first, second] = await requestIds(withKey('abc'), withKey('abc'));
  expect(first).toMatch(uuidV5);
  expect(second).toBe(first);
});

test('an Idempotency-Key counts only for its API key and its channel', async () => {
  const otherKey = { authorization: `Bearer ${apiKeys[1].secret}`, 'idempotency-key': 'abc' };
  const sms = { channel: 'sms', body: { template_id: '2', movie_id: '1', user_ids: '1' } };
  const ids = await requestIds(
    withKey('abc'),
    withKey('abd'),
    { headers: otherKey },
    { ...sms, ...withKey('abc') },
  );
  expect(ids.every((id) => uuidV5.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  ['too long', 'x'.repeat(256)],
  ['with a space', 'a b'],
  ['beyond ASCII', 'caf\u00e9'],
  ['empty', ''],
])('an Idempotency-Key that is %s is a 400', async (_name, key) => {
  const gateway = await buildGateway();
  const response = await ask(gateway, withKey(key));
  expect(response.statusCode).toBe(400);
  expect(response.json().errors[0].field).toBe('idempotency-key');
  expect(gateway.written).toEqual([]);
});

const publishing = (published: Published) => ({ publish: async () => published });

test('an outcome that is not known carries the id and says how to go on', async () => {
  const gateway = await buildGateway(publishing({ kind: 'unknown' }));
  const response = await ask(gateway, withKey('abc'));
  expect(response.statusCode).toBe(503);
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  expect(response.json().request_id).toMatch(uuidV5);
  expect(response.json().detail).toContain('safe to repeat it with the same Idempotency-Key');
});

test('without an Idempotency-Key a second try is called a second request', async () => {
  const gateway = await buildGateway(publishing({ kind: 'unknown' }));
  const { request_id: requestId, detail } = (await ask(gateway)).json();
  expect(detail).toContain('second request');
  expect(detail).toContain(`/api/v1/requests/${requestId}`);
});

test('too many waiting requests: 503, and nothing was written', async () => {
  const gateway = await buildGateway(publishing({ kind: 'busy' }));
  const response = await ask(gateway);
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBeDefined();
  expect(response.json().request_id).toBeUndefined();
});
