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
/** "Schema not found": a 404 without it comes from something between us and the registry. */
const schemaNotFoundCode = 40403;
const refusedStatuses = new Set([409, 422]);
/** The loop that calls us waits and tries again, so the client itself tries only briefly. */
const clientRetry = { retries: 1, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 0.5 };
const requestTimeoutMs = 10_000;

/** The client has no bound of its own: a registry that is silent would hold us for ever. */
const bounded = () => ({
  async prepareRequest(next: () => Promise<BoundedRequest>) {
    return (await next()).enhance({ timeout: requestTimeoutMs });
  },
});
type BoundedRequest = { enhance(extras: { readonly timeout: number }): BoundedRequest };

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

type Answer = { readonly schema?: unknown; readonly schemaType?: unknown; error_code?: unknown };

/** Not by the client: it takes a schema that it cannot parse for a registry that is down. */
async function findSchema(url: string, id: number): Promise<object | null> {
  if (id <= 0) return null;
  try {
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const response = await fetch(`${url}/schemas/ids/${id}`, { signal });
    const { schema, schemaType = 'AVRO', error_code: code } = (await response.json()) as Answer;
    if (code === schemaNotFoundCode) return null;
    if (response.ok && typeof schema === 'string') {
      return schemaType === 'AVRO' ? objectOf(schema) : null;
    }
    throw new Error(`the registry answered ${response.status} for schema id ${id}`);
  } catch (error) {
    throw unavailable(error);
  }
}

/** A schema can also be the name of a primitive, `"string"`. */
function objectOf(text: string): object | null {
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === 'object' ? schema : { type: schema };
  } catch {
    return null;
  }
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
  const client = new SchemaRegistry({
    host: url,
    retry: clientRetry,
    middlewares: [bounded as never],
  });
  return {
    async idOf(subject, schema) {
      try {
        return await client.getRegistryIdBySchema(subject, schema as never);
      } catch (error) {
        if (nameOf(error) === 'ConfluentSchemaRegistryError') return null;
        throw unavailable(error);
      }
    },
    schemaOf: (id) => findSchema(url, id),
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
