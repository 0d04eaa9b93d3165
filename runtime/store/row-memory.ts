import {
  type Block,
  blockNumberOf,
  byteOf,
  createByteArena,
  doubleOf,
  wordOf,
} from './byte-arena.ts';
import { createRowView, type RowView } from './row-view.ts';

/** Rows by number, with their bytes in an arena and a hash table from key to number. */
export type RowMemory = {
  /** The number of the row with this key, or -1. */
  find(bytes: Buffer, start: number, end: number, hash: number): number;
  /** Writes a row under a number of the caller's choice. */
  put(row: number, change: RowChange): void;
  remove(row: number): void;
  view(row: number, into: RowView): void;
  isLive(row: number): boolean;
  hashOf(row: number): number;
  wordsOf(row: number): number[];
  hasWord(row: number, word: number): boolean;
  compareKeys(a: number, b: number): number;
  compareKeyTo(row: number, key: Buffer): number;
  /** A number that no row has; lower ones that were given back first. */
  takeNumber(): number;
  /** One more than the highest number that was ever taken. */
  numbers(): number;
  giveBack(rows: readonly number[]): void;
  /**
   * Lays rows down anew in this order, so that walking over them in it walks through memory. Each
   * call of the answer moves so many of them on, and says whether some are left. Changes may come
   * between, and views stay true.
   */
  arrange(rows: Uint32Array): (count: number) => boolean;
  size(): number;
  heldBytes(): number;
};

/**
 * One change: a row, or its deletion. Key and value lie anywhere in the bytes, which are copied:
 * the object and what it points at may be used again after the call that it is given to.
 */
export type RowChange = {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  /** -1: the row is deleted. */
  readonly valueEnd: number;
  /** Murmur2 of the key. */
  readonly hash: number;
  readonly offset: number;
  /** What the row is found by: numbers of the store's word table, each once. */
  readonly words: readonly number[];
};

/*
 * A piece of the arena: row number, length of the value, offset (a double), hash, then lengths of
 * key and word list in one word, the words, the key, the value.
 */
const headWords = 6;
const headBytes = headWords * 4;
const wordBytes = 4;
const halfBits = 16;
const halfMask = 0xffff;
const minSlots = 64;
/** Fibonacci hashing: spreads keys that share their low bits, as those of one partition do. */
const spread = 0x9e3779b1;
const hashBits = 32;
const dead = 0xffffffff;

/** Opens an empty memory. */
export function createRowMemory(): RowMemory {
  const arena = createByteArena();
  let addresses = new Uint32Array(minSlots).fill(dead);
  /** Of each row, what its piece says too: looking for a row then touches the piece it finds. */
  let hashes = new Int32Array(minSlots);
  let slots = new Uint32Array(minSlots);
  let shift = hashBits - Math.log2(minSlots);
  let count = 0;
  let nextNumber = 0;
  const free: number[] = [];

  const addressOf = (row: number) => addresses[row] ?? dead;
  const slotOf = (hash: number) => Math.imul(hash, spread) >>> shift;

  function pieceBytes(block: Block, word: number): number {
    const lengths = block.words[word + 5] ?? 0;
    const listed = (lengths & halfMask) * wordBytes;
    return headBytes + listed + (lengths >>> halfBits) + (block.words[word + 1] ?? 0);
  }
  const hashOf = (row: number) => hashes[row] ?? 0;

  function link(row: number, hash: number): void {
    let slot = slotOf(hash);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = row + 1;
  }
  function grow(): void {
    slots = new Uint32Array(slots.length * 2);
    shift -= 1;
    for (let row = 0; row < nextNumber; row += 1) {
      if (addressOf(row) !== dead) link(row, hashOf(row));
    }
  }
  /** Closes the gap by moving later rows of the same run back (Knuth 6.4, algorithm R). */
  function unlink(row: number): void {
    const mask = slots.length - 1;
    let gap = slotOf(hashOf(row));
    while (slots[gap] !== row + 1) gap = (gap + 1) & mask;
    for (let next = (gap + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = slotOf(hashOf((slots[next] ?? 0) - 1));
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      slots[gap] = slots[next] ?? 0;
      gap = next;
    }
    slots[gap] = 0;
  }

  /** Copies the piece of a row to the end of the arena. */
  function move(row: number, block: Block, bytes: number): void {
    const target = arena.allocate(bytes);
    const start = byteOf(addressOf(row));
    block.bytes.copy(arena.blockOf(target).bytes, byteOf(target), start, start + bytes);
    addresses[row] = target;
  }

  /** Moves those of the rows that lie in blocks before this one. */
  function moveOn(rows: Uint32Array, firstNew: number): void {
    for (const row of rows) {
      const address = addressOf(row);
      // Gone or written since: what is written since lies in new blocks already.
      if (address === dead || blockNumberOf(address) >= firstNew) continue;
      const block = arena.blockOf(address);
      move(row, block, pieceBytes(block, wordOf(address)));
    }
  }

  /** Moves what lives in a wasted block elsewhere and gives the block back. */
  function emptyBlock(wasted: number): void {
    arena.piecesOf(wasted, (address) => {
      const block = arena.blockOf(address);
      const bytes = pieceBytes(block, wordOf(address));
      const row = block.words[wordOf(address)] ?? 0;
      if (addressOf(row) === address) move(row, block, bytes);
      return bytes;
    });
    arena.drop(wasted);
  }

  function write(row: number, change: RowChange): void {
    const { bytes, keyStart, valueStart, hash, offset, words } = change;
    const keyBytes = change.keyEnd - keyStart;
    const valueBytes = change.valueEnd - valueStart;
    const listBytes = words.length * wordBytes;
    const address = arena.allocate(headBytes + listBytes + keyBytes + valueBytes);
    const block = arena.blockOf(address);
    const at = wordOf(address);
    block.words[at] = row;
    block.words[at + 1] = valueBytes;
    block.doubles[doubleOf(address) + 1] = offset;
    block.words[at + 4] = hash;
    block.words[at + 5] = (keyBytes << halfBits) | words.length;
    for (let index = 0; index < words.length; index += 1) {
      block.words[at + headWords + index] = words[index] ?? 0;
    }
    const keyAt = byteOf(address) + headBytes + listBytes;
    bytes.copy(block.bytes, keyAt, keyStart, keyStart + keyBytes);
    bytes.copy(block.bytes, keyAt + keyBytes, valueStart, valueStart + valueBytes);
    addresses[row] = address;
    hashes[row] = hash;
  }

  function freePiece(row: number): void {
    const address = addressOf(row);
    addresses[row] = dead;
    const bytes = pieceBytes(arena.blockOf(address), wordOf(address));
    if (arena.free(address, bytes)) emptyBlock(blockNumberOf(address));
  }

  function view(row: number, into: RowView): void {
    const address = addressOf(row);
    const block = arena.blockOf(address);
    const at = wordOf(address);
    const lengths = block.words[at + 5] ?? 0;
    into.block = block;
    into.row = row;
    into.hash = (block.words[at + 4] ?? 0) | 0;
    into.offset = block.doubles[doubleOf(address) + 1] ?? 0;
    into.keyStart = byteOf(address) + headBytes + (lengths & halfMask) * wordBytes;
    into.keyEnd = into.keyStart + (lengths >>> halfBits);
    into.valueEnd = into.keyEnd + (block.words[at + 1] ?? 0);
  }
  const one = createRowView();
  const other = createRowView();

  function hasKey(row: number, key: Buffer, start: number, end: number): boolean {
    view(row, one);
    if (one.keyEnd - one.keyStart !== end - start) return false;
    const { bytes } = one.block;
    for (let i = end - start - 1; i >= 0; i -= 1) {
      if (bytes[one.keyStart + i] !== key[start + i]) return false;
    }
    return true;
  }

  return {
    find(key, start, end, hash) {
      const mask = slots.length - 1;
      for (let slot = slotOf(hash); slots[slot] !== 0; slot = (slot + 1) & mask) {
        const row = (slots[slot] ?? 0) - 1;
        if (hashOf(row) === hash && hasKey(row, key, start, end)) return row;
      }
      return -1;
    },
    put(row, change) {
      const present = addressOf(row) !== dead;
      if (present) freePiece(row);
      write(row, change);
      if (!present) {
        count += 1;
        link(row, change.hash);
        if (count * 2 > slots.length) grow();
      }
    },
    remove(row) {
      unlink(row);
      freePiece(row);
      count -= 1;
    },
    view,
    isLive: (row) => addressOf(row) !== dead,
    hashOf,
    wordsOf(row) {
      const address = addressOf(row);
      const { words } = arena.blockOf(address);
      const at = wordOf(address);
      const end = at + headWords + ((words[at + 5] ?? 0) & halfMask);
      const listed: number[] = [];
      for (let i = at + headWords; i < end; i += 1) listed.push(words[i] ?? 0);
      return listed;
    },
    hasWord(row, word) {
      const address = addressOf(row);
      if (address === dead) return false;
      const { words } = arena.blockOf(address);
      const at = wordOf(address);
      const end = at + headWords + ((words[at + 5] ?? 0) & halfMask);
      for (let i = at + headWords; i < end; i += 1) if (words[i] === word) return true;
      return false;
    },
    compareKeys(a, b) {
      view(a, one);
      view(b, other);
      const bytes = other.block.bytes;
      return one.block.bytes.compare(bytes, other.keyStart, other.keyEnd, one.keyStart, one.keyEnd);
    },
    compareKeyTo(row, key) {
      view(row, one);
      return one.block.bytes.compare(key, 0, key.length, one.keyStart, one.keyEnd);
    },
    takeNumber() {
      const given = free.pop();
      if (given !== undefined) return given;
      if (nextNumber === addresses.length) {
        const larger = new Uint32Array(addresses.length * 2).fill(dead);
        larger.set(addresses);
        addresses = larger;
        const more = new Int32Array(larger.length);
        more.set(hashes);
        hashes = more;
      }
      nextNumber += 1;
      return nextNumber - 1;
    },
    numbers: () => nextNumber,
    giveBack(rows) {
      for (const row of rows) free.push(row);
    },
    arrange(rows) {
      const firstNew = arena.turnOver();
      let at = 0;
      return (count) => {
        moveOn(rows.subarray(at, at + count), firstNew);
        at += count;
        if (at < rows.length) return true;
        arena.dropBelow(firstNew);
        return false;
      };
    },
    size: () => count,
    heldBytes: () => arena.heldBytes() + addresses.byteLength * 2 + slots.byteLength,
  };
}
