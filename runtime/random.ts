import { randomBytes, randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const bytesPerId = 16;
/** Asking for random bytes costs the same for many as for few, several microseconds. */
const idsPerPool = 256;
const pool = new Uint8Array(idsPerPool * bytesPerId);
let used = pool.length;

function bytesOfId(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesPerId;
  return pool.subarray(used - bytesPerId, used);
}

/** A new id that sorts by its time (UUID v7, RFC 9562 section 5.7). */
export const newId = (nowMs: number): string => v7({ msecs: nowMs, random: bytesOfId() });

/** 256 bits: nobody guesses it, so its plain hash can be stored without a salt. */
const secretBytes = 32;

/** A new secret of 43 characters, base64url. */
export const newSecret = (): string => randomBytes(secretBytes).toString('base64url');
