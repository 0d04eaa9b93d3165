import { expect, test } from 'vitest';
import { readArguments } from '../../../../gateway/admin/arguments.ts';
import { wordsFor } from '../../../../gateway/admin/words.ts';

const words = wordsFor('en');

test('a name is enough: the first one is an admin', () => {
  expect(readArguments(['--name', ' Анна '], words)).toEqual({
    ok: true,
    arguments: { name: 'Анна', role: 'admin', url: null },
  });
});

test('a role and the address of the gateway', () => {
  const args = ['--name', 'Anna', '--role', 'editor', '--url', 'https://vestnik.example/'];
  expect(readArguments(args, words)).toEqual({
    ok: true,
    arguments: { name: 'Anna', role: 'editor', url: 'https://vestnik.example' },
  });
});

test.each([
  [[], words.nameMissing],
  [['--name', ' '], words.nameMissing],
  [['--name', 'Anna', '--role', 'root'], 'viewer, editor, publisher, admin'],
  [['--name', 'Anna', '--url', 'vestnik'], words.badUrl],
  [['--name', 'Anna', '--url', 'javascript:alert(1)'], words.badUrl],
  [['--name', 'Anna', '--password', 'x'], words.unknownArgument],
])('%j is answered with what to write instead', (args, problem) => {
  expect(readArguments(args, words)).toMatchObject({
    ok: false,
    problem: expect.stringContaining(problem),
  });
});
