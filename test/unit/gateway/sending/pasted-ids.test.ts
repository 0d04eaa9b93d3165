import { describe, expect, test } from 'vitest';
import { pastedIds } from '../../../../gateway/sending/pasted-ids.ts';

const idsIn = (text: string) => pastedIds(text).ids;

describe('ids are read out of', () => {
  test.each([
    ['one in a line', '1\n2\r\n3\n', ['1', '2', '3']],
    ['one line with commas', '1, 2,3,', ['1', '2', '3']],
    ['semicolons and tabs', '1;2\t3', ['1', '2', '3']],
    ['a table with a column id', '\ufeffname,id\n"Каренина, Анна",1\nБорис,2', ['1', '2']],
    ['a table as a spreadsheet of Europe writes it', 'user_id;name\n7;"А, Б"\n8;В', ['7', '8']],
    ['a table with both columns', 'id,user_id\n100,1\n101,2', ['1', '2']],
    ['ids that are words', 'анна\n"борис"', ['анна', 'борис']],
    ['nothing', ' \n\n', []],
  ])('%s', (_, text, ids) => {
    const pasted = pastedIds(text);
    expect(pasted.ids).toEqual(ids);
    expect(pasted.wrong).toEqual([]);
  });
});

test('an id that comes again counts once, and is known by its first line', () => {
  const { ids, repeated, lineOf } = pastedIds('1\n2\n\n1\n1');
  expect(ids).toEqual(['1', '2']);
  expect(repeated).toBe(2);
  expect(lineOf.get('1')).toBe(1);
});

test('a line that is wrong is named', () => {
  expect(pastedIds('id,name\n1,a\n,b\n3,c').wrong).toEqual([{ line: 3, fault: 'empty', text: '' }]);
  expect(pastedIds(`1\n\u0007\n${'я'.repeat(256)}`).wrong).toEqual([
    { line: 2, fault: 'id', text: '\u0007' },
    { line: 3, fault: 'id', text: 'я'.repeat(40) },
  ]);
  const open = pastedIds('1\n2\n"3\n4');
  expect(open.ids).toEqual([]);
  expect(open.wrong).toEqual([{ line: 3, fault: 'quote', text: '"3' }]);
});

test('a list that is too long is not read to its end', () => {
  const { isTooLong, ids } = pastedIds(Array.from({ length: 30_000 }, (_, id) => id).join('\n'));
  expect(isTooLong).toBe(true);
  expect(ids.length).toBe(10_001);
  expect(idsIn(Array.from({ length: 10_000 }, (_, id) => id).join('\n')).length).toBe(10_000);
});
