import type { Addresses, InfraKind } from './infra.ts';
import { InfraError } from './infra-error.ts';

/** What was asked for: addresses of the environment, and the kind that overrides the order. */
export type InfraChoice = {
  readonly kafkaBrokers?: readonly string[] | undefined;
  readonly schemaRegistryUrl?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly infra?: InfraKind | undefined;
};

/** The decision: the first kind that is there, and the addresses when they were all given. */
export type InfraPlan =
  | { readonly kind: 'external'; readonly addresses: Addresses }
  | { readonly kind: 'compose' | 'embedded' };

const variables = {
  kafkaBrokers: 'KAFKA_BROKERS',
  schemaRegistryUrl: 'SCHEMA_REGISTRY_URL',
  databaseUrl: 'DATABASE_URL',
} as const;

function givenAddresses(choice: InfraChoice): Addresses | undefined {
  const { kafkaBrokers, schemaRegistryUrl, databaseUrl } = choice;
  if (!kafkaBrokers?.length || !schemaRegistryUrl || !databaseUrl) return undefined;
  return { kafkaBrokers, schemaRegistryUrl, databaseUrl };
}

/**
 * Addresses, then Docker Compose, then embedded. Some of the three addresses are a mistake and not
 * a wish: a registry's ids belong to one Kafka, and a history to both, so a mixture of somebody's
 * cluster and our own throw-away registry would write records that nobody else can read.
 */
export async function planInfra(
  choice: InfraChoice,
  composeAnswers: () => Promise<boolean>,
): Promise<InfraPlan> {
  if (choice.infra === 'embedded' || choice.infra === 'compose') return { kind: choice.infra };
  const addresses = givenAddresses(choice);
  if (addresses) return { kind: 'external', addresses };
  const names = Object.keys(variables) as (keyof typeof variables)[];
  const missing = names.filter((name) => !choice[name]?.length).map((name) => variables[name]);
  if (choice.infra === 'external' || missing.length < names.length) {
    throw new InfraError(
      `External infrastructure needs all three addresses, and ${missing.join(', ')} is not set. ` +
        'Set it, or unset the others to have infrastructure started for you.',
    );
  }
  return { kind: (await composeAnswers()) ? 'compose' : 'embedded' };
}
