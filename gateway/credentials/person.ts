import type { Identity } from '../http/identity.ts';
import { type Role, scopesOf } from './roles.ts';

/** Somebody who is logged in. */
export type Person = Identity & {
  readonly kind: 'person';
  readonly role: Role;
  readonly hasPassword: boolean;
  /** The session was opened by a link, so a password may be chosen without the one of before. */
  readonly byLink: boolean;
};

/** A row of accounts, and how its session was opened. */
export type PersonRow = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  readonly byLink: boolean;
};

export const personOf = (row: PersonRow): Person => ({
  kind: 'person',
  id: row.id,
  name: row.name,
  scopes: scopesOf(row.role),
  role: row.role,
  hasPassword: row.hasPassword,
  byLink: row.byLink,
});
