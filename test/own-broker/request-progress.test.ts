import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import { startProcessors } from '../../processors/start.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';

const apiKey = { name: 'admins', secret: 'open-sesame' };
const w = world('request-progress');
const { brother } = w;
const sequel = { ...brother, id: w.id('sequel') };
const followers = 40;
/** None of them has an address: each is declined, and nothing is left to a connector. */
const people = Array.from({ length: followers }, (_, index) => ({
  ...w.anna,
  id: w.id(`follower-${index}`),
  email: null,
  followedMovieIds: [brother.id],
}));
const reachable = { ...w.anna, id: w.id('reachable'), followedMovieIds: [sequel.id] };

let system: System;
const roles: (Running | Gateway)[] = [];
let address: string;

async function call(method: string, path: string, body?: object) {
  const headers = {
    authorization: `Bearer ${apiKey.secret}`,
    ...(body && { 'content-type': 'application/json' }),
  };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${address}${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

type Progress = { readonly done: boolean | null; readonly expected: number | null };

/** Asks for notifications of all who follow a movie; how far they are. */
async function ask(movieId: string): Promise<() => Promise<Progress | undefined>> {
  const asked = await call('POST', '/api/v1/notifications/email', {
    template_id: 't-request-email',
    movie_id: movieId,
    audience: `movie:${movieId}`,
  });
  expect(asked.status).toBe(202);
  const path = `/api/v1/requests/${String(asked.body['request_id'])}`;
  return async () => (await call('GET', path)).body['progress'] as Progress | undefined;
}

beforeAll(async () => {
  system = await openSystem('request-progress');
  const { config, log } = system;
  const users = [...people, reachable].map((each) => w.user(each));
  await system.write([...templateRows, w.movie(brother), w.movie(sequel), ...users]);
  const gateway = await startGateway({ config: { ...config, port: 0, apiKeys: [apiKey] }, log });
  ({ address } = gateway);
  roles.push(gateway, await startProcessors({ config, log }), await startHistory({ config, log }));
  await until('all are ready', () => roles.every((role) => role.ready()));
});

afterAll(async () => {
  await Promise.all(roles.map((role) => role.stop()));
  await system?.close();
});

test('a request to an audience ends, with all who were in it', async () => {
  const progress = await ask(brother.id);
  await until('it is done', async () => (await progress())?.done === true);
  expect(await progress()).toMatchObject({
    expected: followers,
    audience_share: 1,
    under_way: 0,
    settled: followers,
  });
});

test('it is not done as long as one of them waits for a connector', async () => {
  const progress = await ask(sequel.id);
  await until('its end is known', async () => typeof (await progress())?.expected === 'number');
  expect(await progress()).toMatchObject({ expected: 1, done: false, finished_at: null });
});
