import { expect, test } from 'vitest';
import { loginOf, nameProblem } from '../../../../gateway/credentials/account-name.ts';

test.each(['Анна', 'release service', 'x'.repeat(100), '<script>alert(1)</script>'])(
  '"%s" is a name',
  (name) => {
    expect(nameProblem(name)).toBeNull();
  },
);

test.each(['', '  ', 'x'.repeat(101), 'two\nlines', 'zero\0byte', 'half \ud83d'])(
  '%j is none',
  (name) => {
    expect(nameProblem(name)?.status).toBe(400);
  },
);

test('names are the same in any form and size', () => {
  expect(loginOf(' ЁЛКА'.normalize('NFD'))).toBe(loginOf('ёлка'));
});
