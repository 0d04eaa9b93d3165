import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { VestnikError } from '../errors.ts';
import { compressionCodes } from './record-batch.ts';

/**
 * No honest batch comes near: brokers take 1 MiB compressed by default. Without a bound a few
 * kilobytes of zeros could fill the memory. LZ4 and Snappy need none: their formats hold at most
 * 255 and 22 times their size.
 */
const bounded = { maxOutputLength: 256 * 1024 * 1024 } as const;
const inflateGzip = promisify(gunzip);
const inflateZstd = promisify(zstdDecompress);

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

/** The records of a batch as they were before compression. Refuses a code that Kafka has not. */
export async function inflate(code: number, body: Buffer): Promise<Buffer> {
  switch (code) {
    case compressionCodes.none:
      return body;
    case compressionCodes.gzip:
      return inflateGzip(body, bounded);
    case compressionCodes.snappy:
      return inflateSnappy(body);
    case compressionCodes.lz4:
      return inflateLz4(body);
    case compressionCodes.zstd:
      return inflateZstd(body, bounded);
    default:
      throw new VestnikError('KAFKA_PROTOCOL', `no compression has the code ${code}`);
  }
}
