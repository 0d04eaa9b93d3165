import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A new id that sorts by its time (UUID v7, RFC 9562 section 5.7). */
export const newId = (nowMs: number): string => v7({ msecs: nowMs });

/** 256 bits: nobody guesses it, so its plain hash can be stored without a salt. */
const secretBytes = 32;

/** A new secret of 43 characters, base64url. */
export const newSecret = (): string => randomBytes(secretBytes).toString('base64url');
