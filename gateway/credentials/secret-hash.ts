import { hash } from 'node:crypto';

/** What is stored of a secret of 256 bits, and found again: SHA-256 in hexadecimal. */
export const secretHash = (secret: string): string => hash('sha256', secret, 'hex');
