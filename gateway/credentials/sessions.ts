import { auditEntry } from '../audit.ts';
import type { Credentials } from './credentials.ts';
import { type Person, type PersonRow, personOf } from './person.ts';
import { secretHash } from './secret-hash.ts';

/**
 * The cookie of a session. By its prefix a browser takes it only with Secure, Path=/ and no Domain
 * (RFC 6265bis, 4.1.3.2), so no other host and no plain connection can set it. Browsers take
 * http://localhost and http://127.0.0.1 for secure enough; on any other host without TLS there is
 * no log-in.
 */
export const sessionCookieName = '__Host-vestnik';
/** Lax, not strict: a link to a page of the panel, in a mail, must find who is logged in. */
export const sessionCookie = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

const hourMs = 60 * 60 * 1000;
/** Without a request for so long, a session is over. */
export const idleMs = 12 * hourMs;
/** However much it is used, it is over then. */
export const sessionMs = 7 * 24 * hourMs;
/** A session is noted as used once in this time, not with every page. */
const touchMs = 60 * 1000;
/** Browsers of one person; the oldest session ends when there is one more. */
const maxSessions = 20;

/** A session that was opened. The token is known to nobody else, and stored nowhere. */
export type OpenedSession = { readonly token: string; readonly expiresAtMs: number };

/** Who was let in: always with a new token, so nobody can have known it before (no fixation). */
export type LoggedIn = { readonly session: OpenedSession; readonly person: Person };

/** Times of a session that is opened now. */
function opening({ clock, newSecret }: Credentials) {
  const nowMs = clock.nowMs();
  const token = newSecret();
  const session = { token, expiresAtMs: nowMs + sessionMs };
  return { session, hash: secretHash(token), now: new Date(nowMs), nowMs };
}

/** Of what is written about a log-in, the person is known before it is done. */
function noteOf(credentials: Credentials, person: Pick<Person, 'id' | 'name'>, how: string) {
  const entry = auditEntry({
    entryId: credentials.newId(),
    atMs: credentials.clock.nowMs(),
    actor: { kind: 'person', ...person },
    action: 'session.opened',
    subject: { kind: 'account', id: person.id },
    detail: { by: how },
  });
  return { entryId: entry.entryId, text: JSON.stringify(entry) };
}

/** Opens a session for somebody whose password was right; null: the account was disabled. */
export async function openSession(
  credentials: Credentials,
  who: Pick<Person, 'id' | 'name'>,
): Promise<LoggedIn | null> {
  const { session, hash, now } = opening(credentials);
  const note = noteOf(credentials, who, 'password');
  const [row] = await credentials.database.query<PersonRow>`
    with ended as (
      delete from gateway.sessions where token_hash in (
        select token_hash from gateway.sessions where account_id = ${who.id}::uuid
        order by opened_at desc offset ${maxSessions - 1})),
    opened as (
      insert into gateway.sessions
        (token_hash, account_id, by_link, opened_at, used_at, expires_at)
      select ${hash}::text, account_id, false, ${now}::timestamptz, ${now}::timestamptz,
        ${new Date(session.expiresAtMs)}::timestamptz
      from gateway.accounts where account_id = ${who.id}::uuid and disabled_at is null
      returning account_id),
    noted as (
      insert into gateway.audit_outbox (entry_id, entry)
      select ${note.entryId}::uuid, ${note.text}::text from opened)
    select account_id as id, name, role, password_hash is not null as "hasPassword",
      false as "byLink"
    from gateway.accounts where account_id in (select account_id from opened)`;
  return row ? { session, person: personOf(row) } : null;
}

/**
 * Uses a link up and opens a session; null: there is no such link, it was used, or it is too old.
 * Of two who come at once one is let in. To be called by a POST: mail programs look at every link.
 */
export async function useLoginLink(
  credentials: Credentials,
  token: string,
): Promise<LoggedIn | null> {
  const { session, hash, now } = opening(credentials);
  const linkHash = secretHash(token);
  const [owner] = await credentials.database.query<{ id: string; name: string }>`
    select account_id as id, name from gateway.login_links join gateway.accounts using (account_id)
    where token_hash = ${linkHash} and login_links.expires_at > ${now}`;
  if (!owner) return null;
  const note = noteOf(credentials, owner, 'link');
  const [row] = await credentials.database.query<PersonRow>`
    with used as (
      delete from gateway.login_links
      where token_hash = ${linkHash} and expires_at > ${now} returning account_id),
    opened as (
      insert into gateway.sessions
        (token_hash, account_id, by_link, opened_at, used_at, expires_at)
      select ${hash}::text, account_id, true, ${now}::timestamptz, ${now}::timestamptz,
        ${new Date(session.expiresAtMs)}::timestamptz
      from gateway.accounts join used using (account_id) where disabled_at is null
      returning account_id),
    noted as (
      insert into gateway.audit_outbox (entry_id, entry)
      select ${note.entryId}::uuid, ${note.text}::text from opened)
    select account_id as id, name, role, password_hash is not null as "hasPassword",
      true as "byLink"
    from gateway.accounts where account_id in (select account_id from opened)`;
  return row ? { session, person: personOf(row) } : null;
}

/** Who has the session; null: nobody, it is over, or the account was disabled. */
export async function personOfSession(
  credentials: Credentials,
  token: string,
): Promise<Person | null> {
  const hash = secretHash(token);
  const nowMs = credentials.clock.nowMs();
  const now = new Date(nowMs);
  const [idleSince, untouchedSince] = [new Date(nowMs - idleMs), new Date(nowMs - touchMs)];
  const [row] = await credentials.database.query<PersonRow>`
    with found as (
      select token_hash, account_id, by_link, used_at from gateway.sessions
      where token_hash = ${hash} and expires_at > ${now} and used_at > ${idleSince}),
    touched as (
      update gateway.sessions set used_at = ${now}
      where token_hash in (select token_hash from found where used_at < ${untouchedSince}))
    select account_id as id, name, role, password_hash is not null as "hasPassword",
      by_link as "byLink"
    from found join gateway.accounts using (account_id) where disabled_at is null`;
  return row ? personOf(row) : null;
}

/** Ends a session, wherever its token is known. */
export async function endSession({ database }: Credentials, token: string): Promise<void> {
  await database.query`delete from gateway.sessions where token_hash = ${secretHash(token)}`;
}
