import { hash as hashOf, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../../runtime/config.ts';
import { type Identity, scopes } from './identity.ts';

const sha256 = (text: string) => hashOf('sha256', text, 'buffer');

/**
 * Whose secret of API_KEYS it is, or null. Hashes of equal length are compared, and always all of
 * them, so that the time says nothing about a secret. These keys may do everything.
 */
export function configuredKeys(keys: readonly ApiKey[]): (secret: string) => Identity | null {
  const known = keys.map(({ name, secret }) => ({
    identity: { kind: 'key', id: name, name, scopes: new Set(scopes) } as const,
    hash: sha256(secret),
  }));
  return (secret) => {
    const hash = sha256(secret);
    let found: Identity | null = null;
    for (const key of known) {
      if (timingSafeEqual(key.hash, hash)) found = key.identity;
    }
    return found;
  };
}
