import { scopes } from '../http/identity.ts';
import type { Outcome } from '../http/problem.ts';
import { loginOf } from './account-name.ts';
import { type Changer, createAccount, linkForAccount, listAccounts } from './accounts.ts';
import type { Credentials } from './credentials.ts';
import type { LoginLink } from './login-links.ts';
import type { Role } from './roles.ts';

/** A link for somebody, and what they are; the account may have been made for it. */
export type NamedLink = { readonly link: LoginLink; readonly role: Role; readonly made: boolean };

/**
 * A link for a name, whose account is made where there is none; one that is there keeps its role.
 * For whoever has the database anyway: the first admin, and a developer's own machine.
 */
export async function linkByName(
  credentials: Credentials,
  { command, name, role }: { readonly command: string; readonly name: string; readonly role: Role },
): Promise<Outcome<NamedLink>> {
  const changer: Changer = {
    kind: 'system',
    id: command,
    name: command,
    scopes: new Set(scopes),
  };
  const accounts = await listAccounts(credentials);
  const found = accounts.find((each) => loginOf(each.name) === loginOf(name));
  if (found) {
    const linked = await linkForAccount(credentials, changer, found.id);
    if (!linked.ok) return linked;
    return { ok: true, value: { link: linked.value, role: found.role, made: false } };
  }
  const created = await createAccount(credentials, changer, { name, role });
  if (!created.ok) return created;
  return { ok: true, value: { link: created.value.link, role, made: true } };
}
