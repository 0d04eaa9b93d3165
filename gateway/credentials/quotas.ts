import type { Identity } from '../http/identity.ts';
import type { Problem } from '../http/problem.ts';
import type { Credentials } from './credentials.ts';

/** What keys may do in a window of time: a minute of requests, a day (UTC) of notifications. */
export type QuotaCheck = {
  /** Counts one request; a problem (429) when there were too many. */
  request(identity: Identity): Promise<Problem | null>;
  /** Counts people of one request, all or none; a problem when they are too many. */
  notifications(identity: Identity, people: People): Promise<Problem | null>;
};

/** Of a request: how many are listed, or that it is for an audience. */
export type People = { readonly listed: number } | 'audience';

type Quota = {
  readonly keyId: string;
  readonly kind: 'requests' | 'notifications';
  readonly limit: number;
  readonly windowMs: number;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Of the quota that a gateway takes at once, so that it asks PostgreSQL 20 times in a window. */
const leaseShare = 20;
/** Keys with quotas that are in use; there are at most as many keys. */
const maxLeases = 2000;

/** What this gateway may still give out of a window without asking. */
type Lease = { beginsAtMs: number; left: number; spent: boolean; asking: Promise<boolean> | null };

/**
 * Takes counts out of the window in PostgreSQL; false: there are not so many left. A gateway whose
 * clock is behind finds a later window and gets nothing out of it.
 */
async function take(
  { database }: Credentials,
  { keyId, kind, limit }: Quota,
  window: { readonly beginsAtMs: number; readonly count: number },
): Promise<boolean> {
  const { beginsAtMs, count } = window;
  const taken = await database.query`
    insert into gateway.quota_windows as had (key_id, quota, begins_at, used)
    values (${keyId}, ${kind}, ${new Date(beginsAtMs)}, ${count})
    on conflict (key_id, quota) do update set
      begins_at = excluded.begins_at,
      used = case when had.begins_at = excluded.begins_at then had.used else 0 end + excluded.used
    where had.begins_at < excluded.begins_at
      or (had.begins_at = excluded.begins_at and had.used + excluded.used <= ${limit}::int)
    returning used`;
  return taken.length > 0;
}

/**
 * Quotas are exact upwards: in a window nobody gets more than the quota, however many gateways
 * there are. Each takes a twentieth at a time and gives it out without asking; what it has not
 * given out when the window ends is lost, so near its end a key can get so much less.
 */
export function openQuotaCheck(credentials: Credentials): QuotaCheck {
  const { clock } = credentials;
  const leases = new Map<string, Lease>();

  function leaseOf({ keyId, kind, windowMs }: Quota): Lease {
    const beginsAtMs = Math.floor(clock.nowMs() / windowMs) * windowMs;
    const name = `${kind} ${keyId}`;
    const had = leases.get(name);
    if (had?.beginsAtMs === beginsAtMs) return had;
    const lease: Lease = { beginsAtMs, left: 0, spent: false, asking: null };
    const oldest = leases.keys().next();
    if (leases.size >= maxLeases && !oldest.done) leases.delete(oldest.value);
    leases.delete(name);
    leases.set(name, lease);
    return lease;
  }

  /** As much as a lease holds, or else what is needed now. */
  async function ask(quota: Quota, lease: Lease, needed: number): Promise<boolean> {
    const { beginsAtMs } = lease;
    const usual = Math.max(needed, Math.ceil(quota.limit / leaseShare));
    for (const count of new Set([usual, needed])) {
      if (await take(credentials, quota, { beginsAtMs, count })) {
        lease.left += count;
        return true;
      }
    }
    lease.spent ||= needed === 1;
    return false;
  }

  async function spend(quota: Quota, count: number): Promise<Problem | null> {
    if (count > quota.limit) return tooMany(quota, clock.nowMs());
    for (;;) {
      const lease = leaseOf(quota);
      if (lease.left >= count) {
        lease.left -= count;
        return null;
      }
      if (lease.spent) return tooMany(quota, clock.nowMs());
      // Whoever finds somebody asking waits for it, and looks again.
      if (lease.asking) await lease.asking;
      else {
        lease.asking = ask(quota, lease, count);
        const got = await lease.asking.finally(() => {
          lease.asking = null;
        });
        if (!got) return tooMany(quota, clock.nowMs());
      }
    }
  }

  return {
    async request({ id: keyId, quotas }) {
      const limit = quotas?.requestsPerMinute ?? null;
      if (limit === null) return null;
      return spend({ keyId, kind: 'requests', limit, windowMs: minuteMs }, 1);
    },
    async notifications({ id: keyId, quotas }, people) {
      const limit = quotas?.notificationsPerDay ?? null;
      if (limit === null) return null;
      if (people === 'audience') return noAudience;
      return spend({ keyId, kind: 'notifications', limit, windowMs: dayMs }, people.listed);
    },
  };
}

const noAudience: Problem = {
  status: 403,
  detail: 'This API key has a quota of notifications: it may name people, but no audience.',
};

function tooMany({ kind, limit, windowMs }: Quota, nowMs: number): Problem {
  const endsAtMs = (Math.floor(nowMs / windowMs) + 1) * windowMs;
  const span = kind === 'requests' ? 'minute' : 'day (UTC)';
  return {
    status: 429,
    detail: `The quota of this API key is ${limit} ${kind} in a ${span}. It is used up.`,
    retryAfterS: Math.ceil((endsAtMs - nowMs) / 1000),
  };
}
