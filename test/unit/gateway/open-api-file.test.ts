import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { LightMyRequestResponse } from 'fastify';
import { expect, test } from 'vitest';
import { openApiFile, renderOpenApi } from '../../../gateway/generate-open-api.ts';
import { buildGateway } from './built-gateway.ts';
import { createAnswerCheck } from './documented-answers.ts';

type Body = { readonly schema: object; readonly example?: unknown; readonly examples?: object };
type Operation = {
  readonly requestBody?: { readonly content: Readonly<Record<string, Body>> };
  readonly responses: Readonly<Record<string, unknown>>;
};

const text = readFileSync(openApiFile, 'utf8');
const committed = JSON.parse(text);
const paths = committed.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, it]) => ({ path, method, it })),
);

test('docs/openapi.json is what the routes say now; else run npm run generate', async () => {
  expect(text).toBe(await renderOpenApi());
});

test('it is the document that a gateway at work serves', async () => {
  const { app } = await buildGateway();
  expect((await app.inject({ url: '/docs/json' })).json()).toEqual(committed);
});

test('the schema of OpenAPI 3.1 allows it, and sees planted mistakes', async () => {
  const validate = async (document: object) => {
    const { valid } = await new Validator().validate(structuredClone(document) as never);
    return valid;
  };
  expect(await validate(committed)).toBe(true);
  const { info, ...nameless } = committed;
  expect(await validate(nameless)).toBe(false);
  const path = { '/x': { get: { responses: { 200: { note: 'no description' } } } } };
  expect(await validate({ ...committed, info, paths: path })).toBe(false);
});

test('every body that can be sent has an example, and its schema allows it', () => {
  const bodies = operations.flatMap(({ path, method, it }) =>
    Object.values(it.requestBody?.content ?? {}).map((body) => ({
      name: `${method} ${path}`,
      body,
    })),
  );
  expect(bodies.length).toBeGreaterThan(0);
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(committed, '');
  const examplesOf = ({ example, examples = {} }: Body): unknown[] => [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples).map((each: { value?: unknown }) => each.value),
  ];
  const without = bodies.filter(({ body }) => examplesOf(body).length === 0);
  expect(without.map(({ name }) => name)).toEqual([]);
  const wrong = bodies.filter(({ body }) =>
    examplesOf(body).some((example) => !ajv.validate(body.schema, example)),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test('whoever may be refused is told so: 401 and 403 stand wherever a key is needed', () => {
  const guarded = operations.filter(({ it }) => 'security' in it);
  expect(guarded.length).toBeGreaterThan(0);
  for (const { it } of guarded) {
    expect(Object.keys(it.responses)).toEqual(expect.arrayContaining(['401', '403']));
  }
});

test('an answer that is not described is seen', () => {
  const check = createAnswerCheck(committed);
  const answer = (statusCode: number, type: string, body: object) =>
    check('GET', '/api/v1/movies/1', {
      statusCode,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
      json: () => body,
    } as unknown as LightMyRequestResponse);
  const movie = {
    id: '1',
    title: 'Брат',
    english_title: null,
    genres: ['драма'],
    year: 1997,
    description: null,
  };
  const json = 'application/json; charset=utf-8';
  expect(answer(200, json, movie)).toBeNull();
  expect(answer(200, json, { ...movie, year: '1997' })).toContain('must be integer');
  expect(answer(200, 'text/html', movie)).toContain('has no text/html');
  expect(answer(418, json, movie)).toContain('is not in the document');
  expect(answer(404, 'application/problem+json', { status: 404 })).toContain('must have required');
});
