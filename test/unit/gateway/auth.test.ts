import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyCheck } from '../../../gateway/http/auth.ts';
import { apiKeys } from './built-gateway.ts';

const nameOf = createKeyCheck(apiKeys);

test.each([
  ['Bearer open-sesame', 'admins'],
  ['bearer open-sesame', 'admins'],
  ['Bearer   beep', 'robots'],
])('%s is a key', (authorization, name) => {
  expect(nameOf(authorization)).toBe(name);
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'open-sesame',
  'Bearer open-sesam',
  'Bearer open-sesame2',
  'Bearer Open-Sesame',
  'Bearer open-sesame beep',
  'Basic open-sesame',
  ' Bearer open-sesame',
])('%s is none', (authorization) => {
  expect(nameOf(authorization)).toBeNull();
});

test('nothing but a secret is a key', () => {
  const known = new Set<string>(apiKeys.map(({ secret }) => secret));
  const other = fc.string({ unit: 'binary' }).filter((text) => !known.has(text.trim()));
  const find = () => fc.assert(fc.property(other, (text) => nameOf(`Bearer ${text}`) === null));
  expect(find).not.toThrow();
});
