import { isUtf8 } from 'node:buffer';
import avro from 'avsc';

/** The private parts of avsc 5.7.9 that the guard works on; pinned exactly for this reason. */
type Tap = {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  readString(): string;
  readBytes(): Buffer;
  skipLong(): void;
  skipString(): void;
};
type Item = { _read(tap: Tap): unknown; _skip(tap: Tap): void };
type Collection = { itemsType: Item; valuesType: Item };

function refuse(tap: Tap, count: number): void {
  if (tap.pos > tap.buf.length || count > tap.buf.length) {
    throw new Error('a collection claims more items than the record has bytes');
  }
}

/** Calls `each` for every item of an array or map; blocks may carry their size in bytes. */
function forEachItem(tap: Tap, each: () => void): void {
  let total = 0;
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count < 0) {
      count = -count;
      tap.skipLong();
    }
    total += count;
    refuse(tap, total);
    for (; count > 0; count -= 1) {
      each();
      refuse(tap, 0);
    }
  }
}

/** What invalid UTF-8 is replaced by, and what a text may hold in its own right. */
const replacement = '\uFFFD';

/** The text at this place, which ends beyond the bytes when these end too early. */
function readText(tap: Tap): string {
  const from = tap.pos;
  const text = tap.readString() as string | undefined;
  if (!text?.includes(replacement)) return text ?? '';
  tap.pos = from;
  if (!isUtf8(tap.readBytes())) throw new Error('a text is not valid UTF-8');
  return text;
}

let guarded = false;

/**
 * avsc trusts the count in front of an array or a map: a record of five bytes that claims a
 * billion items ends the process, and one of a hundred million blocks it for seconds. Here
 * reading stops as soon as the count exceeds the bytes there are. Arrays of items without bytes
 * (null, empty records) would be refused too, so our schemas have none. It also replaces what is
 * no UTF-8 by other letters, and so makes one word of two: here that is refused.
 */
export function guardAvro(): void {
  if (guarded) return;
  guarded = true;
  const array = (avro.types.ArrayType as unknown as { prototype: object }).prototype;
  const map = (avro.types.MapType as unknown as { prototype: object }).prototype;
  const string = (avro.types.StringType as unknown as { prototype: object }).prototype;
  Object.assign(string, {
    _read: (tap: Tap) => readText(tap),
  });
  Object.assign(array, {
    _read(this: Collection, tap: Tap) {
      const items: unknown[] = [];
      forEachItem(tap, () => items.push(this.itemsType._read(tap)));
      return items;
    },
    _skip(this: Collection, tap: Tap) {
      forEachItem(tap, () => this.itemsType._skip(tap));
    },
  });
  Object.assign(map, {
    _read(this: Collection, tap: Tap) {
      const values: Record<string, unknown> = {};
      forEachItem(tap, () => {
        const key = tap.readString();
        values[key] = this.valuesType._read(tap);
      });
      return values;
    },
    _skip(this: Collection, tap: Tap) {
      forEachItem(tap, () => {
        tap.skipString();
        this.valuesType._skip(tap);
      });
    },
  });
}
