import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHistory } from '../../connectors/postgres/start.ts';
import { infraChoice } from '../../dev/infra/environment.mjs';
import { removeData } from '../../dev/infra/remove-data.mjs';
import { startInfra } from '../../dev/infra/start-infra.ts';
import { loadSamples } from '../../dev/start/load-samples.ts';
import { describeState } from '../../dev/words.ts';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import { systemClock } from '../../runtime/clock.ts';
import { loadConfig } from '../../runtime/config.ts';
import { deploy } from '../../runtime/deploy/deploy.ts';
import { connectKafka } from '../../runtime/kafka/client.ts';
import { createLog } from '../../runtime/log.ts';
import { allTopics } from '../../schemas/topics.ts';

/** A gateway with all that it works with, real and filled with the samples. */
export type TriedSystem = {
  readonly gateway: Gateway;
  readonly secret: string;
  /** What it and the others wrote to their log. */
  readonly lines: readonly string[];
  close(): Promise<void>;
};

const secret = 'tried-by-schemathesis';
const pollMs = 100;

/** Starts Kafka, the registry, PostgreSQL, the history and a gateway, in a folder of their own. */
export async function openTriedSystem(): Promise<TriedSystem> {
  const opened = new AsyncDisposableStack();
  const lines: string[] = [];
  const { signal } = new AbortController();
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'vestnik-openapi-'));
    opened.defer(async () => void (await removeData(dataDir)));
    const infra = await startInfra({
      dataDir,
      choice: infraChoice(),
      progress: (step, state) => console.log(`${step}: ${describeState('en', state)}`),
      usualPorts: false,
    });
    opened.defer(() => infra.stop());
    const config = loadConfig({
      KAFKA_BROKERS: infra.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: infra.schemaRegistryUrl,
      DATABASE_URL: infra.databaseUrl,
      VESTNIK_DATA_DIR: dataDir,
      API_KEYS: `tester:${secret}`,
      PORT: '0',
    });
    const log = createLog({
      level: 'warn',
      name: 'openapi',
      destination: { write: (line) => void lines.push(line) },
    });
    const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId: 'openapi', log });
    opened.defer(() => kafka.close());
    const { schemaRegistryUrl } = config;
    const registryUrl = schemaRegistryUrl;
    await deploy({ kafka, registryUrl, topics: allTopics, log, clock: systemClock });
    await loadSamples({ kafka, schemaRegistryUrl, ourCluster: true, log, signal });
    const history = await startHistory({ config, log });
    opened.defer(() => history.stop());
    const gateway = await startGateway({ config, log });
    opened.defer(() => gateway.stop());
    while (!gateway.ready() || !history.ready()) await systemClock.sleep(pollMs);
    return { gateway, secret, lines, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}
