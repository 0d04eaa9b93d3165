import { crc32c as signedCrc32c } from '@node-rs/crc32';

/** CRC-32C (RFC 3720, B.4) as an unsigned number: what Kafka's batches and our files carry. */
export const crc32c = (bytes: Buffer): number => signedCrc32c(bytes) >>> 0;
