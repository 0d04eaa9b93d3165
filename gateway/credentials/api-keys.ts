import { auditEntry } from '../audit.ts';
import type { Identity, Scope } from '../http/identity.ts';
import { badRequest, notFound, type Outcome, type Problem } from '../http/problem.ts';
import { nameProblem } from './account-name.ts';
import type { Credentials } from './credentials.ts';
import { secretHash } from './secret-hash.ts';

/** An API key without its secret, which nobody but its owner has. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: as many as there are. */
  readonly requestsPerMinute: number | null;
  /** In a day of UTC. A key that has this names people, no audience. */
  readonly notificationsPerDay: number | null;
  /** Name of who made it. */
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** To the minute. */
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
};

/** What a new key is to be. */
export type WantedKey = Pick<
  ApiKey,
  'name' | 'scopes' | 'requestsPerMinute' | 'notificationsPerDay' | 'expiresAtMs'
>;

/** With a prefix, so that scanners of code find a key that somebody published. */
const secretPrefix = 'vst_';
/** What can be a secret of ours; nothing else is looked up. */
export const secretPattern = /^vst_[A-Za-z0-9_-]{43}$/;
/** Services that may ask; also bounds what a list of them shows. */
const maxKeys = 1000;

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });

type KeyRow = Omit<ApiKey, 'createdAtMs' | 'expiresAtMs' | 'lastUsedAtMs' | 'revokedAtMs'> & {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
};

function keyOf({ createdAt, expiresAt, lastUsedAt, revokedAt, ...row }: KeyRow): ApiKey {
  return {
    ...row,
    createdAtMs: createdAt.getTime(),
    expiresAtMs: expiresAt?.getTime() ?? null,
    lastUsedAtMs: lastUsedAt?.getTime() ?? null,
    revokedAtMs: revokedAt?.getTime() ?? null,
  };
}

/** A key cannot grant what it has not, nor end in the past. */
function problemWith(wanted: WantedKey, asker: Identity, nowMs: number): Problem | null {
  const lacking = wanted.scopes.filter((scope) => !asker.scopes.has(scope));
  if (lacking.length > 0) {
    return { status: 403, detail: `You cannot grant ${lacking.join(', ')}: you have it not.` };
  }
  const unnamed = nameProblem(wanted.name);
  if (unnamed) return unnamed;
  if (wanted.expiresAtMs === null || wanted.expiresAtMs > nowMs) return null;
  return badRequest({ field: 'expires_at', message: 'is past' });
}

/** Makes a key. The secret is in the answer and nowhere else. */
export async function createApiKey(
  credentials: Credentials,
  asker: Identity,
  wanted: WantedKey,
): Promise<Outcome<{ readonly key: ApiKey; readonly secret: string }>> {
  const { database, clock, newId, newSecret } = credentials;
  const nowMs = clock.nowMs();
  const problem = problemWith(wanted, asker, nowMs);
  if (problem) return refused(problem);
  const id = newId();
  const secret = `${secretPrefix}${newSecret()}`;
  const scopes = [...new Set(wanted.scopes)];
  const { requestsPerMinute, notificationsPerDay, expiresAtMs } = wanted;
  const name = wanted.name.trim();
  const key: ApiKey = {
    id,
    name,
    scopes,
    requestsPerMinute,
    notificationsPerDay,
    createdBy: asker.name,
    createdAtMs: nowMs,
    expiresAtMs,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
  const subject = { kind: 'api-key', id };
  const change = { atMs: nowMs, actor: asker, action: 'api-key.created', subject } as const;
  const entry = auditEntry({ entryId: newId(), ...change, detail: { name, scopes } });
  const made = await database.query`
    with made as (
      insert into gateway.api_keys (key_id, name, secret_hash, scopes, requests_per_minute,
        notifications_per_day, created_by, created_at, expires_at)
      select ${id}::uuid, ${name}::text, ${secretHash(secret)}::text, ${scopes}::text[],
        ${requestsPerMinute}::int, ${notificationsPerDay}::int, ${asker.name}::text,
        ${new Date(nowMs)}::timestamptz,
        ${expiresAtMs === null ? null : new Date(expiresAtMs)}::timestamptz
      where (select count(*) from gateway.api_keys) < ${maxKeys}::int
      returning key_id)
    insert into gateway.audit_outbox (entry_id, entry)
    select ${entry.entryId}::uuid, ${JSON.stringify(entry)}::text from made returning entry_id`;
  if (made.length > 0) return { ok: true, value: { key, secret } };
  return refused({ status: 409, detail: `There are ${maxKeys} keys. Revoke those not in use.` });
}

/** All keys, the newest first. There are at most 1,000; those that ended go after 90 days. */
export async function listApiKeys({ database }: Credentials): Promise<readonly ApiKey[]> {
  const rows = await database.query<KeyRow>`
    select key_id as id, name, scopes, requests_per_minute as "requestsPerMinute",
      notifications_per_day as "notificationsPerDay", created_by as "createdBy",
      created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
      revoked_at as "revokedAt"
    from gateway.api_keys order by created_at desc, key_id desc`;
  return rows.map(keyOf);
}

/** Ends a key for ever. One that is revoked already stays as it is. */
export async function revokeApiKey(
  { database, clock, newId }: Credentials,
  asker: Identity,
  id: string,
): Promise<Outcome<ApiKey>> {
  const nowMs = clock.nowMs();
  const subject = { kind: 'api-key', id };
  const change = { atMs: nowMs, actor: asker, action: 'api-key.revoked', subject } as const;
  const entry = auditEntry({ entryId: newId(), ...change });
  await database.query`
    with revoked as (
      update gateway.api_keys set revoked_at = ${new Date(nowMs)}
      where key_id = ${id}::uuid and revoked_at is null returning key_id)
    insert into gateway.audit_outbox (entry_id, entry)
    select ${entry.entryId}::uuid, ${JSON.stringify(entry)}::text from revoked`;
  const [row] = await database.query<KeyRow>`
    select key_id as id, name, scopes, requests_per_minute as "requestsPerMinute",
      notifications_per_day as "notificationsPerDay", created_by as "createdBy",
      created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
      revoked_at as "revokedAt"
    from gateway.api_keys where key_id = ${id}::uuid`;
  return row ? { ok: true, value: keyOf(row) } : refused(notFound(`There is no API key ${id}.`));
}
