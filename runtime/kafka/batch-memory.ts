/**
 * Memory for batches and what they are compressed to, used again and again. V8 counts memory
 * outside its heap and starts a collection of everything for each eight megabytes that are asked
 * for: five a second in a fan-out, a fifth of all it cost.
 */

/** Each four times the one before: what grows is copied four times at most. */
const sizesBytes = [16 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024] as const;
/** Bounds what is kept for later: about what four partitions of a fan-out have in hand. */
const maxIdleBytes = 64 * 1024 * 1024;

const idle: Buffer[][] = sizesBytes.map(() => []);
let idleBytes = 0;
/** What was borrowed, by the memory itself: most often only a part of it is given back. */
const lent = new WeakMap<ArrayBufferLike, Buffer>();

const sizeFor = (bytes: number) => sizesBytes.findIndex((size) => size >= bytes);

/** Where something is written to: memory of at least so many bytes. */
export type MemoryFor = (bytes: number) => Buffer;

/** Memory of at least so many bytes, with whatever was written to it before. */
export function borrowMemory(bytes: number): Buffer {
  const size = sizeFor(bytes);
  if (size < 0) return Buffer.allocUnsafeSlow(bytes);
  const kept = idle[size]?.pop();
  idleBytes -= kept?.length ?? 0;
  const memory = kept ?? Buffer.allocUnsafeSlow(sizesBytes[size] ?? bytes);
  lent.set(memory.buffer, memory);
  return memory;
}

/**
 * Takes memory back at which nobody looks any more, whole or a part of it. What was not borrowed is
 * left alone.
 */
export function giveMemoryBack({ buffer }: Buffer): void {
  const memory = lent.get(buffer);
  if (!memory) return;
  lent.delete(buffer);
  if (idleBytes + memory.length > maxIdleBytes) return;
  idle[sizeFor(memory.length)]?.push(memory);
  idleBytes += memory.length;
}
