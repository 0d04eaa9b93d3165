import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Child } from '../../dev/infra/child.ts';
import { startBroker } from '../../dev/infra/kafka/broker.ts';
import type { KafkaPorts } from '../../dev/infra/kafka/properties.ts';
import { choosePort } from '../../dev/infra/ports.ts';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type Config, loadConfig } from '../../runtime/config.ts';
import { deploy } from '../../runtime/deploy/deploy.ts';
import { connectKafka } from '../../runtime/kafka/client.ts';
import { openProducer } from '../../runtime/kafka/producer.ts';
import { createLog } from '../../runtime/log.ts';
import { openSerde } from '../../runtime/serde.ts';
import { allTopics, topics } from '../../schemas/topics.ts';
import { templates } from '../scenarios/fixtures.ts';
import { type HttpClient, httpClient } from './support/http-client.ts';
import { until } from './support/system.ts';

/** A broker that this file may stop: the one of all tests is not its own. */
let ports: KafkaPorts;
let broker: Child | null = null;
let gateway: Gateway;
let client: HttpClient;
let config: Config;
const dataDir = mkdtempSync(join(tmpdir(), 'vestnik-outage-'));
const log = createLog({ level: 'silent', name: 'test' });
const email = '/api/v1/notifications/email';
const body = { template_id: 't-request-email', movie_id: '1', user_ids: '1' };
const repeatable = { 'idempotency-key': 'outage' };

async function startOwnBroker(): Promise<void> {
  const { kafkaClassPath: classPath } = inject('infra');
  broker = await startBroker({ classPath, ports, dataDir, jvmArgs: [] });
}

async function stopOwnBroker(): Promise<void> {
  await broker?.stop();
  broker = null;
}

/** What the deploy step and upstream services would do. */
async function deployAndPublish(): Promise<void> {
  const { schemaRegistryUrl: registryUrl } = inject('infra');
  const clock = systemClock;
  const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId: 'upstream', log });
  await deploy({ kafka, registryUrl, topics: allTopics, log, clock });
  const { signal } = new AbortController();
  const serde = await openSerde({ registryUrl, topics: allTopics, log, clock, signal });
  const producer = openProducer({ kafka, log });
  const movie = { title: 'Брат', englishTitle: null, genres: [], year: 1997, description: null };
  await producer.send([
    {
      topic: topics.movies.name,
      key: Buffer.from('1'),
      value: serde.encode(topics.movies, { id: '1', ...movie }),
    },
    ...templates.map((template) => ({
      topic: topics.templates.name,
      key: Buffer.from(template.id),
      value: serde.encode(topics.templates, template),
    })),
  ]);
  await producer.close();
  await kafka.close();
}

beforeAll(async () => {
  const controller = await choosePort([]);
  ports = { controller, broker: await choosePort([], new Set([controller])) };
  config = loadConfig({
    KAFKA_BROKERS: `127.0.0.1:${ports.broker}`,
    SCHEMA_REGISTRY_URL: inject('infra').schemaRegistryUrl,
    DATABASE_URL: inject('infra').databaseUrl,
    VESTNIK_DATA_DIR: dataDir,
    PORT: '0',
    API_KEYS: 'admins:open-sesame',
  });
  gateway = await startGateway({ config, log });
  client = httpClient(gateway.address, 'open-sesame');
});

afterAll(async () => {
  await gateway?.stop();
  await stopOwnBroker();
  rmSync(dataDir, { recursive: true, force: true });
});

test('before Kafka is there the gateway lives, and says what is missing', async () => {
  expect((await client.get('/health/live')).status).toBe(200);
  const ready = await client.get('/health/ready');
  expect(ready.status).toBe(503);
  expect(ready.body['missing']).toEqual(['kafka', 'tables']);
  expect(gateway.ready()).toBe(false);
  for (const answer of [await client.post(email, body), await client.get('/api/v1/movies/1')]) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  }
});

test('in production it starts without API_KEYS, for accounts and keys can be made', async () => {
  const other = join(dataDir, 'without-keys');
  const bare = { ...config, production: true, apiKeys: [], dataDir: other };
  const started = await startGateway({ config: bare, log });
  const without = httpClient(started.address, 'open-sesame');
  expect((await without.get('/health/live')).status).toBe(200);
  await started.stop();
});

test('when Kafka and its topics come, it becomes ready by itself', async () => {
  await startOwnBroker();
  await deployAndPublish();
  await until('it is ready', async () => (await client.get('/health/ready')).status === 200);
  await until('it takes requests', async () => (await client.post(email, body)).status === 202);
  expect(gateway.ready()).toBe(true);
});

test('when Kafka goes, the outcome is unknown; once it is back, a retry is the same', async () => {
  const before = await client.post(email, body, repeatable);
  expect(before.status).toBe(202);
  await stopOwnBroker();

  const known = await client.post(email, body, repeatable);
  expect(known.status).toBe(202);
  expect(known.body).toEqual(before.body);
  expect(known.headers.get('idempotent-replayed')).toBe('true');

  const later = { 'idempotency-key': 'outage-later' };
  const lost = await client.post(email, body, later);
  expect(lost.status).toBe(503);
  expect(lost.headers.get('retry-after')).not.toBeNull();
  expect(lost.body['request_id']).not.toBe(before.body['request_id']);
  const unready = await client.get('/health/ready');
  expect(unready.body['missing']).toEqual(['kafka']);
  expect((await client.get('/api/v1/movies/1')).status).toBe(200);

  await startOwnBroker();
  await until('it is ready', async () => (await client.get('/health/ready')).status === 200);
  await until('the retry is taken', async () => {
    const again = await client.post(email, body, later);
    expect(again.body['request_id']).toBe(lost.body['request_id']);
    return again.status === 202;
  });
});
