import type { FastifyInstance, InjectOptions } from 'fastify';
import { Check } from 'typebox/schema';
import { beforeEach, describe, expect, test } from 'vitest';
import { scopes } from '../../../gateway/http/identity.ts';
import { authorization, buildGateway } from './built-gateway.ts';

type Content = Readonly<Record<string, { readonly schema: Record<string, unknown> }>>;
type Response = { readonly description: string; readonly content?: Content };
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: object;
};
type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
};
type Document = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly tags: readonly { readonly name: string }[];
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

let app: FastifyInstance;
let document: Document;
let operations: { readonly path: string; readonly method: string; readonly it: Operation }[];

beforeEach(async () => {
  app = (await buildGateway()).app;
  const response = await app.inject({ url: '/docs/json' });
  document = response.json();
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, it]) => ({ path, method, it })),
  );
});

/** Every place in the document that points to another one. */
function refsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : refsIn(value),
  );
}

function resolve(ref: string): unknown {
  const names = ref.replace(/^#\//, '').split('/');
  return names.reduce<unknown>((node, name) => (node as Record<string, unknown>)?.[name], document);
}

test('it is OpenAPI 3.1', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'Vestnik', version: '1' });
});

test('every reference leads somewhere', () => {
  const refs = refsIn(document);
  expect(refs.length).toBeGreaterThan(operations.length);
  for (const ref of refs) expect(resolve(ref)).toBeTypeOf('object');
});

test('every route has an id of its own, a summary and a known tag', () => {
  const ids = operations.map(({ it }) => it.operationId);
  expect(new Set(ids).size).toBe(operations.length);
  const tags = document.tags.map(({ name }) => name);
  for (const { it } of operations) {
    expect(it.operationId).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
    expect(it.summary.length).toBeGreaterThan(0);
    expect(it.tags.length).toBeGreaterThan(0);
    for (const tag of it.tags) expect(tags).toContain(tag);
  }
});

test('every answer is described: a schema when it is well, a problem when it is not', () => {
  for (const { it } of operations) {
    const statuses = Object.keys(it.responses);
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    expect(statuses).toContain('500');
    for (const [status, { description, content }] of Object.entries(it.responses)) {
      expect(description.length).toBeGreaterThan(0);
      const expected = status.startsWith('2')
        ? { 'application/json': { schema: { type: 'object' } } }
        : { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
      expect(content).toMatchObject(expected);
      expect(Object.keys(content ?? {})).toHaveLength(1);
    }
  }
});

test('every parameter of a path is declared, every body is required', () => {
  for (const { path, it } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (it.parameters ?? []).filter((each) => each.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    for (const parameter of declared) expect(parameter.required).toBe(true);
  }
  const posts = operations.filter(({ method }) => method === 'post').map(({ it }) => it);
  const bodiless = posts.filter(({ requestBody }) => requestBody === undefined);
  expect(bodiless.map(({ operationId }) => operationId)).toEqual([
    'archiveTemplatePart',
    'restoreTemplatePart',
  ]);
  const withBody = posts.filter(({ requestBody }) => requestBody !== undefined);
  expect(withBody.length).toBeGreaterThan(bodiless.length);
  for (const { requestBody } of withBody) expect(requestBody?.required).toBe(true);
});

test('the schema of a request says that people and an audience exclude each other', () => {
  const posts = operations.filter(({ method }) => method === 'post');
  const asking = posts.filter(({ path }) => path.includes('/notifications/'));
  expect(asking.length).toBeGreaterThan(0);
  for (const { it } of asking) {
    const schema = it.requestBody?.content['application/json']?.schema ?? {};
    const body = { template_id: '1' };
    expect(Check(schema, { ...body, user_ids: '1' })).toBe(true);
    expect(Check(schema, { ...body, audience: 'all' })).toBe(true);
    expect(Check(schema, body)).toBe(false);
    expect(Check(schema, { ...body, user_ids: '1', audience: 'all' })).toBe(false);
  }
});

test('what needs a key says so, and the rest does not answer 401', () => {
  for (const { path, it } of operations) {
    const needsKey = !/^\/(health|api\/v1\/(movies|comments))\//.test(path);
    expect(it.security !== undefined).toBe(needsKey);
    expect('401' in it.responses).toBe(needsKey);
    expect('403' in it.responses).toBe(needsKey);
    for (const [name, needed] of (it.security ?? []).flatMap((each) => Object.entries(each))) {
      expect(Object.keys(document.components.securitySchemes)).toContain(name);
      expect(needed).toHaveLength(1);
      expect(scopes).toContain(needed[0]);
    }
  }
});

describe('what is answered is what is described', () => {
  const headers = { authorization };
  const payload = { template_id: '1', movie_id: '1', user_ids: '1, 2, 3' };
  const email = '/api/v1/notifications/email';

  test.each<readonly [string, InjectOptions, number]>([
    [email, { method: 'POST', url: email, headers, payload }, 202],
    ['/api/v1/movies/{id}', { url: '/api/v1/movies/1' }, 200],
    ['/api/v1/comments/{id}', { url: '/api/v1/comments/1' }, 200],
    ['/api/v1/templates/{id}', { url: '/api/v1/templates/1', headers }, 200],
    ['/api/v1/users/{id}', { url: '/api/v1/users/1', headers }, 200],
    ['/health/live', { url: '/health/live' }, 200],
    ['/health/ready', { url: '/health/ready' }, 200],
  ])('%s', async (path, request, status) => {
    const response = await app.inject(request);
    expect(response.statusCode).toBe(status);
    const operation = document.paths[path]?.[String(request.method ?? 'GET').toLowerCase()];
    const schema = operation?.responses[status]?.content?.['application/json']?.schema ?? {};
    expect(Check({ ...schema, additionalProperties: false }, response.json())).toBe(true);
    expect(Check({ ...schema, additionalProperties: false }, { other: 1 })).toBe(false);
  });

  test.each<InjectOptions>([
    { method: 'POST', url: email, headers, payload: {} },
    { url: '/api/v1/movies/404' },
    { url: '/api/v1/users/1' },
  ])('a problem', async (request) => {
    const schema = { ...document.components.schemas['Problem'], additionalProperties: false };
    expect(Check(schema, (await app.inject(request)).json())).toBe(true);
  });
});

describe('the page', () => {
  test('has a policy of its own and allows no script but its files', async () => {
    const response = await app.inject({ url: '/docs' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^text\/html/);
    expect(response.headers['content-security-policy']).toContain("script-src 'self';");
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  test('comes with its files', async () => {
    const page = (await app.inject({ url: '/docs' })).body;
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url));
    expect(files.length).toBeGreaterThan(0);
    for (const url of files) expect((await app.inject({ url })).statusCode).toBe(200);
  });
});
