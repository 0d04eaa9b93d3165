import { v7 } from 'uuid';

/** A new id that sorts by its time (UUID v7, RFC 9562 section 5.7). */
export const newId = (nowMs: number): string => v7({ msecs: nowMs });
