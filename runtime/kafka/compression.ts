import { promisify } from 'node:util';
import { gunzip, zstdDecompressSync } from 'node:zlib';
import { VestnikError } from '../errors.ts';
import type { MemoryFor } from './batch-memory.ts';
import { compressionCodes } from './record-batch.ts';
import { inflateZstd } from './zstd-inflater.ts';

/**
 * No honest batch comes near: brokers take 1 MiB compressed by default. Without a bound a few
 * kilobytes of zeros could fill the memory. LZ4 and Snappy need none: their formats hold at most
 * 255 and 22 times their size.
 */
const maxOutputLength = 256 * 1024 * 1024;
const inflateGzip = promisify(gunzip);
/**
 * node:zlib comes back from its thread for every piece of output, and pieces are of 16 KiB unless
 * told: a batch of a mebibyte then cost seven times what it does in one piece. Text shrinks to a
 * fifth or so; memory that a piece does not fill is never touched.
 */
const expectedRatio = 6;
const pieceBytes = { least: 16 * 1024, most: 8 * 1024 * 1024 } as const;
/** Below this the way to another thread and back costs more than the work itself. */
const minAsideBytes = 16 * 1024;
/** What comes out of so little, as a rule. More is inflated aside: here all else would wait. */
const maxInlineOutputLength = 1024 * 1024;

/** How to inflate that many bytes, most often in one piece. */
function inOnePiece({ length }: Buffer) {
  const expected = Math.max(length * expectedRatio, pieceBytes.least);
  return { maxOutputLength, chunkSize: Math.min(expected, pieceBytes.most) };
}

/** The stream format of snappy-java (github.com/xerial/snappy-java, SnappyCodec.java). */
const xerialMagic = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0]);
/** The magic, a version and the oldest compatible version. */
const xerialHeadBytes = xerialMagic.length + 8;
const blockLengthBytes = 4;

/** Blocks as Java frames them; librdkafka sends one bare block. */
function* snappyBlocks(body: Buffer): Generator<Buffer> {
  if (!body.subarray(0, xerialMagic.length).equals(xerialMagic)) {
    yield body;
    return;
  }
  for (let at = xerialHeadBytes; at < body.length; ) {
    const start = at + blockLengthBytes;
    at = start + body.readUInt32BE(at);
    yield body.subarray(start, at);
  }
}

/** Loaded when the first such batch comes: most installations never read one. */
async function inflateSnappy(body: Buffer): Promise<Buffer> {
  const { uncompress } = await import('snappy');
  const blocks = [...snappyBlocks(body)].map(async (block) => {
    const inflated = await uncompress(block);
    return Buffer.isBuffer(inflated) ? inflated : Buffer.from(inflated);
  });
  return Buffer.concat(await Promise.all(blocks));
}

async function inflateLz4(body: Buffer): Promise<Buffer> {
  const { decompressFrame } = await import('lz4-napi');
  return decompressFrame(body);
}

/** Inflates little at once; null when it is more, or more comes out than all should wait for. */
function inflateInline(body: Buffer): Buffer | null {
  if (body.length >= minAsideBytes) return null;
  try {
    const options = { ...inOnePiece(body), maxOutputLength: maxInlineOutputLength };
    return zstdDecompressSync(body, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}

/** The records of a batch as they were before compression. Refuses a code that Kafka has not. */
export async function inflate(
  code: number,
  body: Buffer,
  memoryFor: MemoryFor = Buffer.allocUnsafeSlow,
): Promise<Buffer> {
  switch (code) {
    case compressionCodes.none:
      return body;
    case compressionCodes.gzip:
      return inflateGzip(body, inOnePiece(body));
    case compressionCodes.snappy:
      return inflateSnappy(body);
    case compressionCodes.lz4:
      return inflateLz4(body);
    case compressionCodes.zstd:
      return inflateInline(body) ?? inflateZstd(body, maxOutputLength, memoryFor);
    default:
      throw new VestnikError('KAFKA_PROTOCOL', `no compression has the code ${code}`);
  }
}
