import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { describeError, VestnikError } from './errors.ts';

/** A schema registry that speaks Confluent's REST API. */
export type Registry = {
  /** The id of a schema under a subject; null when it is not registered. */
  idOf(subject: string, schema: object): Promise<number | null>;
  /** The Avro schema of an id; null when the registry has none, or it is of another kind. */
  schemaOf(id: number): Promise<object | null>;
  /** Registers a schema, the same one again at no effect; SCHEMA_INCOMPATIBLE when refused. */
  register(subject: string, schema: object): Promise<number>;
};

/**
 * New schemas must read every record ever written, or a replay of old topics would fail. A
 * subject that is stricter already stays as it is.
 */
const acceptedLevels = [COMPATIBILITY.BACKWARD_TRANSITIVE, COMPATIBILITY.FULL_TRANSITIVE];
const notFoundStatus = 404;
const refusedStatuses = new Set([409, 422]);
/** The loop that calls us waits and tries again, so the client itself tries only briefly. */
const clientRetry = { retries: 1, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 0.5 };
const requestTimeoutMs = 10_000;

const statusOf = (error: unknown) => (error as { status?: number } | undefined)?.status ?? 0;
const nameOf = (error: unknown) => (error as Error | undefined)?.name;
const isLevelMismatch = (error: unknown) =>
  nameOf(error) === 'ConfluentSchemaRegistryCompatibilityError';

function unavailable(error: unknown): VestnikError {
  return new VestnikError('REGISTRY_UNAVAILABLE', describeError(error), { cause: error });
}

/** Gives a subject its level; needed when a former deploy died right after it made the subject. */
async function setLevel(url: string, subject: string): Promise<void> {
  const response = await fetch(`${url}/config/${encodeURIComponent(subject)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: acceptedLevels[0] }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  if (!response.ok) throw unavailable(new Error(`PUT config answered ${response.status}`));
}

function refused(subject: string, error: unknown): VestnikError {
  return new VestnikError('SCHEMA_INCOMPATIBLE', `${subject}: ${describeError(error)}`, {
    cause: error,
  });
}

async function registerAt(
  client: SchemaRegistry,
  subject: string,
  schema: object,
): Promise<number> {
  const text = { type: SchemaType.AVRO as const, schema: JSON.stringify(schema) };
  let mismatch: unknown;
  for (const compatibility of acceptedLevels) {
    try {
      return (await client.register(text, { subject, compatibility })).id;
    } catch (error) {
      if (refusedStatuses.has(statusOf(error))) throw refused(subject, error);
      if (!isLevelMismatch(error)) throw unavailable(error);
      mismatch ??= error;
    }
  }
  throw mismatch;
}

/**
 * Opens a registry; nothing is sent yet. Calls fail with REGISTRY_UNAVAILABLE when it does not
 * answer as a registry should.
 */
export function openRegistry(url: string): Registry {
  const client = new SchemaRegistry({ host: url, retry: clientRetry });
  return {
    async idOf(subject, schema) {
      try {
        return await client.getRegistryIdBySchema(subject, schema as never);
      } catch (error) {
        if (nameOf(error) === 'ConfluentSchemaRegistryError') return null;
        throw unavailable(error);
      }
    },
    async schemaOf(id) {
      try {
        const parsed = (await client.getSchema(id)) as { schema?: () => object };
        return parsed.schema?.() ?? null;
      } catch (error) {
        if (statusOf(error) === notFoundStatus) return null;
        throw unavailable(error);
      }
    },
    async register(subject, schema) {
      try {
        return await registerAt(client, subject, schema);
      } catch (error) {
        const unset = isLevelMismatch(error) && describeError(error).includes('NONE');
        if (!unset) throw isLevelMismatch(error) ? refused(subject, error) : error;
        await setLevel(url, subject);
        return registerAt(client, subject, schema);
      }
    },
  };
}
