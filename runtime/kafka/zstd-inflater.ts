import { createZstdDecompress, type ZstdDecompress } from 'node:zlib';

/**
 * One zstd context that is used again and again. `zstdDecompress` makes one for each call, with new
 * memory for its output, which V8 counts: reading a table, it collected everything three times as
 * often.
 */
type Context = {
  readonly stream: Stream;
  /** What came out of the frame in hand. */
  pieces: Buffer[];
  bytes: number;
  failure: Error | null;
};
/** Documented for deflate only, but all of node:zlib has it. */
type Stream = ZstdDecompress & { reset(): void };

/** A batch of a mebibyte, which is what brokers take, comes out in one piece when it is text. */
const pieceBytes = 4 * 1024 * 1024;
/** As many as the pool of node:zlib has threads; who comes next waits for one. */
const maxContexts = 4;

const idle: Context[] = [];
const waiting: ((context: Context) => void)[] = [];
let contexts = 0;

function openContext(maxBytes: number): Context {
  const stream = createZstdDecompress({ chunkSize: pieceBytes }) as Stream;
  const context: Context = { stream, pieces: [], bytes: 0, failure: null };
  stream.on('data', (piece: Buffer) => {
    context.bytes += piece.length;
    if (context.bytes <= maxBytes) context.pieces.push(piece);
    else if (context.failure === null) {
      context.failure = new RangeError(`a batch is larger than ${maxBytes} bytes`);
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

async function takeContext(maxBytes: number): Promise<Context> {
  const free = idle.pop();
  if (free) return free;
  if (contexts >= maxContexts) return new Promise((resolve) => waiting.push(resolve));
  contexts += 1;
  return openContext(maxBytes);
}

function giveBack(context: Context): void {
  const next = waiting.shift();
  if (next) next(context);
  else idle.push(context);
}

function write(context: Context, frame: Buffer): Promise<void> {
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

/** What came out, in one, so that the memory it lies in is free for the next frame. */
function takeOutput(context: Context, memoryFor: (bytes: number) => Buffer): Buffer {
  const { pieces, bytes, stream } = context;
  const output = memoryFor(bytes).subarray(0, bytes);
  pieces.reduce((at, piece) => at + piece.copy(output, at), 0);
  context.pieces = [];
  context.bytes = 0;
  // Half a frame must not be the beginning of the next one.
  stream.reset();
  // As in batch-compressor.ts: with another Node than the pinned one it costs time and no more.
  (stream as { _outOffset?: number })._outOffset = 0;
  return output;
}

/**
 * Inflates a frame of zstd off the main thread, into memory that `memoryFor` has. Rejects when it
 * is damaged or more than `maxBytes`, of which all callers say the same.
 */
export async function inflateZstd(
  frame: Buffer,
  maxBytes: number,
  memoryFor: (bytes: number) => Buffer,
): Promise<Buffer> {
  const context = await takeContext(maxBytes);
  const { stream } = context;
  const end = stream.bytesWritten + frame.length;
  try {
    await write(context, frame);
    return takeOutput(context, memoryFor);
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    // What follows a frame is not read, and node:zlib takes it for the end of the stream.
    if (stream.bytesWritten !== end) stream.destroy();
    giveBack(stream.destroyed ? openContext(maxBytes) : context);
  }
}
