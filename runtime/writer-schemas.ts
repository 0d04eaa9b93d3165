import { type AvroType, parseSchema } from './avro/avro-type.ts';
import type { Clock } from './clock.ts';
import { describeError, VestnikError } from './errors.ts';
import type { Log } from './log.ts';
import type { Registry } from './registry.ts';

/** A writer's schema, or why there is none that can be used. */
export type WriterSchema =
  | { readonly ok: true; readonly type: AvroType }
  | { readonly ok: false; readonly reason: string };

/** The schemas that records were written with, by their ids, as far as they were asked for. */
export type WriterSchemas = {
  /** Notes a schema that need not be asked for. */
  keep(id: number, type: AvroType): void;
  get(id: number): WriterSchema;
  /**
   * Asks for the ids that are not known. Waits while the registry is down. One that it does not
   * have is asked for again after half a minute: it may be registered late, or a registry that had
   * lost it may have it again. What is known once is never asked for again.
   */
  learn(ids: Iterable<number>): Promise<void>;
  /** Asks the registry anything; waits and asks again while it is down. */
  ask<T>(question: (registry: Registry) => Promise<T>): Promise<T>;
};

/** An id that the registry does not know is asked for again after this time, not every record. */
const unknownIdMs = 30_000;
const minBackOffMs = 200;
const maxBackOffMs = 5000;
/** Bounds the memory of ids; far more than a topic ever has versions. */
const maxUnknownIds = 10_000;

const isRegistryDown = (error: unknown) =>
  error instanceof VestnikError && error.code === 'REGISTRY_UNAVAILABLE';

const neverAsked: WriterSchema = { ok: false, reason: 'it was not asked for yet' };

/** Opens the memory of writer schemas; nothing is asked yet. */
export function openWriterSchemas(options: {
  readonly registry: Registry;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): WriterSchemas {
  const { registry, log, clock, signal } = options;
  const known = new Map<number, WriterSchema>();
  const unknown = new Map<number, { readonly sinceMs: number; readonly reason: string }>();
  let backOffMs = minBackOffMs;

  const wait = async (error: unknown) => {
    log.warn({ reason: describeError(error), backOffMs }, 'waiting for the schema registry');
    await clock.sleep(backOffMs, signal);
    signal.throwIfAborted();
    backOffMs = Math.min(backOffMs * 2, maxBackOffMs);
  };

  async function ask<T>(question: (registry: Registry) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const answer = await question(registry);
        backOffMs = minBackOffMs;
        return answer;
      } catch (error) {
        if (!isRegistryDown(error)) throw error;
        await wait(error);
      }
    }
  }

  async function learnOne(id: number): Promise<void> {
    const found = await ask((each) => each.schemaOf(id));
    const parsed = found.ok ? parseSchema(found.schema, found.named) : found;
    if (parsed.ok) {
      known.set(id, parsed);
      unknown.delete(id);
    } else {
      unknown.set(id, { sinceMs: clock.nowMs(), reason: parsed.reason });
    }
  }

  function isToAsk(id: number): boolean {
    if (known.has(id)) return false;
    const last = unknown.get(id);
    return last === undefined || clock.nowMs() - last.sinceMs >= unknownIdMs;
  }

  return {
    ask,
    keep: (id, type) => void known.set(id, { ok: true, type }),
    get(id) {
      const last = unknown.get(id);
      return known.get(id) ?? (last ? { ok: false, reason: last.reason } : neverAsked);
    },
    async learn(ids) {
      if (unknown.size > maxUnknownIds) unknown.clear();
      await Promise.all([...new Set(ids)].filter(isToAsk).map(learnOne));
    },
  };
}
