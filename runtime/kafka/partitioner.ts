const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;
const rotation = 24;
const wordBytes = 4;
const positiveMask = 0x7fffffff;

/** Murmur2 of Kafka's Java client (`Utils.murmur2`), as a signed 32-bit number. */
export function murmur2(bytes: Buffer, start = 0, stop = bytes.length): number {
  const length = stop - start;
  let hash = seed ^ length;
  const end = stop - (length % wordBytes);
  for (let at = start; at < end; at += wordBytes) {
    let word = Math.imul(bytes.readInt32LE(at), multiplier);
    word = Math.imul(word ^ (word >>> rotation), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  const rest = stop - end;
  if (rest > 0) {
    let tail = 0;
    for (let i = rest - 1; i >= 0; i -= 1) tail = (tail << 8) | (bytes[end + i] ?? 0);
    hash = Math.imul(hash ^ tail, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition that every Java producer chooses for a key with this murmur2. */
export const partitionOfHash = (hash: number, partitions: number): number =>
  (hash & positiveMask) % partitions;

/** The partition that every Java producer chooses for this key. */
export function partitionOf(key: Buffer, partitions: number): number {
  return partitionOfHash(murmur2(key), partitions);
}
