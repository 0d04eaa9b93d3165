import { hash } from 'node:crypto';
import type { Credentials } from './credentials.ts';

/** What guesses are counted by. */
export type Subject = { readonly kind: 'account' | 'address'; readonly text: string };

/**
 * How many wrong guesses are free; each further one doubles the wait. An address may be that of a
 * whole office, or of the proxy before this gateway.
 */
const freeFailures = { account: 5, address: 50 } as const;
const firstWaitS = 1;
const maxWaitS = 900;
/** After so long without a guess all is forgotten. */
const forgottenMs = 15 * 60 * 1000;

/** Of a hash; two subjects of one bucket share its waits, and the table has a bounded size. */
const bucketChars = 4;

const subjectText = ({ kind, text }: Subject) =>
  `${kind} ${hash('sha256', text, 'hex').slice(0, bucketChars)}`;

/**
 * The network that an address stands for: of IPv6 the first 64 bits, for one household has as many
 * addresses as there are in the rest (RFC 6177).
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const groupCount = 8;
  const networkGroups = 4;
  const between = tail === undefined ? 0 : groupCount - groups.length - rest.length;
  const whole = [...groups, ...Array.from({ length: between }, () => '0'), ...rest];
  return whole.slice(0, networkGroups).join(':');
}

/**
 * Counts a guess before it is looked at, so that guesses at the same time are counted too. Answers
 * how many seconds to wait; 0: the guess may be looked at.
 */
export async function claimAttempt(
  { database, clock }: Credentials,
  subject: Subject,
): Promise<number> {
  const nowMs = clock.nowMs();
  const now = new Date(nowMs);
  const forgotten = new Date(nowMs - forgottenMs);
  const free = freeFailures[subject.kind];
  const key = subjectText(subject);
  const claimed = await database.query`
    insert into gateway.login_attempts as had (subject, failures, last_at, blocked_until)
    values (${key}, 1, ${now}, ${now})
    on conflict (subject) do update set
      failures = case when had.last_at < ${forgotten}::timestamptz then 1
        else least(had.failures + 1, ${free + 20}::int) end,
      last_at = ${now}::timestamptz,
      blocked_until = case
        when had.last_at < ${forgotten}::timestamptz or had.failures + 1 < ${free}::int
        then ${now}::timestamptz
        else ${now}::timestamptz + make_interval(secs => least(${maxWaitS}::float8,
          ${firstWaitS}::float8 * power(2, least(had.failures + 1 - ${free}::int, 20)))) end
    where had.blocked_until <= ${now}::timestamptz
    returning failures`;
  if (claimed.length > 0) return 0;
  const [row] = await database.query<{ until: Date }>`
    select blocked_until as until from gateway.login_attempts where subject = ${key}`;
  const waitMs = (row?.until.getTime() ?? nowMs) - nowMs;
  return Math.max(1, Math.ceil(waitMs / 1000));
}

/**
 * A guess was right: the account's are forgotten. Of the address only this one is taken back, or
 * one account of an attacker's own would buy guesses without end.
 */
export async function forgiveAttempts(
  { database }: Credentials,
  subjects: { readonly account: Subject; readonly address: Subject },
): Promise<void> {
  const [account, address] = [subjectText(subjects.account), subjectText(subjects.address)];
  await database.query`
    with forgotten as (delete from gateway.login_attempts where subject = ${account})
    update gateway.login_attempts set failures = failures - 1
    where subject = ${address} and failures > 0`;
}
