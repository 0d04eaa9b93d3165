import {
  type Account,
  type AccountChange,
  changeAccount,
  createAccount,
  linkForAccount,
  listAccounts,
} from '../credentials/accounts.ts';
import {
  type ApiKey,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  type WantedKey,
} from '../credentials/api-keys.ts';
import { changePassword } from '../credentials/change-password.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { LoginLink } from '../credentials/login-links.ts';
import type { Role } from '../credentials/roles.ts';
import type { OpenedSession } from '../credentials/sessions.ts';
import type { Identity } from '../http/identity.ts';
import type { Outcome } from '../http/problem.ts';

/** Keys and accounts, as the pages change them. All of it may be CREDENTIALS_UNAVAILABLE. */
export type Access = {
  keys(): Promise<readonly ApiKey[]>;
  createKey(
    who: Identity,
    wanted: WantedKey,
  ): Promise<Outcome<{ readonly key: ApiKey; readonly secret: string }>>;
  revokeKey(who: Identity, id: string): Promise<Outcome<ApiKey>>;
  accounts(): Promise<readonly Account[]>;
  createAccount(
    who: Identity,
    wanted: { readonly name: string; readonly role: Role },
  ): Promise<Outcome<{ readonly account: Account; readonly link: LoginLink }>>;
  changeAccount(who: Identity, id: string, wanted: AccountChange): Promise<Outcome<Account>>;
  linkFor(who: Identity, id: string): Promise<Outcome<LoginLink>>;
  /** Of the session's own account; all its sessions end, and the answer is a new one. */
  changePassword(change: {
    readonly token: string;
    readonly oldPassword: string | null;
    readonly newPassword: string;
  }): Promise<Outcome<OpenedSession>>;
};

/** The access that PostgreSQL has. */
export const accessOf = (credentials: Credentials): Access => ({
  keys: () => listApiKeys(credentials),
  createKey: (who, wanted) => createApiKey(credentials, who, wanted),
  revokeKey: (who, id) => revokeApiKey(credentials, who, id),
  accounts: () => listAccounts(credentials),
  createAccount: (who, wanted) => createAccount(credentials, who, wanted),
  changeAccount: (who, id, wanted) => changeAccount(credentials, who, id, wanted),
  linkFor: (who, id) => linkForAccount(credentials, who, id),
  changePassword: (change) => changePassword(credentials, change),
});
