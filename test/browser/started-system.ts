import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type System, startSystem } from '../../dev/start/system.ts';
import { exampleRequest } from '../../dev/start/welcome.ts';
import { loadConfig } from '../../runtime/config.ts';
import { connectKafka } from '../../runtime/kafka/client.ts';
import { openProducer } from '../../runtime/kafka/producer.ts';
import { createLog } from '../../runtime/log.ts';
import { topics } from '../../schemas/topics.ts';
import { until } from '../integration/support/system.ts';

/** All that `npm start` brings up, and what has happened in it. */
export type StartedSystem = {
  readonly url: string;
  /** Logs an administrator in, once. */
  readonly loginPath: string;
  /** Of a request that three people were written to for. */
  readonly requestId: string;
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

/** A record that nobody can read, as a broken upstream service would write it. */
async function writePoison(brokers: readonly string[]): Promise<void> {
  const log = createLog({ level: 'silent', name: 'poison' });
  const kafka = await connectKafka({ brokers, clientId: 'poison', log });
  const producer = openProducer({ kafka, log });
  const value = Buffer.from('<script>no Avro</script>');
  await producer.send([{ topic: topics.movieAdded.name, key: Buffer.from('1'), value }]);
  await producer.close();
  await kafka.close();
}

async function get<A>({ endpoints, apiKey }: System, path: string): Promise<A | null> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${endpoints.gateway}${path}`, { headers });
  return response.ok ? ((await response.json()) as A) : null;
}

/** One request that arrives, and one record that is set aside: so that no page is empty. */
async function letThingsHappen(system: System, brokers: readonly string[]): Promise<string> {
  await writePoison(brokers);
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

/** Starts the real system on the infrastructure of the run, with samples and an administrator. */
export async function openStartedSystem(): Promise<StartedSystem> {
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
  const account = { name: 'Вера Холодная', role: 'admin' };
  const made = await post<{ login_link: { path: string } }>(
    system,
    '/api/v1/accounts',
    JSON.stringify(account),
  );
  const requestId = await letThingsHappen(system, loadConfig(environment).kafkaBrokers);
  return {
    url: system.endpoints.gateway,
    loginPath: made.login_link.path,
    requestId,
    ask: () => ask(system),
    async stop() {
      await system.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
