import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configuredKeys } from '../../../gateway/http/configured-keys.ts';
import { scopes } from '../../../gateway/http/identity.ts';
import { apiKeys } from './built-gateway.ts';

const ownerOf = configuredKeys(apiKeys);

test.each(apiKeys)('$name may do everything', ({ name, secret }) => {
  expect(ownerOf(secret)).toEqual({ kind: 'key', id: name, name, scopes: new Set(scopes) });
});

test.each(['', 'open-sesam', 'open-sesame2', 'Open-Sesame'])('"%s" is nobody\'s', (secret) => {
  expect(ownerOf(secret)).toBeNull();
});

test('nothing but a secret is a key', () => {
  const known = new Set<string>(apiKeys.map(({ secret }) => secret));
  const other = fc.string({ unit: 'binary' }).filter((text) => !known.has(text));
  const find = () => fc.assert(fc.property(other, (text) => ownerOf(text) === null));
  expect(find).not.toThrow();
});
