import type { ApiKey } from '../../runtime/config.ts';
import { configuredKeys } from '../http/configured-keys.ts';
import type { Identify } from '../http/identity.ts';
import type { KeyCheck } from './key-check.ts';
import type { QuotaCheck } from './quotas.ts';

/**
 * Finds out whose secret it is: first among API_KEYS, which need no PostgreSQL, then among the keys
 * that were made here, whose request is counted.
 */
export function identifyKeys(options: {
  readonly apiKeys: readonly ApiKey[];
  readonly keys: KeyCheck;
  readonly quotas: QuotaCheck;
}): Identify {
  const { keys, quotas } = options;
  const ownerOf = configuredKeys(options.apiKeys);
  return async (secret) => {
    const owner = ownerOf(secret);
    if (owner) return { ok: true, value: owner };
    const identity = await keys.identityOf(secret);
    const problem = identity ? await quotas.request(identity) : null;
    return problem ? { ok: false, problem } : { ok: true, value: identity };
  };
}
