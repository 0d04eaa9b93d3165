import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, infraChoice, setInEnvironment } from '../infra/environment.mjs';

/**
 * Points a command at what `npm start` runs, on whichever ports that is, where the environment
 * names no system.
 */
export function useStartedSystem() {
  const { kafkaBrokers, schemaRegistryUrl } = infraChoice();
  if (kafkaBrokers || schemaRegistryUrl) return;
  try {
    const started = JSON.parse(readFileSync(join(dataDirOf(), 'endpoints.json'), 'utf8'));
    setInEnvironment({
      KAFKA_BROKERS: started.kafka,
      SCHEMA_REGISTRY_URL: started.schemaRegistry,
    });
    // Whoever names a database means another system.
    if (process.env.DATABASE_URL) return;
    setInEnvironment({ DATABASE_URL: started.postgres, PORT: new URL(started.gateway).port });
  } catch {
    // Nothing was started here: the usual ports are tried, and the command says what is missing.
  }
}
