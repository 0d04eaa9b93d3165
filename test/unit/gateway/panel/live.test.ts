import { expect, test } from 'vitest';
import { maxOpenRequests } from '../../../../gateway/http/overload.ts';
import { formToken } from '../../../../gateway/panel/visitor.ts';
import type { RequestHistory } from '../../../../gateway/read/history.ts';
import type { Published } from '../../../../gateway/write/publisher.ts';
import { authorization, type BuiltGateway, buildGateway } from '../built-gateway.ts';
import { rawClient } from '../raw-client.ts';
import { nowMs, panelParts, viewerCookie, viewerToken } from './panel-parts.ts';

const counts = {
  rendered: 0,
  sending: 0,
  waiting: 0,
  delivered: 3,
  rejected: 0,
  suppressed: 0,
  unknown: 0,
  deadLettered: 0,
};
const toAll: RequestHistory = {
  requestId: 'r-1',
  channel: 'email',
  templateId: '1',
  movieId: null,
  userIds: [],
  audience: 'all',
  requestedBy: 'admins',
  requestedAtMs: nowMs,
  announced: null,
  fanOut: { kind: 'ended' },
  counts,
  channels: [],
  changedAtMs: nowMs,
  notifications: [],
  nextAfter: null,
};

const panelWith = (history: RequestHistory) =>
  panelParts({ history: { requestOf: async () => history } });

/** Somebody who looks at a live page. */
async function look({ app }: BuiltGateway, path: string) {
  const client = await rawClient(app);
  const head = `Host: a\r\nConnection: close\r\nAccept-Language: en\r\nCookie: ${viewerCookie}`;
  client.socket.write(`GET ${path} HTTP/1.1\r\n${head}\r\n\r\n`);
  await client.until('text/event-stream');
  return client;
}

test('what is finished is told once more, and then that nothing more comes', async () => {
  const gateway = await buildGateway({ panel: panelWith(toAll) });
  const client = await look(gateway, '/requests/r-1/live');
  await client.closed;
  expect(client.answered()).toContain('Finished');
  expect(client.answered()).toMatch(/event: over\ndata: over\n\n/);
});

test('the page of what is finished opens no stream', async () => {
  const open = async (request: RequestHistory) => {
    const { app } = await buildGateway({ panel: panelWith(request) });
    return (await app.inject({ url: '/requests/r-1', headers: { cookie: viewerCookie } })).body;
  };
  expect(await open(toAll)).not.toContain('hx-sse:connect');
  expect(await open({ ...toAll, fanOut: { kind: 'underWay', share: 0.62 } })).toMatch(
    /hx-sse:connect="\/requests\/r-1\/live" hx-sse:close="over"/,
  );
});

test('a log-out ends the streams of the session at once', async () => {
  const fanOut = { kind: 'underWay', share: 0.62 } as const;
  const gateway = await buildGateway({ panel: panelWith({ ...toAll, fanOut }) });
  const clients = [
    await look(gateway, '/live'),
    await look(gateway, '/requests/r-1/live'),
  ] as const;
  await clients[1].until('62\u00a0% of the audience');
  const left = await gateway.app.inject({
    method: 'POST',
    url: '/logout',
    headers: {
      cookie: viewerCookie,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: `form_token=${formToken(viewerToken)}`,
  });
  expect(left.statusCode).toBe(303);
  await Promise.all(clients.map(({ closed }) => closed));
  expect(clients[1].answered()).not.toContain('event: over');
});

test('a stream takes nobody the place of a request', async () => {
  const published = Promise.withResolvers<Published>();
  const gateway = await buildGateway({ publish: () => published.promise });
  await look(gateway, '/live');
  const payload = { template_id: '1', movie_id: '1', user_ids: '1' };
  const ask = () =>
    gateway.app.inject({
      method: 'POST',
      url: '/api/v1/notifications/email',
      headers: { authorization },
      payload,
    });
  const held = Array.from({ length: maxOpenRequests }, ask);
  published.resolve({ kind: 'acknowledged' });
  for (const each of held) expect((await each).statusCode).toBe(202);
});
