import { createZstdDecompress, type ZstdDecompress } from 'node:zlib';
import type { MemoryFor } from './batch-memory.ts';
import { type Context, createContexts, takeOutput } from './zstd-contexts.ts';

/**
 * `zstdDecompress` makes a context for each call, with new memory for its output, which V8 counts:
 * reading a table, it collected everything three times as often.
 */
type Inflating = Context<Stream> & {
  /** How much came out of the frame in hand, and how much may. */
  bytes: number;
  maxBytes: number;
  failure: Error | null;
};
/** Documented for deflate only, but all of node:zlib has it. */
type Stream = ZstdDecompress & { reset(): void };

/** A batch of a mebibyte, which is what brokers take, comes out in one piece when it is text. */
const pieceBytes = 4 * 1024 * 1024;

function openContext(): Inflating {
  const stream = createZstdDecompress({ chunkSize: pieceBytes }) as Stream;
  const context: Inflating = { stream, pieces: [], bytes: 0, maxBytes: 0, failure: null };
  stream.on('data', (piece: Buffer) => {
    context.bytes += piece.length;
    if (context.bytes <= context.maxBytes) context.pieces.push(piece);
    else if (context.failure === null) {
      context.failure = new RangeError(`a batch is larger than ${context.maxBytes} bytes`);
      context.pieces = [];
      // Not at once: node:zlib is in the middle of this piece and goes on with its handle.
      process.nextTick(() => stream.destroy());
    }
  });
  stream.on('error', (error) => {
    context.failure ??= error;
  });
  return context;
}

const contexts = createContexts(openContext);

function write(context: Inflating, frame: Buffer): Promise<void> {
  const { stream } = context;
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      stream.off('close', settle);
      const failure = context.failure ?? error;
      if (failure) reject(failure);
      else resolve();
    };
    // A stream that was destroyed may forget to answer a write.
    stream.once('close', settle);
    stream.write(frame, settle);
  });
}

/**
 * Inflates a frame of zstd off the main thread, into memory that `memoryFor` has. Rejects when it
 * is damaged or more than `maxBytes`.
 */
export async function inflateZstd(
  frame: Buffer,
  maxBytes: number,
  memoryFor: MemoryFor,
): Promise<Buffer> {
  const context = await contexts.take();
  const { stream } = context;
  const end = stream.bytesWritten + frame.length;
  context.bytes = 0;
  context.maxBytes = maxBytes;
  try {
    await write(context, frame);
    // Half a frame must not be the beginning of the next one.
    stream.reset();
    return takeOutput(context, memoryFor);
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    // What follows a frame is not read, and node:zlib takes it for the end of the stream.
    if (stream.bytesWritten !== end) stream.destroy();
    contexts.giveBack(context);
  }
}
