import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount } from '../../gateway/credentials/accounts.ts';
import { changePassword } from '../../gateway/credentials/change-password.ts';
import { sessionCookieName, useLoginLink } from '../../gateway/credentials/sessions.ts';
import { sessionsOf } from '../../gateway/panel/sessions.ts';
import { formToken } from '../../gateway/panel/visitor.ts';
import { openAuditLog } from '../../gateway/read/audit-log.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { openDeadLetters } from '../../gateway/read/dead-letters.ts';
import { openFanOutEnds } from '../../gateway/read/fan-out-ends.ts';
import { openHistory } from '../../gateway/read/history.ts';
import { openNotificationSearch } from '../../gateway/read/notification-search.ts';
import { openNotificationStories } from '../../gateway/read/notification-story.ts';
import { openOverview } from '../../gateway/read/overview.ts';
import { openPeopleSearch } from '../../gateway/read/people-search.ts';
import { systemClock } from '../../runtime/clock.ts';
import { authorization } from '../unit/gateway/built-gateway.ts';
import { defectsOf } from '../unit/gateway/hostile/hostile-requests.ts';
import { routedGateway } from '../unit/gateway/hostile/routed-gateway.ts';
import { panelParts } from '../unit/gateway/panel/panel-parts.ts';
import { type OpenedCredentials, openedCredentials, root } from './support/opened-credentials.ts';

const folder = join(import.meta.dirname, '..', '..', 'connectors', 'postgres', 'migrations');
const password = 'верный пароль 1';
const name = 'Анна';

let opened: OpenedCredentials;
let link = '';

beforeAll(async () => {
  opened = await openedCredentials('hostile_test');
  const { credentials, server } = opened;
  for (const path of globSync(join(folder, '*.sql')).toSorted()) {
    await server.database.script(readFileSync(path, 'utf8'));
  }
  const created = await createAccount(credentials, root, { name, role: 'admin' });
  link = created.ok ? created.value.link.token : '';
  const first = await useLoginLink(credentials, link);
  await changePassword(credentials, {
    token: first?.session.token ?? '',
    oldPassword: null,
    newPassword: password,
  });
});

afterAll(() => opened?.server.close());

/** A gateway whose PostgreSQL is a real one. */
function gatewayOnPostgres() {
  const { credentials, server } = opened;
  const reads = boundReads({ database: server.database, clock: systemClock });
  const readers = {
    history: openHistory({ reads, fanOuts: openFanOutEnds(async () => null) }),
    deadLetters: openDeadLetters(reads),
    auditLog: openAuditLog(reads),
    peopleSearch: openPeopleSearch(reads),
    notificationSearch: openNotificationSearch(reads),
    notificationStories: openNotificationStories({
      reads,
      laneText: async () => ({ kind: 'notKept' }),
    }),
  };
  const pages = { ...readers, overview: openOverview(reads), sessions: sessionsOf(credentials) };
  return routedGateway({ credentials, ...readers, panel: panelParts(pages) });
}

type Gateway = Awaited<ReturnType<typeof gatewayOnPostgres>>;

const send = (
  { app }: Gateway,
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) =>
  app.inject({
    method: 'POST',
    url,
    headers: {
      accept: 'text/html',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: new URLSearchParams(form).toString(),
  });

const cookieOf = (token: string) => ({ cookie: `${sessionCookieName}=${token}` });
const tokenOf = ({ cookies }: Awaited<ReturnType<typeof send>>) =>
  cookies.find((cookie) => cookie.name === sessionCookieName)?.value ?? '';

const open = ({ app }: Gateway, token: string) =>
  app.inject({ url: '/system', headers: { accept: 'text/html', ...cookieOf(token) } });

test('a log-in takes no session that the browser brings along', async () => {
  const gateway = await gatewayOnPostgres();
  const planted = 'A'.repeat(43);
  const token = tokenOf(await send(gateway, '/login', { name, password }, cookieOf(planted)));
  expect(token).not.toBe('');
  expect(token).not.toBe(planted);
  expect((await open(gateway, token)).statusCode).toBe(200);
  expect((await open(gateway, planted)).headers.location).toContain('/login');
});

test('a session that was logged out is of no use to whoever kept it', async () => {
  const gateway = await gatewayOnPostgres();
  const token = tokenOf(await send(gateway, '/login', { name, password }));
  const form = { form_token: formToken(token) };
  expect((await send(gateway, '/logout', form, cookieOf(token))).statusCode).toBe(303);
  expect((await open(gateway, token)).headers.location).toContain('/login');
  const again = await send(gateway, '/logout', form, cookieOf(token));
  expect(again.headers.location).toBe('/login');
});

test('a link that was used lets nobody in', async () => {
  const gateway = await gatewayOnPostgres();
  for (const token of [link, `${link}x`, '%00', '..%2f..', "' or 1=1 --"]) {
    const answer = await send(gateway, `/login/link/${token}`, {});
    expect([token, answer.statusCode]).toEqual([token, 422]);
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

test('a name that no store can hold is nobody, and no defect', async () => {
  const gateway = await gatewayOnPostgres();
  for (const guessed of ['\0', `${name}\0`, '\ud800', "' or '1'='1", '%', '', '\u202eАнна']) {
    const answer = await send(gateway, '/login', { name: guessed, password });
    expect([guessed, answer.statusCode]).toEqual([guessed, 422]);
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

test('guesses are slowed down, whatever address they claim to come from', async () => {
  const gateway = await gatewayOnPostgres();
  const statuses: number[] = [];
  for (let guess = 0; guess < 6; guess += 1) {
    const headers = { 'x-forwarded-for': `203.0.113.${guess}`, 'x-real-ip': `203.0.113.${guess}` };
    const form = { name: 'Вера', password: `guess ${guess}` };
    statuses.push((await send(gateway, '/login', form, headers)).statusCode);
  }
  expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
});

test('paths and queries of hostile bytes, on every route, are no defect', async () => {
  const gateway = await gatewayOnPostgres();
  opened.clock.advance(60_000);
  const token = tokenOf(await send(gateway, '/login', { name, password }));
  expect(token).not.toBe('');
  expect(await defectsOf(gateway, { authorization, ...cookieOf(token) })).toEqual([]);
});
