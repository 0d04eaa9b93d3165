import { isUtf8 } from 'node:buffer';
import type { AvroField, AvroNode, AvroSchema } from '../schemas/load.ts';

/**
 * Finds the strings of some array fields in a value's bytes, without making objects. It knows the
 * layout that nearly all values have: whatever it answers for, the schema would have read too, and
 * with the same strings. Whether those that it finds are UTF-8 is asked by whoever uses them; those
 * beside them are looked at, or a row would be taken and found unreadable when it is needed. Of any
 * other value, good or bad, only the schema can tell.
 */
export type AvroWalk = {
  /**
   * How many strings there are in the value that lies from `start` to `end`. -1: ask the schema.
   */
  find(bytes: Buffer, start: number, end: number): number;
  /** Of each string found last: the index of its field, where it starts and where it ends. */
  places(): Int32Array;
};

/** A string or a symbol, one that may be null, or an array of them. */
type Step = {
  readonly kind: 'one' | 'optional' | 'array';
  /** How many symbols an enum has; zero for a string. */
  readonly symbols: number;
  /** The index of the wanted field; -1 when its strings are only walked over. */
  readonly field: number;
};

const placeInts = 3;
const minPlaces = 64;
const unknown = -1;
const unwanted = -1;
/** The bytes of `["null", X]` before a null and before an X. */
const nullBranch = 0;
const valueBranch = 2;
const continueBit = 0x80;
const bitsPerByte = 7;
/** UTF-8: what begins a character of two bytes, and the two highest bits of what follows. */
const minPairLead = 0xc2;
const maxPairLead = 0xdf;
const tailMask = 0xc0;
/** Lengths of more bytes are 2^27 and more: longer than any record. */
const maxLengthBits = 28;

function symbolsOf(schema: AvroSchema): number | null {
  if (schema === 'string') return 0;
  return (schema as AvroNode).symbols?.length ?? null;
}

function stepOf({ name, type }: AvroField, wanted: readonly string[]): Step | null {
  const step = (kind: Step['kind'], inner: AvroSchema | undefined): Step | null => {
    const symbols = inner === undefined ? null : symbolsOf(inner);
    if (symbols === null) return null;
    const isWanted = kind === 'array' && symbols === 0;
    return { kind, symbols, field: isWanted ? wanted.indexOf(name) : unwanted };
  };
  if (Array.isArray(type)) {
    const [first, second, ...others] = type as readonly AvroSchema[];
    return first === 'null' && others.length === 0 ? step('optional', second) : null;
  }
  if ((type as AvroNode).type === 'array') return step('array', (type as AvroNode).items);
  return step('one', type);
}

/**
 * A walk over values of a record schema (expanded), for the strings of some of its array fields.
 * Null when the schema has parts that this does not know.
 */
export function createAvroWalk(schema: AvroNode, wanted: readonly string[]): AvroWalk | null {
  const steps: Step[] = [];
  for (const field of schema.fields ?? []) {
    const step = stepOf(field, wanted);
    if (!step) return null;
    steps.push(step);
  }
  if (wanted.some((_, index) => !steps.some(({ field }) => field === index))) return null;
  return walkOver(steps);
}

function walkOver(steps: readonly Step[]): AvroWalk {
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  let limit = 0;
  let places = new Int32Array(minPlaces * placeInts);
  let count = 0;

  /** The length, count or symbol at this place, which is left behind; -1 when it is none. */
  function readLength(): number {
    let value = 0;
    for (let shift = 0; shift < maxLengthBits; shift += bitsPerByte) {
      if (at >= limit) return unknown;
      const byte = bytes[at] ?? 0;
      at += 1;
      if (byte < continueBit) {
        value |= byte << shift;
        return value & 1 ? unknown : value >>> 1;
      }
      value |= (byte - continueBit) << shift;
    }
    return unknown;
  }

  /**
   * Whether a text is UTF-8. ASCII and pairs of bytes, which Cyrillic has, are seen here: a call of
   * Node costs more than most texts. The bytes are put together first, so that ASCII is asked once
   * for all of them.
   */
  function isText(end: number): boolean {
    const held = bytes;
    let together = 0;
    for (let place = at; place < end; place += 1) together |= held[place] ?? 0;
    return together < continueBit || isPairs(held, end);
  }

  function isPairs(held: Buffer, end: number): boolean {
    for (let place = at; place < end; place += 1) {
      const byte = held[place] ?? 0;
      if (byte < continueBit) continue;
      place += 1;
      const isPair = byte >= minPairLead && byte <= maxPairLead && place < end;
      if (!isPair || ((held[place] ?? 0) & tailMask) !== continueBit) {
        return isUtf8(held.subarray(at, end));
      }
    }
    return true;
  }

  function note(field: number, end: number): void {
    if (count * placeInts === places.length) {
      const larger = new Int32Array(places.length * 2);
      larger.set(places);
      places = larger;
    }
    places[count * placeInts] = field;
    places[count * placeInts + 1] = at;
    places[count * placeInts + 2] = end;
    count += 1;
  }

  function passOne({ symbols, field }: Step): boolean {
    const length = readLength();
    if (length < 0) return false;
    if (symbols > 0) return length < symbols;
    const end = at + length;
    if (end > limit) return false;
    if (field !== unwanted) note(field, end);
    else if (!isText(end)) return false;
    at = end;
    return true;
  }

  /** One block of items and the zero behind it, or just the zero; each item has a byte at least. */
  function passArray(step: Step): boolean {
    const items = readLength();
    if (items <= 0) return items === 0;
    for (let left = items; left > 0; left -= 1) if (!passOne(step)) return false;
    return readLength() === 0;
  }

  function pass(step: Step): boolean {
    switch (step.kind) {
      case 'one':
        return passOne(step);
      case 'optional': {
        if (at >= limit) return false;
        const branch = bytes[at];
        at += 1;
        return branch === nullBranch || (branch === valueBranch && passOne(step));
      }
      case 'array':
        return passArray(step);
    }
  }

  return {
    find(holder, start, end) {
      bytes = holder;
      at = start;
      limit = end;
      count = 0;
      for (const step of steps) if (!pass(step)) return unknown;
      return at === limit ? count : unknown;
    },
    places: () => places,
  };
}
