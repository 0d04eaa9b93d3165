import type { ZstdCompress, ZstdDecompress } from 'node:zlib';
import type { MemoryFor } from './batch-memory.ts';

/** A zstd context that is used again and again, and what came out of the frame in hand. */
export type Context<S extends ZstdCompress | ZstdDecompress> = {
  readonly stream: S;
  pieces: Buffer[];
};

/** As many as the pool of node:zlib has threads; who comes next waits for one. */
const maxContexts = 4;

/** Contexts that are opened as they are needed; one that is destroyed is replaced. */
export function createContexts<C extends Context<ZstdCompress | ZstdDecompress>>(open: () => C) {
  const idle: C[] = [];
  const waiting: ((context: C) => void)[] = [];
  let opened = 0;
  return {
    async take(): Promise<C> {
      const free = idle.pop();
      if (free) return free;
      if (opened >= maxContexts) return new Promise((resolve) => waiting.push(resolve));
      opened += 1;
      return open();
    },
    giveBack(context: C): void {
      const usable = context.stream.destroyed ? open() : context;
      const next = waiting.shift();
      if (next) next(usable);
      else idle.push(usable);
    },
  };
}

/** What came out, in one, so that the memory it lies in is free for the next frame. */
export function takeOutput(
  context: Context<ZstdCompress | ZstdDecompress>,
  memoryFor: MemoryFor,
): Buffer {
  const { pieces } = context;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const output = memoryFor(length).subarray(0, length);
  pieces.reduce((at, piece) => at + piece.copy(output, at), 0);
  context.pieces = [];
  // Where node:zlib writes its next output: it would ask for a new piece when this one is full.
  // With another Node than the pinned one this may do nothing, which costs time and no more.
  (context.stream as { _outOffset?: number })._outOffset = 0;
  return output;
}
