import { expect, test } from 'vitest';
import { roles, scopesOf } from '../../../../gateway/credentials/roles.ts';
import { scopes } from '../../../../gateway/http/identity.ts';

test('each role may do all that the one before may, and more', () => {
  const sizes = roles.map((role) => scopesOf(role).size);
  for (const [at, role] of roles.slice(1).entries()) {
    const before = [...scopesOf(roles[at] ?? 'viewer')];
    expect(before.every((scope) => scopesOf(role).has(scope))).toBe(true);
    expect(sizes[at + 1]).toBeGreaterThan(sizes[at] ?? 0);
  }
});

test('a viewer only reads, and not who did what; an admin may do everything', () => {
  const reading = scopes.filter((scope) => scope.endsWith(':read') && scope !== 'audit:read');
  expect([...scopesOf('viewer')].toSorted()).toEqual(reading.toSorted());
  expect(scopesOf('admin')).toEqual(new Set(scopes));
});
