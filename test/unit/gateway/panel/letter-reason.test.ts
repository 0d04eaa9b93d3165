import { describe, expect, test } from 'vitest';
import { shownReason } from '../../../../gateway/panel/letter-reason.ts';
import { wordsOf } from '../../../../gateway/panel/words/words.ts';
import { deadLetter, letterFacts } from '../../../../runtime/dead-letter.ts';
import { errorTable } from '../../../../runtime/errors.ts';
import { topics } from '../../../../schemas/topics.ts';

const record = {
  topic: topics.users.name,
  partition: 0,
  offset: 1,
  timestampMs: 2,
  key: null,
  value: null,
  headers: [],
};
const written = (code: keyof typeof errorTable, reason: string) =>
  letterFacts(deadLetter(record, { code, reason, process: 'notify' }));

test('the sentence is told in the language of the reader, the case as it was written', () => {
  const letter = written('NOT_AVRO', 'the first byte is 60, not 0 (see above)');
  expect(shownReason(letter, wordsOf('ru'))).toEqual({
    sentence: wordsOf('ru').errors.NOT_AVRO,
    detail: 'the first byte is 60, not 0 (see above)',
  });
  expect(shownReason(letter, wordsOf('en')).sentence).toBe(errorTable.NOT_AVRO.message);
});

test('a code that this version does not know leaves what is written', () => {
  const letter = { code: 'FROM_THE_FUTURE', reason: 'Something else.' };
  expect(shownReason(letter, wordsOf('ru'))).toEqual({ sentence: null, detail: 'Something else.' });
  const none = shownReason({ code: null, reason: null }, wordsOf('ru'));
  expect(none).toEqual({ sentence: null, detail: null });
});

test('a reason of another form is not lost', () => {
  const letter = { code: 'NOT_AVRO', reason: 'Other words.' };
  expect(shownReason(letter, wordsOf('en')).detail).toBe('Other words.');
});

describe('each code has a Russian sentence of its own', () => {
  const { errors } = wordsOf('ru');
  test.each(Object.keys(errorTable) as (keyof typeof errorTable)[])('%s', (code) => {
    expect(errors[code]).toMatch(/[а-яё].*\.$/iu);
    expect(Object.values(errors).filter((each) => each === errors[code])).toHaveLength(1);
  });
});
