import { expect, test } from 'vitest';
import { allOf, sql } from '../../../runtime/sql.ts';

test('parts of statements join with their parameters in order', () => {
  const code = sql`code = ${'x'}`;
  const both = sql`select ${1} from t where ${code} and ${sql`b = ${2} or c = ${3}`} limit ${4}`;
  expect(both).toEqual({
    texts: ['select ', ' from t where code = ', ' and b = ', ' or c = ', ' limit ', ''],
    parameters: [1, 'x', 2, 3, 4],
  });
});

test('a part without parameters is only text', () => {
  expect(sql`${sql`a`}${sql`b`}c`).toEqual({ texts: ['abc'], parameters: [] });
});

test('a list of texts is one parameter', () => {
  expect(sql`id = any(${['a', 'b']})`.parameters).toEqual([['a', 'b']]);
});

test('all conditions hold together, and none always holds', () => {
  expect(allOf([])).toEqual({ texts: ['true'], parameters: [] });
  expect(allOf([sql`a = ${1}`, sql`b`, sql`c = ${2}`])).toEqual({
    texts: ['a = ', ' and b and c = ', ''],
    parameters: [1, 2],
  });
});
