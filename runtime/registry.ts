import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { describeError, VestnikError } from './errors.ts';
import { type FoundSchema, findSchema, requestTimeoutMs } from './registry-lookup.ts';

/** A schema registry that speaks Confluent's REST API. */
export type Registry = {
  /** The id of a schema under a subject; null when it is not registered. */
  idOf(subject: string, schema: object): Promise<number | null>;
  /** The Avro schema of an id with all that it refers to, or why there is none. */
  schemaOf(id: number): Promise<FoundSchema>;
  /**
   * Registers a schema, the same one again at no effect; SCHEMA_INCOMPATIBLE when refused. The
   * subject gets the level, BACKWARD_TRANSITIVE if none is given, unless it is stricter already.
   */
  register(subject: string, schema: object, level?: CompatibilityLevel): Promise<number>;
};

/**
 * What a subject's next schema must do (the registries' own words). New schemas must read every
 * record ever written, or a replay of old topics would fail: BACKWARD_TRANSITIVE. Where somebody
 * else writes, they use a new schema before we do, so old schemas must read new records, too.
 */
export type CompatibilityLevel = 'BACKWARD_TRANSITIVE' | 'FULL_TRANSITIVE';

/** The levels that are as strict as the wanted one. */
const acceptedLevels: Readonly<Record<CompatibilityLevel, readonly COMPATIBILITY[]>> = {
  BACKWARD_TRANSITIVE: [COMPATIBILITY.BACKWARD_TRANSITIVE, COMPATIBILITY.FULL_TRANSITIVE],
  FULL_TRANSITIVE: [COMPATIBILITY.FULL_TRANSITIVE],
};
/**
 * Levels that a deploy sets anew: none was set, or it is one of ours and the map became stricter.
 * Any other was chosen by somebody, who is to be asked.
 */
const raisedLevels = / != (NONE|BACKWARD_TRANSITIVE)\)/;
const refusedStatuses = new Set([409, 422]);
/** The loop that calls us waits and tries again, so the client itself tries only briefly. */
const clientRetry = { retries: 1, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 0.5 };

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

/**
 * Gives a subject its level; needed when a former deploy died right after it made the subject, and
 * when the subject is to become stricter.
 */
async function setLevel(url: string, subject: string, level: CompatibilityLevel): Promise<void> {
  const response = await fetch(`${url}/config/${encodeURIComponent(subject)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: level }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  if (!response.ok) throw unavailable(new Error(`PUT config answered ${response.status}`));
}

function refused(subject: string, error: unknown): VestnikError {
  return new VestnikError('SCHEMA_INCOMPATIBLE', `${subject}: ${describeError(error)}`, {
    cause: error,
  });
}

const conflictStatus = 409;
/** The rule is there at the second try. */
const maxTries = 3;

/** Two deploys at once both make the rule of a new subject, and the registry takes one of them. */
const isRaced = (error: unknown) =>
  statusOf(error) === conflictStatus && /already exists/.test(describeError(error));

async function registerAt(
  client: SchemaRegistry,
  subject: string,
  schema: object,
  level: CompatibilityLevel,
  tries = 1,
): Promise<number> {
  const text = { type: SchemaType.AVRO as const, schema: JSON.stringify(schema) };
  let mismatch: unknown;
  for (const compatibility of acceptedLevels[level]) {
    try {
      return (await client.register(text, { subject, compatibility })).id;
    } catch (error) {
      if (isRaced(error) && tries < maxTries) {
        return registerAt(client, subject, schema, level, tries + 1);
      }
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
    async schemaOf(id) {
      try {
        return await findSchema(url, id);
      } catch (error) {
        throw unavailable(error);
      }
    },
    async register(subject, schema, level = 'BACKWARD_TRANSITIVE') {
      try {
        return await registerAt(client, subject, schema, level);
      } catch (error) {
        const raised = isLevelMismatch(error) && raisedLevels.test(describeError(error));
        if (!raised) throw isLevelMismatch(error) ? refused(subject, error) : error;
        await setLevel(url, subject, level);
        return registerAt(client, subject, schema, level);
      }
    },
  };
}
