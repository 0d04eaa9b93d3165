import type { Type } from 'avsc';
import avro from 'avsc';
import { type AvroNode, expandSchema, loadSchemas } from '../schemas/load.ts';
import { subjectOf, type Topic, type ValueOf } from '../schemas/topics.ts';
import { type AvroType, parseSchema } from './avro/avro-type.ts';
import { isSameLayout } from './avro/same-layout.ts';
import { createTimeCheck, type TimeCheck, type TimeRule, timeProblem } from './avro/times.ts';
import { readValue } from './avro/value-reader.ts';
import { guardAvro } from './avro-guard.ts';
import { createAvroWalk } from './avro-walk.ts';
import type { Clock } from './clock.ts';
import { describeError, type ErrorCode, VestnikError } from './errors.ts';
import type { Log } from './log.ts';
import { openRegistry, type Registry } from './registry.ts';
import { openWriterSchemas, type WriterSchemas } from './writer-schemas.ts';

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
   * record is never called poison because of that. A schema that the registry does not have is
   * asked for again by a call half a minute later, so whoever keeps unreadable rows calls again.
   */
  prepare(values: Iterable<Buffer | null>): Promise<void>;
  /**
   * Synchronous; `prepare` must have seen the value. Never throws. A value of another schema is
   * read as Avro resolves it, and the reason names the field where that cannot be. A time that
   * nobody can keep is refused in an event (DATE_OUT_OF_RANGE); in a row, where nobody acts on it,
   * it is moved to the nearest that can be.
   */
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

/** A nullable field is the value or null. avsc keeps names in the options it gets: never share. */
function parse(schema: object): Type {
  return avro.Type.forSchema(schema as never, { wrapUnions: false, omitRecordMethods: true });
}

const namespace = 'ru.vestnik';

let contract: ReadonlyMap<string, AvroNode> | null = null;

/** The full schema of a topic's values, as it is registered; null for raw topics. */
export function schemaOf(topic: Topic): object | null {
  if (topic.schema === null) return null;
  // The files are part of the program: read for each topic, they cost more than all parsing.
  contract ??= loadSchemas();
  return expandSchema(`${namespace}.${topic.schema}`, contract);
}

/** What is known of a topic's values. */
type Codec = {
  readonly id: number;
  readonly type: Type;
  readonly graph: AvroType;
  readonly times: TimeRule;
  /** Null where the times need no look: the topic has none, or only we write it. */
  readonly checkTimes: TimeCheck | null;
  /** Of other schema ids, whether their bytes are laid out as ours. */
  readonly sameLayout: Map<number, boolean>;
};

function codecFor({ kind }: Topic, schema: object, id: number): Codec {
  const parsed = parseSchema(schema);
  if (!parsed.ok) throw new VestnikError('INTERNAL', parsed.reason);
  const times = kind === 'events' ? 'refuse' : 'move';
  const checked = kind === 'events' || kind === 'table';
  const checkTimes = checked ? createTimeCheck(parsed.type, times) : null;
  const sameLayout = new Map([[id, true]]);
  return { id, type: parse(schema), graph: parsed.type, times, checkTimes, sameLayout };
}

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

/**
 * Reads a value whose bytes are laid out as ours, at full speed. Null when that fails: the careful
 * way then says where, or finds that the value can be read after all.
 */
function decodeQuickly({ type, checkTimes }: Codec, value: Buffer): Decoded<never> | null {
  try {
    const decoded = type.decode(value, headerBytes);
    if (decoded.offset !== value.length) return null;
    const field = checkTimes?.(decoded.value, '') ?? null;
    if (field !== null) return failed('DATE_OUT_OF_RANGE', `${field}: ${timeProblem}`);
    return { ok: true, value: decoded.value as never };
  } catch {
    return null;
  }
}

/** Reads a value of any schema, bit by bit. */
function decodeCarefully(codec: Codec, value: Buffer, writer: AvroType): Decoded<never> {
  const { graph: reader, times } = codec;
  try {
    const read = readValue({ bytes: value, start: headerBytes, writer, reader, times });
    return read.ok ? { ok: true, value: read.value as never } : read;
  } catch (error) {
    return failed('RECORD_UNREADABLE', describeError(error));
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

async function openCodecs(
  topics: readonly Topic[],
  writers: WriterSchemas,
): Promise<ReadonlyMap<string, Codec>> {
  const codecs = new Map<string, Codec>();
  for (const topic of topics) {
    const schema = schemaOf(topic);
    if (schema === null) continue;
    const id = await writers.ask((registry) => registry.idOf(subjectOf(topic), schema));
    if (id === null) throw new VestnikError('SCHEMA_NOT_REGISTERED', subjectOf(topic));
    const codec = codecFor(topic, schema, id);
    codecs.set(topic.name, codec);
    writers.keep(id, codec.graph);
  }
  return codecs;
}

/** The same with any registry, as the in-memory driver has it. */
export async function createSerde(
  options: SerdeOptions & { readonly registry: Registry },
): Promise<Serde> {
  guardAvro();
  const writers = openWriterSchemas(options);
  const codecs = await openCodecs(options.topics, writers);
  const encodeWith = createEncoder();

  function codecOf(topic: Topic): Codec {
    const codec = codecs.get(topic.name);
    if (!codec) throw new VestnikError('INTERNAL', `the serde was not opened for ${topic.name}`);
    return codec;
  }

  function isLaidOutAsOurs({ graph, sameLayout }: Codec, id: number): boolean {
    const known = sameLayout.get(id);
    if (known !== undefined) return known;
    const writer = writers.get(id);
    if (!writer.ok) return false;
    const same = isSameLayout(writer.type, graph);
    sameLayout.set(id, same);
    return same;
  }

  function stringsOf(topic: Topic, fields: readonly string[]): StringFinder {
    const codec = codecOf(topic);
    const schema = schemaOf(topic);
    const walk = schema && createAvroWalk(schema as AvroNode, fields);
    if (!walk) return { find: () => -1, places: () => new Int32Array(0) };
    return {
      find(bytes, start, end) {
        const id = frameOf(bytes, start, end);
        const known = typeof id === 'number' && isLaidOutAsOurs(codec, id);
        return known ? walk.find(bytes, start + headerBytes, end) : -1;
      },
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
      const ids = new Set<number>();
      let former = '' as number | string;
      for (const value of values) {
        const id = value === null ? '' : frameOf(value);
        if (id !== former && typeof id === 'number') ids.add(id);
        former = id;
      }
      await writers.learn(ids);
    },
    decode(topic, value) {
      const codec = codecOf(topic);
      const id = frameOf(value);
      if (typeof id === 'string') return failed('NOT_AVRO', id);
      const quick = isLaidOutAsOurs(codec, id) ? decodeQuickly(codec, value) : null;
      if (quick) return quick;
      const writer = writers.get(id);
      if (!writer.ok) return failed('SCHEMA_UNKNOWN', `schema id ${id}: ${writer.reason}`);
      return decodeCarefully(codec, value, writer.type);
    },
  };
}
