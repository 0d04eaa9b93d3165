/**
 * Memory for many small pieces outside the JavaScript heap, where a million rows would cost a
 * million objects. A piece has an address that counts units of eight bytes, so that 32 bits of
 * address reach 32 GiB.
 */
export type ByteArena = {
  /** A new piece, not zeroed. Larger than a block: RangeError. */
  allocate(bytes: number): number;
  /**
   * The piece is not needed any more. Its bytes stay as they are for whoever still looks at them.
   * Answers whether its block is now worth emptying.
   */
  free(address: number, bytes: number): boolean;
  blockOf(address: number): Block;
  /** Calls `each` with the address of every piece that was ever allocated in a block, in order. */
  piecesOf(block: number, each: (address: number) => number): void;
  /** Gives a block back whose pieces have all been freed or moved. */
  drop(block: number): void;
  /** What is allocated from now on lies in new blocks; answers the number of the first of them. */
  turnOver(): number;
  /** Gives all blocks below a number back. */
  dropBelow(block: number): void;
  /** Bytes of all blocks, live or wasted. */
  heldBytes(): number;
};

/** Three views of the same bytes. */
export type Block = {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
};

const unitBytes = 8;
/** 16 MiB: larger blocks take longer to empty, smaller ones are more to keep track of. */
const unitsPerBlockLog2 = 21;
const unitsPerBlock = 2 ** unitsPerBlockLog2;
const unitMask = unitsPerBlock - 1;
/** The first block. Each next one is twice as large, up to the limit: a small table stays small. */
const firstBlockUnits = 8192;
/** A block is emptied when this share of it is waste: each byte is then moved once on average. */
const worthEmptyingShare = 0.5;

/** The byte in its block at which a piece begins. */
export const byteOf = (address: number): number => (address & unitMask) * unitBytes;
/** The index in the block's `words` at which a piece begins. */
export const wordOf = (address: number): number => (address & unitMask) * 2;
/** The index in the block's `doubles` at which a piece begins. */
export const doubleOf = (address: number): number => address & unitMask;

/** The number of the block that a piece lies in. */
export const blockNumberOf = (address: number): number => address >>> unitsPerBlockLog2;

const unitsOf = (bytes: number) => Math.ceil(bytes / unitBytes);

function createBlock(units: number): Block {
  const memory = new ArrayBuffer(units * unitBytes);
  return {
    bytes: Buffer.from(memory),
    words: new Uint32Array(memory),
    doubles: new Float64Array(memory),
  };
}

/** Opens an empty arena. Blocks are never used twice, so a view of a freed piece stays true. */
export function createByteArena(): ByteArena {
  const blocks: (Block | null)[] = [];
  const usedUnits: number[] = [];
  const wastedUnits: number[] = [];
  let current = -1;
  let currentUnits = firstBlockUnits / 2;
  let heldUnits = 0;

  const numberIn = (list: readonly number[], block: number) => list[block] ?? 0;
  const unitsHeldBy = (block: number) => blocks[block]?.doubles.length ?? 0;

  function openBlock(neededUnits: number): void {
    const left = currentUnits - numberIn(usedUnits, current);
    if (current >= 0) wastedUnits[current] = numberIn(wastedUnits, current) + left;
    currentUnits = Math.max(neededUnits, Math.min(currentUnits * 2, unitsPerBlock));
    blocks.push(createBlock(currentUnits));
    usedUnits.push(0);
    wastedUnits.push(0);
    heldUnits += currentUnits;
    current = blocks.length - 1;
  }

  function drop(block: number): void {
    heldUnits -= unitsHeldBy(block);
    blocks[block] = null;
  }

  return {
    allocate(bytes) {
      const units = unitsOf(bytes);
      if (units > unitsPerBlock) throw new RangeError(`${bytes} bytes do not fit in a block`);
      const full = current < 0 || numberIn(usedUnits, current) + units > currentUnits;
      if (full) openBlock(units);
      const at = numberIn(usedUnits, current);
      usedUnits[current] = at + units;
      return current * unitsPerBlock + at;
    },
    free(address, bytes) {
      const block = blockNumberOf(address);
      const wasted = numberIn(wastedUnits, block) + unitsOf(bytes);
      wastedUnits[block] = wasted;
      return block !== current && wasted >= unitsHeldBy(block) * worthEmptyingShare;
    },
    blockOf(address) {
      const block = blocks[blockNumberOf(address)];
      if (!block) throw new RangeError(`address ${address} was given back`);
      return block;
    },
    piecesOf(block, each) {
      const end = numberIn(usedUnits, block);
      for (let at = 0; at < end; ) at += unitsOf(each(block * unitsPerBlock + at));
    },
    drop,
    turnOver() {
      openBlock(0);
      return current;
    },
    dropBelow(end) {
      for (let block = 0; block < end; block += 1) drop(block);
    },
    heldBytes: () => heldUnits * unitBytes,
  };
}
