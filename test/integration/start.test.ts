import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Arrived } from '../../dev/demo/arrivals.ts';
import { processIdentity } from '../../dev/infra/pid-file.mjs';
import { choosePort } from '../../dev/infra/ports.ts';
import { removeData } from '../../dev/infra/remove-data.mjs';
import { movies } from '../../dev/samples/movies.ts';
import { users } from '../../dev/samples/users.ts';
import { readApiKey } from '../../dev/start/api-key.ts';
import { type Endpoints, readEndpoints } from '../../dev/start/endpoints.ts';
import { exampleRequest } from '../../dev/start/welcome.ts';
import { openCredentials } from '../../gateway/credentials/credentials.ts';
import { useLoginLink } from '../../gateway/credentials/sessions.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLog } from '../../runtime/log.ts';
import { openDatabase } from '../../runtime/postgres.ts';
import { newId, newSecret } from '../../runtime/random.ts';
import { until } from './support/system.ts';

/** A newcomer's first minutes: `npm start`, the request that it prints, `npm run demo`, Ctrl-C. */
const root = join(import.meta.dirname, '..', '..');
const startBoundMs = 110_000;
const keptVariables = ['PATH', 'HOME', 'JAVA_HOME', 'XDG_CACHE_HOME'];

let parent: string;
let dataDir: string;
const children: ChildProcess[] = [];

function run(file: string, variables: Readonly<Record<string, string>> = {}) {
  const kept = keptVariables.map((name) => [name, process.env[name]]);
  const child = spawn(process.execPath, [join(root, file)], {
    cwd: root,
    env: { ...Object.fromEntries(kept), VESTNIK_DATA_DIR: dataDir, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, output: () => Buffer.concat(chunks).toString() };
}

type System = ReturnType<typeof run> & { readonly endpoints: Endpoints };

async function start(variables: Readonly<Record<string, string>> = {}): Promise<System> {
  const started = run('dev/main.ts', { VESTNIK_INFRA: 'embedded', PORT: '0', ...variables });
  const done = () => readEndpoints(dataDir) !== undefined || started.child.exitCode !== null;
  await until('endpoints.json is there', done, startBoundMs);
  const endpoints = readEndpoints(dataDir);
  if (!endpoints) throw new Error(`the start failed:\n${started.output()}`);
  return { ...started, endpoints };
}

const inboxMessages = async ({ inbox }: Endpoints, query = ''): Promise<readonly Arrived[]> =>
  (await fetch(`${inbox}/api/messages${query}`)).json() as Promise<readonly Arrived[]>;

const portOf = (address: string) =>
  Number(new URL(address.includes('://') ? address : `tcp://${address}`).port);

const childPids = () =>
  readdirSync(join(dataDir, 'pids')).map((file) => {
    return JSON.parse(readFileSync(join(dataDir, 'pids', file), 'utf8')).pid as number;
  });

let system: System;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'vestnik-newcomer-'));
  dataDir = join(parent, '.data');
  system = await start();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await removeData(dataDir);
  rmSync(parent, { recursive: true });
});

test('endpoints.json holds exactly the addresses, and each answers', async () => {
  const { endpoints } = system;
  expect(Object.keys(endpoints)).toEqual([
    'gateway',
    'kafka',
    'schemaRegistry',
    'postgres',
    'inbox',
  ]);
  const pages = [
    `${endpoints.gateway}/health/ready`,
    `${endpoints.gateway}/docs`,
    `${endpoints.schemaRegistry}/subjects`,
    endpoints.inbox,
  ];
  const answers = await Promise.all(pages.map(async (page) => (await fetch(page)).status));
  expect(answers).toEqual([200, 200, 200, 200]);
});

test('the request that the start prints sends three e-mails in Russian', async () => {
  const key = readApiKey(dataDir);
  expect(system.output()).toContain(`Authorization: Bearer ${key}`);
  const answer = await fetch(`${system.endpoints.gateway}/api/v1/notifications/email`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: exampleRequest,
  });
  expect(answer.status).toBe(202);
  const asked = users.slice(0, 3);
  await until('three e-mails arrived', async () => {
    return (await inboxMessages(system.endpoints)).length >= asked.length;
  });
  const mails = await inboxMessages(system.endpoints, '?channel=email');
  expect(mails).toHaveLength(asked.length);
  const [movie] = movies;
  for (const user of asked) {
    const mail = mails.find(({ to }) => to.includes(user.email ?? 'nobody'));
    expect(mail?.subject).toBe(`Вышла новая серия: ${movie?.title}`);
    expect(mail?.text).toContain(`Уважаемый ${user.fullName}, вышла новая серия ${movie?.title}`);
  }
});

test('the link of the start logs the developer in once, and Kafka has the audit', async () => {
  const log = createLog({ level: 'silent', name: 'test' });
  const database = openDatabase({ url: system.endpoints.postgres, log });
  const ids = { newId: () => newId(systemClock.nowMs()), newSecret };
  const credentials = await openCredentials({ database, clock: systemClock, log, ...ids });
  const token = /\/login\/link\/([A-Za-z0-9_-]{43})/.exec(system.output())?.[1] ?? '';
  const loggedIn = await useLoginLink(credentials, token);
  expect(loggedIn?.person).toMatchObject({ name: 'developer', role: 'admin', hasPassword: false });
  expect(await useLoginLink(credentials, token)).toBeNull();
  await until('the audit is in Kafka', async () => {
    const left = await database.query`select place from gateway.audit_outbox`;
    return left.length === 0;
  });
  await database.close();
});

test('the demo shows every kind on every channel and ends well', async () => {
  const demo = run('dev/demo.ts', { LANG: 'ru_RU.UTF-8' });
  const code = await demo.ended;
  expect(demo.output()).toMatch(/Пришли все сообщения: \d+/);
  for (const title of ['Почта (', 'СМС (', 'Мессенджер (']) expect(demo.output()).toContain(title);
  expect(code).toBe(0);
});

test('a second start in the same folder is refused in one line', async () => {
  const second = run('dev/main.ts', { VESTNIK_INFRA: 'embedded', PORT: '0' });
  expect(await second.ended).toBe(1);
  expect(second.output().trim().split('\n')).toEqual([
    expect.stringContaining(`process ${system.child.pid}`),
  ]);
});

test('a port that was asked for and is taken is one line, at once', async () => {
  const taken = portOf(system.endpoints.gateway);
  const refused = run('dev/main.ts', { PORT: String(taken) });
  expect(await refused.ended).toBe(1);
  expect(refused.output().trim().split('\n')).toEqual([
    expect.stringContaining(`Port ${taken} is taken`),
  ]);
});

test('Ctrl-C ends everything: code 0, no process and no port is left', async () => {
  const pids = childPids();
  expect(pids).toHaveLength(3);
  system.child.kill('SIGINT');
  expect(await system.ended).toBe(0);
  expect(pids.filter((pid) => processIdentity(pid) !== undefined)).toEqual([]);
  expect(readdirSync(join(dataDir, 'pids'))).toEqual([]);
  for (const address of Object.values(system.endpoints)) {
    const port = portOf(address);
    expect(await choosePort([port])).toBe(port);
  }
  expect(readEndpoints(dataDir)).toBeUndefined();
});

test('without a running system the demo says so in one line', async () => {
  const demo = run('dev/demo.ts', { LANG: 'en_GB.UTF-8' });
  expect(await demo.ended).toBe(1);
  expect(demo.output()).toBe('Vestnik does not run here. Start it with `npm start` first.\n');
});

test('the next start finds its samples and its key, and says when a part of it dies', async () => {
  const key = readApiKey(dataDir);
  const again = await start();
  expect(again.output()).toMatch(/Sample data: 0 rows written, \d+ there already/);
  expect(readApiKey(dataDir)).toBe(key);
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'pids', 'kafka.pid'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  expect(await again.ended).toBe(1);
  expect(again.output()).toContain('kafka ended by SIGKILL');
  expect(childPids()).toEqual([]);
});
