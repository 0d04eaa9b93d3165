import type { Type } from 'avsc';
import avro from 'avsc';
import { type AvroNode, expandSchema, loadSchemas } from '../schemas/load.ts';
import { subjectOf, type Topic, type ValueOf } from '../schemas/topics.ts';
import { guardAvro } from './avro-guard.ts';
import { createAvroWalk } from './avro-walk.ts';
import type { Clock } from './clock.ts';
import { describeError, type ErrorCode, VestnikError } from './errors.ts';
import type { Log } from './log.ts';
import { openRegistry, type Registry } from './registry.ts';

/** A value that was read, or why it cannot be: the record is then poison for every reader. */
export type Decoded<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string };

/** Reads and writes values in Confluent wire format: a zero, the schema id, Avro. */
export type Serde = {
  /** Synchronous; only for topics given to `openSerde`. A value of the wrong shape throws. */
  encode<T extends Topic>(topic: T, value: ValueOf<T>): Buffer;
  /**
   * Loads the schemas that a batch was written with. While the registry is down it waits: a
   * record is never called poison because of that.
   */
  prepare(values: Iterable<Buffer | null>): Promise<void>;
  /** Synchronous; `prepare` must have seen the value. Never throws. */
  decode<T extends Topic>(topic: T, value: Buffer): Decoded<ValueOf<T>>;
  /**
   * Finds the strings of some array fields in a topic's values, without decoding them. It knows
   * what `encode` writes; of all else it says -1, and `decode` is to be asked.
   */
  stringsOf(topic: Topic, fields: readonly string[]): StringFinder;
  /** The bytes that `encode` begins every value of a topic with: a zero and the schema id. */
  frameOf(topic: Topic): Buffer;
};

/** Where strings lie in a value. */
export type StringFinder = {
  /** How many strings the value at this place has; -1 when that is not known. */
  find(bytes: Buffer, start: number, end: number): number;
  /** Of each string found last: the index of its field, its start and its end. */
  places(): Int32Array;
};

const magicByte = 0;
const headerBytes = 5;
const slabBytes = 1024 * 1024;
/** An id that the registry does not know is asked for again after this time, not every record. */
const unknownIdMs = 30_000;
const minBackOffMs = 200;
const maxBackOffMs = 5000;
/** Bounds the memory of ids; far more than a topic ever has versions. */
const maxKnownIds = 10_000;

/** A nullable field is the value or null. avsc keeps names in the options it gets: never share. */
function parse(schema: object): Type {
  return avro.Type.forSchema(schema as never, { wrapUnions: false, omitRecordMethods: true });
}

const namespace = 'ru.vestnik';

/** The full schema of a topic's values, as it is registered; null for raw topics. */
export function schemaOf(topic: Topic): object | null {
  return topic.schema === null ? null : expandSchema(`${namespace}.${topic.schema}`, loadSchemas());
}

/** A schema that another writer registered need not be one that avsc can read. */
function parseOrNull(schema: object): Type | null {
  try {
    return parse(schema);
  } catch {
    return null;
  }
}

type Codec = { readonly id: number; readonly type: Type; readonly resolvers: Map<number, unknown> };

/** The id of a framed value, or why there is none. */
function frameOf(bytes: Buffer, start = 0, end = bytes.length): number | string {
  if (end - start < headerBytes) return `${end - start} bytes are too few for a frame`;
  if (bytes[start] !== magicByte) return `the first byte is ${bytes[start]}, not 0`;
  return bytes.readInt32BE(start + 1);
}

function failed(code: ErrorCode, reason: string): { ok: false; code: ErrorCode; reason: string } {
  return { ok: false, code, reason };
}

/** Writes many values into one buffer, so that a value costs neither a copy nor an allocation. */
function createEncoder() {
  let slab = Buffer.allocUnsafeSlow(slabBytes);
  let at = 0;
  return (codec: Codec, value: unknown): Buffer => {
    let end = codec.type.encode(value, slab, at + headerBytes);
    if (end < 0) {
      const missing = -end;
      slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, slab.length - at + missing));
      at = 0;
      end = codec.type.encode(value, slab, headerBytes);
    }
    slab[at] = magicByte;
    slab.writeInt32BE(codec.id, at + 1);
    const encoded = slab.subarray(at, end);
    at = end;
    return encoded;
  };
}

const isRegistryDown = (error: unknown) =>
  error instanceof VestnikError && error.code === 'REGISTRY_UNAVAILABLE';

async function waitForId(
  registry: Registry,
  topic: Topic,
  schema: object,
  wait: (error: unknown) => Promise<void>,
): Promise<number> {
  for (;;) {
    try {
      const id = await registry.idOf(subjectOf(topic), schema);
      if (id === null) throw new VestnikError('SCHEMA_NOT_REGISTERED', subjectOf(topic));
      return id;
    } catch (error) {
      if (!isRegistryDown(error)) throw error;
      await wait(error);
    }
  }
}

type SerdeOptions = {
  readonly topics: readonly Topic[];
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * Opens the serde for some topics. Waits for the registry; SCHEMA_NOT_REGISTERED when the deploy
 * step has not run.
 */
export function openSerde(
  options: SerdeOptions & { readonly registryUrl: string },
): Promise<Serde> {
  return createSerde({ ...options, registry: openRegistry(options.registryUrl) });
}

/** The same with any registry, as the in-memory driver has it. */
export async function createSerde(
  options: SerdeOptions & { readonly registry: Registry },
): Promise<Serde> {
  guardAvro();
  const { log, clock, signal, registry } = options;
  const codecs = new Map<string, Codec>();
  const writers = new Map<number, Type>();
  const unknownSinceMs = new Map<number, number>();
  const encodeWith = createEncoder();
  let backOffMs = minBackOffMs;

  const wait = async (error: unknown) => {
    log.warn({ reason: describeError(error), backOffMs }, 'waiting for the schema registry');
    await clock.sleep(backOffMs, signal);
    signal.throwIfAborted();
    backOffMs = Math.min(backOffMs * 2, maxBackOffMs);
  };

  for (const topic of options.topics) {
    const schema = schemaOf(topic);
    if (schema === null) continue;
    const type = parse(schema);
    const id = await waitForId(registry, topic, schema, wait);
    codecs.set(topic.name, { id, type, resolvers: new Map() });
    writers.set(id, type);
  }

  async function learn(id: number): Promise<void> {
    for (;;) {
      try {
        const schema = await registry.schemaOf(id);
        const type = schema && parseOrNull(schema);
        if (type) writers.set(id, type);
        else unknownSinceMs.set(id, clock.nowMs());
        backOffMs = minBackOffMs;
        return;
      } catch (error) {
        if (!isRegistryDown(error)) throw error;
        await wait(error);
      }
    }
  }

  function isKnown(id: number): boolean {
    if (writers.has(id)) return true;
    const sinceMs = unknownSinceMs.get(id);
    return sinceMs !== undefined && clock.nowMs() - sinceMs < unknownIdMs;
  }

  function resolverOf(codec: Codec, id: number, writer: Type): unknown {
    let resolver = codec.resolvers.get(id);
    if (!resolver) {
      resolver = codec.type.createResolver(writer);
      codec.resolvers.set(id, resolver);
    }
    return resolver;
  }

  function codecOf(topic: Topic): Codec {
    const codec = codecs.get(topic.name);
    if (!codec) throw new VestnikError('INTERNAL', `the serde was not opened for ${topic.name}`);
    return codec;
  }

  function stringsOf(topic: Topic, fields: readonly string[]): StringFinder {
    const { id } = codecOf(topic);
    const schema = schemaOf(topic);
    const walk = schema && createAvroWalk(schema as AvroNode, fields);
    if (!walk) return { find: () => -1, places: () => new Int32Array(0) };
    return {
      find: (bytes, start, end) =>
        frameOf(bytes, start, end) === id ? walk.find(bytes, start + headerBytes, end) : -1,
      places: walk.places,
    };
  }

  return {
    stringsOf,
    encode: (topic, value) => encodeWith(codecOf(topic), value),
    frameOf(topic) {
      const frame = Buffer.alloc(headerBytes, magicByte);
      frame.writeInt32BE(codecOf(topic).id, 1);
      return frame;
    },
    async prepare(values) {
      if (unknownSinceMs.size > maxKnownIds) unknownSinceMs.clear();
      const ids = new Set<number>();
      let former = '' as number | string;
      for (const value of values) {
        const id = value === null ? '' : frameOf(value);
        if (id !== former && typeof id === 'number' && !isKnown(id)) ids.add(id);
        former = id;
      }
      await Promise.all([...ids].map(learn));
    },
    decode(topic, value) {
      const codec = codecOf(topic);
      const id = frameOf(value);
      if (typeof id === 'string') return failed('NOT_AVRO', id);
      const writer = writers.get(id);
      if (!writer) return failed('SCHEMA_UNKNOWN', `schema id ${id}`);
      try {
        const resolver = resolverOf(codec, id, writer) as never;
        const decoded = codec.type.decode(value, headerBytes, resolver);
        if (decoded.offset !== value.length) {
          const extent = decoded.offset < 0 ? 'ends too early' : 'has bytes left over';
          return failed('RECORD_UNREADABLE', `the value ${extent} for schema id ${id}`);
        }
        return { ok: true, value: decoded.value };
      } catch (error) {
        return failed('RECORD_UNREADABLE', describeError(error));
      }
    },
  };
}
