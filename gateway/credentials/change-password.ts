import { auditEntry } from '../audit.ts';
import { badRequest, type Outcome, type Problem } from '../http/problem.ts';
import type { Credentials } from './credentials.ts';
import { claimAttempt, type Subject } from './login-attempts.ts';
import { maxPasswordChars, minPasswordChars } from './passwords.ts';
import type { Person } from './person.ts';
import { secretHash } from './secret-hash.ts';
import { type OpenedSession, personOfSession, sessionMs } from './sessions.ts';

type Change = {
  /** Of the session that asks. */
  readonly token: string;
  /** Null where it is not known: allowed behind a link, and where there is none yet. */
  readonly oldPassword: string | null;
  readonly newPassword: string;
};

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });

/** Why a password cannot be chosen; null: it can. Its letters are its owner's affair. */
function passwordProblem(password: string): Problem | null {
  const chars = password.length;
  if (chars >= minPasswordChars && chars <= maxPasswordChars) return null;
  const message = `must have ${minPasswordChars} to ${maxPasswordChars} characters`;
  return badRequest({ field: 'new_password', message });
}

async function oldPasswordProblem(
  credentials: Credentials,
  person: Person,
  oldPassword: string | null,
): Promise<Problem | null> {
  if (person.byLink || !person.hasPassword) return null;
  const account: Subject = { kind: 'account', text: `change ${person.id}` };
  const retryAfterS = await claimAttempt(credentials, account);
  if (retryAfterS > 0) {
    return { status: 429, detail: 'Too many tries. Wait a little, then try again.', retryAfterS };
  }
  const [row] = await credentials.database.query<{ hash: string | null }>`
    select password_hash as hash from gateway.accounts where account_id = ${person.id}::uuid`;
  const guess = (oldPassword ?? '').slice(0, maxPasswordChars);
  if (await credentials.passwords.verify(row?.hash ?? null, guess)) return null;
  return badRequest({ field: 'old_password', message: 'is not the password of this account' });
}

/**
 * Chooses another password. All sessions of the account end, also this one: the answer is a new
 * one. Links that were not used are gone, too.
 */
export async function changePassword(
  credentials: Credentials,
  { token, oldPassword, newPassword }: Change,
): Promise<Outcome<OpenedSession>> {
  const { database, passwords, clock, newId, newSecret } = credentials;
  const person = await personOfSession(credentials, token);
  if (!person) return refused({ status: 401, detail: 'The session is over. Log in again.' });
  const problem =
    passwordProblem(newPassword) ?? (await oldPasswordProblem(credentials, person, oldPassword));
  if (problem) return refused(problem);
  const hash = await passwords.hash(newPassword);
  const nowMs = clock.nowMs();
  const now = new Date(nowMs);
  const session = { token: newSecret(), expiresAtMs: nowMs + sessionMs };
  const subject = { kind: 'account', id: person.id };
  const change = {
    atMs: nowMs,
    actor: person,
    action: 'account.password-changed',
    subject,
  } as const;
  const entry = auditEntry({ entryId: newId(), ...change });
  const changed = await database.query`
    with ended as (
      delete from gateway.sessions where account_id = ${person.id}::uuid returning token_hash),
    unlinked as (delete from gateway.login_links where account_id = ${person.id}::uuid),
    changed as (
      update gateway.accounts set password_hash = ${hash}
      where account_id = ${person.id}::uuid and disabled_at is null
        and ${secretHash(token)}::text in (select token_hash from ended)
      returning account_id),
    noted as (
      insert into gateway.audit_outbox (entry_id, entry)
      select ${entry.entryId}::uuid, ${JSON.stringify(entry)}::text from changed)
    insert into gateway.sessions (token_hash, account_id, by_link, opened_at, used_at, expires_at)
    select ${secretHash(session.token)}::text, account_id, false, ${now}::timestamptz,
      ${now}::timestamptz, ${new Date(session.expiresAtMs)}::timestamptz from changed
    returning account_id`;
  if (changed.length > 0) return { ok: true, value: session };
  return refused({ status: 401, detail: 'The session is over. Log in again.' });
}
