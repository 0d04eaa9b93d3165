import { describe, expect, test } from 'vitest';
import { InfraError } from '../../../../dev/infra/infra-error.ts';
import { reasonOf } from '../../../../dev/start/reason.ts';
import { wordsFor } from '../../../../dev/words.ts';
import { VestnikError } from '../../../../runtime/errors.ts';

const english = wordsFor('en');
const withCode = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe('a full disk is one sentence', () => {
  test.each(['ENOSPC', 'EDQUOT'])('%s', (code) => {
    expect(reasonOf(withCode(code), english, '/d')).toBe(english.diskFull('/d'));
    expect(reasonOf(withCode(code), wordsFor('ru'), '/d')).toMatch(/^Диск заполнен: в \/d /);
  });
});

test('known failures are their message, of others the stack is shown', () => {
  expect(reasonOf(new InfraError('no Java'), english, '/d')).toBe('no Java');
  const known = new VestnikError('TOPIC_MISSING', 'users');
  expect(reasonOf(known, english, '/d')).toBe(known.message);
  expect(reasonOf(withCode('EIO'), english, '/d')).toContain('reason.test.ts');
});
