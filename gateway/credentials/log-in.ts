import { loginOf, nameProblem } from './account-name.ts';
import type { Credentials } from './credentials.ts';
import { claimAttempt, forgiveAttempts, networkOf, type Subject } from './login-attempts.ts';
import { maxPasswordChars } from './passwords.ts';
import { type LoggedIn, openSession } from './sessions.ts';

/** What becomes of a guess. Who it is for is never told by anything but `right`. */
export type Verified =
  | { readonly kind: 'right'; readonly accountId: string; readonly name: string }
  /** No such name, no password, another password, or a disabled account: all look the same. */
  | { readonly kind: 'wrong' }
  /** Too many guesses at this account or from this address; it was not looked at. */
  | { readonly kind: 'throttled'; readonly retryAfterS: number };

type Guess = { readonly name: string; readonly password: string; readonly address: string };

type Stored = { readonly accountId: string; readonly name: string; readonly hash: string | null };

async function storedOf({ database }: Credentials, login: string): Promise<Stored | undefined> {
  const [found] = await database.query<Stored>`
    select account_id as "accountId", name, password_hash as hash from gateway.accounts
    where login = ${login} and disabled_at is null`;
  return found;
}

/** The longest wait that one of the subjects asks for, counting the guess; 0: none. */
async function waitOf(credentials: Credentials, subjects: readonly Subject[]): Promise<number> {
  for (const subject of subjects) {
    const waitS = await claimAttempt(credentials, subject);
    if (waitS > 0) return waitS;
  }
  return 0;
}

/**
 * Whether a password is that of a name. Guesses are counted for the name and the address, whether
 * or not there is such a name, and the time that it takes is the same.
 */
export async function verifyPassword(credentials: Credentials, guess: Guess): Promise<Verified> {
  const login = loginOf(guess.name);
  const account: Subject = { kind: 'account', text: login };
  const address: Subject = { kind: 'address', text: networkOf(guess.address) };
  const retryAfterS = await waitOf(credentials, [address, account]);
  if (retryAfterS > 0) return { kind: 'throttled', retryAfterS };
  const tooLong = guess.password.length > maxPasswordChars;
  // A name that nobody can have is not asked for either: PostgreSQL refuses some of those.
  const isNobody = tooLong || nameProblem(guess.name) !== null;
  const stored = isNobody ? undefined : await storedOf(credentials, login);
  const password = tooLong ? '' : guess.password;
  const right = await credentials.passwords.verify(stored?.hash ?? null, password);
  if (!right || !stored) return { kind: 'wrong' };
  await forgiveAttempts(credentials, { account, address });
  return { kind: 'right', accountId: stored.accountId, name: stored.name };
}

/** What becomes of a log-in with name and password. */
export type LoginResult =
  | ({ readonly kind: 'loggedIn' } & LoggedIn)
  | Exclude<Verified, { readonly kind: 'right' }>;

/** Checks the password and opens a session. */
export async function logIn(credentials: Credentials, guess: Guess): Promise<LoginResult> {
  const verified = await verifyPassword(credentials, guess);
  if (verified.kind !== 'right') return verified;
  const { accountId: id, name } = verified;
  const opened = await openSession(credentials, { id, name });
  return opened ? { kind: 'loggedIn', ...opened } : { kind: 'wrong' };
}
