import { type Identity, type Quotas, type Scope, scopes } from '../http/identity.ts';
import { secretPattern } from './api-keys.ts';
import type { Credentials } from './credentials.ts';
import { secretHash } from './secret-hash.ts';

/** Looks keys up by their secrets. */
export type KeyCheck = {
  /** Whose secret it is; null: nobody's, or the key ended. CREDENTIALS_UNAVAILABLE. */
  identityOf(secret: string): Promise<Identity | null>;
};

/**
 * For so long a key that was found is not looked up again: a revoked one works at most this much
 * longer, in each gateway. One that was not found is looked up every time, so a new one works now.
 */
export const keyCacheMs = 5000;
/** Of keys in use at the same time; the one that was found first makes room. */
const maxCached = 1000;
/** That a key is used is noted once in this time. */
const touchMs = 60_000;

type KeyRow = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly requestsPerMinute: number | null;
  readonly notificationsPerDay: number | null;
  readonly expiresAt: Date | null;
};

type Cached = { readonly found: Promise<Identity | null>; readonly untilMs: number };

/** A scope that this release does not know is no right here. */
const known = (given: readonly string[]): ReadonlySet<Scope> =>
  new Set(scopes.filter((scope) => given.includes(scope)));

function quotasOf({ requestsPerMinute, notificationsPerDay }: KeyRow): Quotas | null {
  if (requestsPerMinute === null && notificationsPerDay === null) return null;
  return { requestsPerMinute, notificationsPerDay };
}

async function lookUp({ database, clock }: Credentials, hash: string): Promise<KeyRow | null> {
  const nowMs = clock.nowMs();
  const now = new Date(nowMs);
  const [row] = await database.query<KeyRow>`
    with found as (
      select * from gateway.api_keys
      where secret_hash = ${hash} and revoked_at is null
        and (expires_at is null or expires_at > ${now})),
    touched as (
      update gateway.api_keys set last_used_at = ${now}
      where key_id in (select key_id from found
        where last_used_at is null or last_used_at < ${new Date(nowMs - touchMs)}))
    select key_id as id, name, scopes, requests_per_minute as "requestsPerMinute",
      notifications_per_day as "notificationsPerDay", expires_at as "expiresAt"
    from found`;
  return row ?? null;
}

/** Remembers keys by their hashes for a bounded time; requests at the same time share a look-up. */
export function openKeyCheck(credentials: Credentials): KeyCheck {
  const { clock } = credentials;
  const cached = new Map<string, Cached>();

  function remember(hash: string): Promise<Identity | null> {
    const nowMs = clock.nowMs();
    const found = lookUp(credentials, hash).then((row) => {
      if (!row) cached.delete(hash);
      const end = row?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
      if (row && end < nowMs + keyCacheMs) cached.set(hash, { found, untilMs: end });
      if (!row) return null;
      const { id, name } = row;
      return { kind: 'key', id, name, scopes: known(row.scopes), quotas: quotasOf(row) } as const;
    });
    found.catch(() => cached.delete(hash));
    const oldest = cached.keys().next();
    if (cached.size >= maxCached && !oldest.done) cached.delete(oldest.value);
    cached.delete(hash);
    cached.set(hash, { found, untilMs: nowMs + keyCacheMs });
    return found;
  }

  return {
    async identityOf(secret) {
      if (!secretPattern.test(secret)) return null;
      const hash = secretHash(secret);
      const entry = cached.get(hash);
      return entry && entry.untilMs > clock.nowMs() ? entry.found : remember(hash);
    },
  };
}
