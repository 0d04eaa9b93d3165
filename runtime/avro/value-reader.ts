import type { ErrorCode } from '../errors.ts';
import type { AvroType, RecordType } from './avro-type.ts';
import { type ByteReader, createByteReader, UnreadableBytes, utf8Of } from './byte-reader.ts';
import { matchOf } from './field-match.ts';
import { fitNumber, isNumber, type NumberType } from './numbers.ts';
import { isInRange, isTime, nearestTime, type TimeRule, timeProblem, toMs } from './times.ts';

/** A value as the reader's schema has it, or what was found where that could not be read. */
export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string };

/** The bytes of a value, both schemas, and what becomes of times that nobody can keep. */
export type Reading = {
  readonly bytes: Buffer;
  readonly start: number;
  readonly writer: AvroType;
  readonly reader: AvroType;
  readonly times: TimeRule;
};

/** Bounds the stack. */
const maxDepth = 200;
/**
 * Bounds the work: values that take no bytes (null, an empty record) could be as many as a count
 * claims, or as a schema that names a type in itself again and again makes of it.
 */
const spareSteps = 10_000;
const stepsPerByte = 16;

class OutOfRange extends UnreadableBytes {}

const texts: readonly AvroType['kind'][] = ['string', 'bytes'];

type TextType = Extract<AvroType, { readonly kind: 'string' | 'bytes' }>;
type EnumType = Extract<AvroType, { readonly kind: 'enum' }>;

/**
 * What a reader's type can be read from (Avro specification, "Schema resolution"). Numbers go in
 * all directions, for each value is looked at: what loses nothing is taken.
 */
function takes(reader: AvroType, writer: AvroType): boolean {
  if (isNumber(reader)) return isNumber(writer);
  if (texts.includes(reader.kind)) return texts.includes(writer.kind);
  return reader.kind === writer.kind;
}

const mismatch = (writer: AvroType, wanted: readonly AvroType[]) =>
  new UnreadableBytes(`found ${writer.kind}, not ${wanted.map(({ kind }) => kind).join(' or ')}`);

/** The branch that a value is for: of the same kind, or the first that can take it. */
function branchFor(writer: AvroType, branches: readonly AvroType[]): AvroType {
  const same = branches.find(({ kind }) => kind === writer.kind);
  const branch = same ?? branches.find((each) => takes(each, writer));
  if (branch) return branch;
  throw mismatch(writer, branches);
}

class ValueReader {
  readonly #bytes: ByteReader;
  readonly #times: TimeRule;
  readonly #path: (string | number)[] = [];
  #stepsLeft: number;

  constructor({ bytes, start, times }: Reading) {
    this.#bytes = createByteReader(bytes, start, bytes.length);
    this.#times = times;
    this.#stepsLeft = spareSteps + stepsPerByte * (bytes.length - start);
  }

  /** Where it stands: `addresses[1].channel`; empty for the value itself. */
  path(): string {
    const parts = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`));
    return parts.join('').replace(/^\./, '');
  }

  bytesLeft(): number {
    return this.#bytes.left();
  }

  /** Reads a part of a value; the path names it while that lasts, and after a failure. */
  #inside<T>(part: string | number, read: () => T): T {
    this.#path.push(part);
    if (this.#path.length > maxDepth) throw new UnreadableBytes(`it is more than ${maxDepth} deep`);
    const value = read();
    this.#path.pop();
    return value;
  }

  #countStep(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) throw new UnreadableBytes('it has more parts than bytes');
  }

  /** Calls for every item of an array or a map, in blocks as they were written. */
  #forEachItem(each: (index: number) => void): void {
    let index = 0;
    for (let block = this.#bytes.readLong(); block !== 0n; block = this.#bytes.readLong()) {
      if (block < 0n) this.#bytes.readLong();
      const count = block < 0n ? -block : block;
      if (count > BigInt(this.#stepsLeft)) {
        throw new UnreadableBytes(`it claims ${count} items, more than the record has bytes for`);
      }
      for (let left = Number(count); left > 0; left -= 1, index += 1) each(index);
    }
  }

  #branchOf(branches: readonly AvroType[]): AvroType {
    const index = this.#bytes.readInt();
    const branch = branches[index];
    if (branch) return branch;
    throw new UnreadableBytes(`its union has no branch ${index}`);
  }

  read(writer: AvroType, reader: AvroType): unknown {
    this.#countStep();
    if (writer.kind === 'union') return this.read(this.#branchOf(writer.branches), reader);
    switch (reader.kind) {
      case 'union':
        return this.read(writer, branchFor(writer, reader.branches));
      case 'record':
        if (writer.kind === 'record') return this.#readRecord(writer, reader);
        break;
      case 'array':
        if (writer.kind === 'array') return this.#readArray(writer.items, reader.items);
        break;
      case 'map':
        if (writer.kind === 'map') return this.#readMap(writer.items, reader.items);
        break;
      case 'enum':
        if (writer.kind === 'enum') return this.#readSymbol(writer, reader);
        break;
      case 'string':
      case 'bytes':
        if (writer.kind === 'string' || writer.kind === 'bytes') {
          return this.#readText(writer, reader.kind);
        }
        break;
      case 'int':
      case 'long':
      case 'float':
      case 'double':
        if (isNumber(writer)) return this.#readNumber(writer, reader);
        break;
      case 'boolean':
        if (writer.kind === 'boolean') return this.#bytes.readBoolean();
        break;
      case 'null':
        if (writer.kind === 'null') return null;
        break;
      case 'fixed':
        break;
    }
    throw mismatch(writer, [reader]);
  }

  #readRecord(writer: RecordType, reader: RecordType): unknown {
    const { steps, missing } = matchOf(writer, reader);
    const value: Record<string, unknown> = {};
    for (const { name } of reader.fields) value[name] = undefined;
    for (const { from, to } of steps) {
      this.#inside(to?.name ?? from.name, () => {
        if (to) value[to.name] = this.read(from.type, to.type);
        else this.#skip(from.type);
      });
    }
    for (const { name, fallback } of missing) {
      this.#inside(name, () => {
        if (fallback === undefined) throw new UnreadableBytes('the writer has no such field');
        value[name] = structuredClone(fallback);
      });
    }
    return value;
  }

  #readArray(writer: AvroType, reader: AvroType): unknown {
    const items: unknown[] = [];
    this.#forEachItem((index) => {
      items.push(this.#inside(index, () => this.read(writer, reader)));
    });
    return items;
  }

  /** Keys come from others: a plain object has no own `__proto__`. */
  #readMap(writer: AvroType, reader: AvroType): unknown {
    const values = new Map<string, unknown>();
    this.#forEachItem(() => {
      const key = utf8Of(this.#bytes.readBytes());
      values.set(
        key,
        this.#inside(key, () => this.read(writer, reader)),
      );
    });
    return Object.fromEntries(values);
  }

  #readSymbol(writer: EnumType, reader: EnumType): string {
    const index = this.#bytes.readInt();
    const symbol = writer.symbols[index];
    if (symbol === undefined) throw new UnreadableBytes(`its writer knows no symbol ${index}`);
    if (reader.symbols.includes(symbol)) return symbol;
    if (reader.fallback !== null) return reader.fallback;
    throw new UnreadableBytes(`the symbol ${symbol} is not known`);
  }

  #readText(writer: TextType, kind: TextType['kind']): string | Buffer {
    if (writer.logicalType === 'decimal') throw new UnreadableBytes('a decimal is no text');
    const bytes = this.#bytes.readBytes();
    return kind === 'string' ? utf8Of(bytes) : Buffer.from(bytes);
  }

  #readNumber(writer: NumberType, reader: NumberType): number {
    const value = this.#readNumberAs(writer.kind);
    return isTime(reader) ? this.#timeOf(value, writer) : fitNumber(value, reader.kind);
  }

  #readNumberAs(kind: NumberType['kind']): bigint | number {
    switch (kind) {
      case 'int':
        return BigInt(this.#bytes.readInt());
      case 'long':
        return this.#bytes.readLong();
      case 'float':
        return this.#bytes.readFloat();
      case 'double':
        return this.#bytes.readDouble();
    }
  }

  #timeOf(value: bigint | number, writer: NumberType): number {
    const whole = typeof value === 'bigint' ? value : BigInt(fitNumber(value, 'long'));
    const ms = toMs(whole, writer.logicalType);
    if (ms === null) throw new UnreadableBytes(`a ${writer.logicalType} is no point in time`);
    const timeMs = Number(ms);
    if (isInRange(timeMs)) return timeMs;
    if (this.#times === 'move') return nearestTime(timeMs);
    throw new OutOfRange(timeProblem);
  }

  /** Passes over a value that only the writer's schema knows. */
  #skip(type: AvroType): void {
    this.#countStep();
    switch (type.kind) {
      case 'union':
        return this.#skip(this.#branchOf(type.branches));
      case 'record':
        for (const field of type.fields) this.#inside(field.name, () => this.#skip(field.type));
        return;
      case 'array':
        return this.#forEachItem((index) => this.#inside(index, () => this.#skip(type.items)));
      case 'map':
        return this.#forEachItem((index) => {
          this.#bytes.readBytes();
          this.#inside(index, () => this.#skip(type.items));
        });
      case 'string':
      case 'bytes':
        this.#bytes.readBytes();
        return;
      case 'fixed':
        this.#bytes.take(type.sizeBytes);
        return;
      case 'enum':
        this.#bytes.readInt();
        return;
      case 'boolean':
        this.#bytes.take(1);
        return;
      case 'null':
        return;
      case 'int':
      case 'long':
      case 'float':
      case 'double':
        this.#readNumberAs(type.kind);
    }
  }
}

/**
 * Reads one value that was written with another schema, or with bytes that something is wrong with.
 * It asks whether this value can be read, not whether all of its schema can: symbols, branches and
 * numbers that nobody used do not matter. Never throws for what the bytes or the writer's schema
 * are; takes time in proportion to the bytes.
 */
export function readValue(reading: Reading): ReadValue {
  const reader = new ValueReader(reading);
  try {
    const value = reader.read(reading.writer, reading.reader);
    const left = reader.bytesLeft();
    if (left > 0) throw new UnreadableBytes(`${left} bytes are left over`);
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof UnreadableBytes)) throw error;
    const code = error instanceof OutOfRange ? 'DATE_OUT_OF_RANGE' : 'RECORD_UNREADABLE';
    const path = reader.path();
    return { ok: false, code, reason: path === '' ? error.message : `${path}: ${error.message}` };
  }
}
