import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type System, startSystem } from '../../dev/start/system.ts';
import { exampleRequest } from '../../dev/start/welcome.ts';
import { loadConfig } from '../../runtime/config.ts';
import { until } from '../integration/support/system.ts';
import { openUpstream, type Upstream } from './upstream.ts';

/** All that `npm start` brings up, and what has happened in it. */
export type StartedSystem = {
  readonly url: string;
  /** The page of the inbox that stands for all vendors. */
  readonly inboxUrl: string;
  /** Logs an administrator in, once. */
  readonly loginPath: string;
  /** Of a request that three people were written to for. */
  readonly requestId: string;
  /** The service that fills the catalogue. */
  readonly upstream: Upstream;
  /** Asks for three e-mails more, and answers with the id of the request. */
  ask(): Promise<string>;
  stop(): Promise<void>;
};

const silentBoard = { report: () => undefined, print: () => undefined, close: () => undefined };

/** Calls the REST API as a program would; an answer that is no success fails the test. */
async function post<A>({ endpoints, apiKey }: System, path: string, body: string): Promise<A> {
  const response = await fetch(`${endpoints.gateway}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as A;
}

async function ask(system: System): Promise<string> {
  const path = '/api/v1/notifications/email';
  const asked = await post<{ request_id: string }>(system, path, exampleRequest);
  return asked.request_id;
}

async function get<A>({ endpoints, apiKey }: System, path: string): Promise<A | null> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${endpoints.gateway}${path}`, { headers });
  return response.ok ? ((await response.json()) as A) : null;
}

/** A footer that is in a template, and a layout that nobody published yet. */
async function shareFooter(system: System): Promise<void> {
  const parts = '/api/v1/template-parts';
  const text = (body: string) => [{ locale: 'ru', body }];
  const send = (path: string, body: object) => post(system, path, JSON.stringify(body));
  await send(parts, { id: 'footer', channel: 'email', texts: text('<hr><p>«Вестник»</p>') });
  await send(`${parts}/footer/publish`, { revision: 1, note: 'Первый подвал' });
  const body = '<p>{{ user_full_name }}, смотрите: {{ movie_title }}</p>{{> footer}}';
  const texts = [{ locale: 'ru', subject: 'Новое', body }];
  const template = { id: 'with-footer', event_type: 'notificationRequested', channel: 'email' };
  await send('/api/v1/templates', { ...template, locale: 'ru', texts });
  await send('/api/v1/templates/with-footer/publish', { revision: 1, note: '' });
  await send(parts, { id: 'frame', channel: 'sms', texts: text('[{{> @partial-block}}]') });
}

/** One request that arrives, and one record that is set aside: so that no page is empty. */
async function letThingsHappen(system: System, upstream: Upstream): Promise<string> {
  await upstream.writePoison();
  const requestId = await ask(system);
  await until('the history knows what happened', async () => {
    const request = await get<{ counts: { delivered: number } }>(
      system,
      `/api/v1/requests/${requestId}`,
    );
    const letters = await get<{ total: number }>(system, '/api/v1/dead-letters');
    return request !== null && request.counts.delivered > 0 && (letters?.total ?? 0) > 0;
  });
  return requestId;
}

/**
 * Starts the real system on the infrastructure of the run, with samples and an administrator. Files
 * of a run share the infrastructure, and so the accounts: each needs a name of its own.
 */
export async function openStartedSystem(name = 'Вера Холодная'): Promise<StartedSystem> {
  const infra = inject('infra');
  const dataDir = mkdtempSync(join(tmpdir(), 'vestnik-browser-'));
  const stopping = new AbortController();
  const environment = {
    KAFKA_BROKERS: infra.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: infra.schemaRegistryUrl,
    DATABASE_URL: infra.databaseUrl,
    LOG_LEVEL: 'warn',
    PORT: '0',
  };
  const { signal } = stopping;
  const options = { environment, dataDir, language: 'en', board: silentBoard, signal } as const;
  const system = await startSystem(options);
  const account = { name, role: 'admin' };
  const made = await post<{ login_link: { path: string } }>(
    system,
    '/api/v1/accounts',
    JSON.stringify(account),
  );
  await shareFooter(system);
  const { kafkaBrokers: brokers, schemaRegistryUrl: registryUrl } = loadConfig(environment);
  const upstream = await openUpstream({ brokers, registryUrl });
  const requestId = await letThingsHappen(system, upstream);
  return {
    url: system.endpoints.gateway,
    inboxUrl: system.endpoints.inbox,
    upstream,
    loginPath: made.login_link.path,
    requestId,
    ask: () => ask(system),
    async stop() {
      await upstream.close();
      await system.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
