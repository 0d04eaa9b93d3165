import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { infraChoice } from '../../dev/infra/environment.mjs';
import { kafkaClassPath } from '../../dev/infra/kafka/jars.ts';
import { removeData } from '../../dev/infra/remove-data.mjs';
import { type Progress, startInfra } from '../../dev/infra/start-infra.ts';
import { describeState } from '../../dev/words.ts';

/** What the tests get to know of the infrastructure. */
export type ProvidedInfra = {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly databaseUrl: string;
  /** Of Kafka's own tools: a second client, which shares no code with ours. */
  readonly kafkaClassPath: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    readonly infra: ProvidedInfra;
  }
}

/**
 * Starts a real broker, registry and database for the run, in a folder and on ports of their own,
 * so that `npm start` may run beside it; ends and removes them afterwards.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vestnik-test-'));
  const progress: Progress = (step, state) => console.log(`${step}: ${describeState('en', state)}`);
  const infra = await startInfra({
    dataDir,
    choice: infraChoice(),
    progress,
    usualPorts: false,
  });
  const { kafkaBrokers, schemaRegistryUrl, databaseUrl } = infra;
  const classPath = await kafkaClassPath();
  project.provide('infra', {
    kafkaBrokers,
    schemaRegistryUrl,
    databaseUrl,
    kafkaClassPath: classPath,
  });
  return async () => {
    await infra.stop();
    await removeData(dataDir);
  };
}
