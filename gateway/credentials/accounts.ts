import { type Actor, auditEntry } from '../audit.ts';
import type { Scope } from '../http/identity.ts';
import { notFound, type Outcome, type Problem } from '../http/problem.ts';
import { loginOf, nameProblem } from './account-name.ts';
import type { Credentials } from './credentials.ts';
import { type LoginLink, newLoginLink } from './login-links.ts';
import { type Role, scopesOf } from './roles.ts';

/** Somebody who may log in. */
export type Account = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  readonly createdAtMs: number;
  /** Null: may log in. */
  readonly disabledAtMs: number | null;
  /** Of the newest use of a session; null: there is none now. */
  readonly seenAtMs: number | null;
};

/** Who changes accounts, and what they may do themselves. */
export type Changer = Actor & { readonly scopes: ReadonlySet<Scope> };

/** People of a company's panel; more would be users, which this is not for. */
const maxAccounts = 1000;

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });
const noAccount = (id: string) => refused(notFound(`There is no account ${id}.`));
const conflict = (detail: string) => refused({ status: 409, detail });

/** Nobody gives away, or takes over, what they may not do themselves. */
function escalation({ scopes }: Changer, role: Role): Problem | null {
  const lacking = [...scopesOf(role)].filter((scope) => !scopes.has(scope));
  if (lacking.length === 0) return null;
  return {
    status: 403,
    detail: `A ${role} may ${lacking.join(', ')}, which you may not yourself.`,
  };
}

type AccountRow = Omit<Account, 'createdAtMs' | 'disabledAtMs' | 'seenAtMs'> & {
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly seenAt: Date | null;
};

const accountOf = ({ createdAt, disabledAt, seenAt, ...row }: AccountRow): Account => ({
  ...row,
  createdAtMs: createdAt.getTime(),
  disabledAtMs: disabledAt?.getTime() ?? null,
  seenAtMs: seenAt?.getTime() ?? null,
});

/** All accounts by name, disabled ones too. There are at most `maxAccounts`. */
export async function listAccounts({ database }: Credentials): Promise<readonly Account[]> {
  const rows = await database.query<AccountRow>`
    select account_id as id, name, role, password_hash is not null as "hasPassword",
      created_at as "createdAt", disabled_at as "disabledAt",
      (select max(used_at) from gateway.sessions
        where sessions.account_id = accounts.account_id) as "seenAt"
    from gateway.accounts order by login`;
  return rows.map(accountOf);
}

async function findAccount({ database }: Credentials, id: string): Promise<Account | null> {
  const [row] = await database.query<AccountRow>`
    select account_id as id, name, role, password_hash is not null as "hasPassword",
      created_at as "createdAt", disabled_at as "disabledAt",
      (select max(used_at) from gateway.sessions where account_id = ${id}::uuid) as "seenAt"
    from gateway.accounts where account_id = ${id}::uuid`;
  return row ? accountOf(row) : null;
}

/** Makes an account without a password, and the link by which its owner logs in first. */
export async function createAccount(
  credentials: Credentials,
  changer: Changer,
  { name, role }: { readonly name: string; readonly role: Role },
): Promise<Outcome<{ readonly account: Account; readonly link: LoginLink }>> {
  const { database, clock, newId } = credentials;
  const problem = escalation(changer, role) ?? nameProblem(name);
  if (problem) return refused(problem);
  const written = name.normalize('NFC').trim();
  const id = newId();
  const nowMs = clock.nowMs();
  const link = newLoginLink(credentials);
  const subject = { kind: 'account', id };
  const change = { atMs: nowMs, actor: changer, action: 'account.created', subject } as const;
  const entry = auditEntry({ entryId: newId(), ...change, detail: { role } });
  const made = await database.query`
    with made as (
      insert into gateway.accounts (account_id, name, login, role, created_at)
      select ${id}::uuid, ${written}::text, ${loginOf(name)}::text, ${role}::text,
        ${new Date(nowMs)}::timestamptz
      where (select count(*) from gateway.accounts) < ${maxAccounts}::int
      on conflict (login) do nothing returning account_id),
    linked as (
      insert into gateway.login_links (token_hash, account_id, expires_at)
      select ${link.hash}::text, account_id, ${new Date(link.expiresAtMs)}::timestamptz from made)
    insert into gateway.audit_outbox (entry_id, entry)
    select ${entry.entryId}::uuid, ${JSON.stringify(entry)}::text from made returning entry_id`;
  if (made.length === 0) {
    return conflict(
      `There is a ${written} already, or ${maxAccounts} accounts. Choose another name.`,
    );
  }
  const rest = { hasPassword: false, createdAtMs: nowMs, disabledAtMs: null, seenAtMs: null };
  return { ok: true, value: { account: { id, name: written, role, ...rest }, link } };
}

/** What to change of an account; what is not there stays. */
export type AccountChange = { readonly role?: Role; readonly disabled?: boolean };

/** Refuses to take the last admin away: nobody could make another one. */
async function updateAccount(
  { database, clock, newId }: Credentials,
  changer: Changer,
  before: Account,
  after: { readonly role: Role; readonly disabledAtMs: number | null },
): Promise<boolean> {
  const { id } = before;
  const subject = { kind: 'account', id };
  const change = {
    atMs: clock.nowMs(),
    actor: changer,
    action: 'account.changed',
    subject,
  } as const;
  const detail = { role: after.role, disabled: after.disabledAtMs !== null };
  const entry = auditEntry({ entryId: newId(), ...change, detail });
  const staysAdmin = after.role === 'admin' && after.disabledAtMs === null;
  const disabledAt = after.disabledAtMs === null ? null : new Date(after.disabledAtMs);
  const wasDisabled = before.disabledAtMs !== null;
  const changed = await database.query`
    with admins as (
      select account_id from gateway.accounts where role = 'admin' and disabled_at is null
      order by account_id for update),
    changed as (
      update gateway.accounts set role = ${after.role}, disabled_at = ${disabledAt}
      where account_id = ${id}::uuid and role = ${before.role}
        and (disabled_at is not null) = ${wasDisabled}
        and (${staysAdmin}::boolean
          or not exists (select from admins where account_id = ${id}::uuid)
          or (select count(*) from admins) > 1)
      returning account_id),
    ended as (
      delete from gateway.sessions where account_id in (select account_id from changed)),
    unlinked as (
      delete from gateway.login_links where account_id in (select account_id from changed))
    insert into gateway.audit_outbox (entry_id, entry)
    select ${entry.entryId}::uuid, ${JSON.stringify(entry)}::text from changed returning entry_id`;
  return changed.length > 0;
}

/** Changes the role, disables or enables. Sessions and links of the account end with it. */
export async function changeAccount(
  credentials: Credentials,
  changer: Changer,
  id: string,
  wanted: AccountChange,
): Promise<Outcome<Account>> {
  const before = await findAccount(credentials, id);
  if (!before) return noAccount(id);
  const { role = before.role, disabled = before.disabledAtMs !== null } = wanted;
  const problem = escalation(changer, before.role) ?? escalation(changer, role);
  if (problem) return refused(problem);
  const disabledAtMs = disabled ? (before.disabledAtMs ?? credentials.clock.nowMs()) : null;
  const after = { role, disabledAtMs };
  if (role === before.role && disabledAtMs === before.disabledAtMs) {
    return { ok: true, value: before };
  }
  if (await updateAccount(credentials, changer, before, after)) {
    return { ok: true, value: { ...before, ...after, seenAtMs: null } };
  }
  return conflict(
    `${before.name} is the last admin, or was changed at the same moment. Look again; make ` +
      'another admin first.',
  );
}

/**
 * A new link to log in by, for somebody who forgot their password. It takes the place of one that
 * was not used; the password and the sessions stay as they are until it is.
 */
export async function linkForAccount(
  credentials: Credentials,
  changer: Changer,
  id: string,
): Promise<Outcome<LoginLink>> {
  const { database, clock, newId } = credentials;
  const account = await findAccount(credentials, id);
  if (!account) return noAccount(id);
  const problem = escalation(changer, account.role);
  if (problem) return refused(problem);
  const link = newLoginLink(credentials);
  const subject = { kind: 'account', id };
  const change = {
    atMs: clock.nowMs(),
    actor: changer,
    action: 'account.linked',
    subject,
  } as const;
  const entry = auditEntry({ entryId: newId(), ...change });
  const linked = await database.query`
    with linked as (
      insert into gateway.login_links (token_hash, account_id, expires_at)
      select ${link.hash}::text, account_id, ${new Date(link.expiresAtMs)}::timestamptz
      from gateway.accounts
      where account_id = ${id}::uuid and disabled_at is null and role = ${account.role}
      on conflict (account_id) do update
        set token_hash = excluded.token_hash, expires_at = excluded.expires_at
      returning account_id)
    insert into gateway.audit_outbox (entry_id, entry)
    select ${entry.entryId}::uuid, ${JSON.stringify(entry)}::text from linked returning entry_id`;
  if (linked.length > 0) return { ok: true, value: link };
  return conflict(`${account.name} is disabled. Enable the account first.`);
}
