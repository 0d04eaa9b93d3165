import { type Scope, scopes } from '../http/identity.ts';

/** What a person may be, from the least to the most; each may do all that the one before may. */
export const roles = ['viewer', 'editor', 'publisher', 'admin'] as const;

export type Role = (typeof roles)[number];

const viewer: readonly Scope[] = [
  'notifications:read',
  'templates:read',
  'people:read',
  'dead-letters:read',
];
const editor: readonly Scope[] = [...viewer, 'templates:write', 'notifications:write'];
const publisher: readonly Scope[] = [
  ...editor,
  'templates:publish',
  'people:write',
  'events:write',
  'dead-letters:redrive',
];

const scopesByRole: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  viewer: new Set(viewer),
  editor: new Set(editor),
  publisher: new Set(publisher),
  admin: new Set(scopes),
};

/** What a role may do. */
export const scopesOf = (role: Role): ReadonlySet<Scope> => scopesByRole[role];
