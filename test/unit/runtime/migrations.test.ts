import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { readMigrations } from '../../../runtime/migrate.ts';
import {
  type Migration,
  orderMigrations,
  pendingOf,
  relationsOf,
  takenOf,
} from '../../../runtime/migrations.ts';

const file = (name: string, content = 'select 1;') => ({ name, content });
const [first, second, third] = orderMigrations([
  file('001_history.sql', 'create table a (id int);'),
  file('002_more.sql', 'create table b (id int);\ncreate view c as select 1;'),
  file('003_last.sql'),
]) as [Migration, Migration, Migration];
const all = [first, second, third];

test('steps are taken in the order of their numbers, not in that of the folder', () => {
  const ordered = orderMigrations([file('002_b.sql'), file('003_c.sql'), file('001_a.sql')]);
  expect(ordered.map(({ name }) => name)).toEqual(['001_a.sql', '002_b.sql', '003_c.sql']);
});

// Two branches may each add a step of one number: then no process that makes tables would start.
const steps = globSync('{connectors,gateway,runtime}/**/migrations/*.sql');
test.each([...new Set(steps.map((path) => dirname(path)))])('%s can be taken', (folder) => {
  const inFolder = steps.filter((path) => dirname(path) === folder);
  expect(readMigrations(folder)).toHaveLength(inFolder.length);
});

test.each([
  ['a name of another form', [file('1_a.sql')], 'not NNN_name.sql'],
  ['a file of another kind', [file('001_a.sql'), file('notes.txt')], 'not NNN_name.sql'],
  ['a quote in its name', [file("001_a'.sql")], 'not NNN_name.sql'],
  ['a gap', [file('001_a.sql'), file('003_c.sql')], 'not 2'],
  ['two of one number', [file('001_a.sql'), file('001_b.sql')], 'not 2'],
  ['a start behind 001', [file('002_b.sql')], 'not 1'],
  ['the mark that encloses it', [file('001_a.sql', 'select $migration$1')], '$migration$'],
])('%s is refused', (_, files, reason) => {
  expect(() => orderMigrations(files)).toThrow(reason);
});

test('the digest is that of the content, and line ends of Windows do not change it', () => {
  const unix = orderMigrations([file('001_a.sql', 'select 1;\nselect 2;\n')]);
  expect(orderMigrations([file('001_a.sql', 'select 1;\r\nselect 2;\r\n')])).toEqual(unix);
  const other = orderMigrations([file('001_a.sql', 'select 1;\nselect 3;\n')]);
  expect(other[0]?.sha256).not.toBe(unix[0]?.sha256);
});

test('an empty database takes all steps, one that is up to date takes none', () => {
  expect(pendingOf(all, [])).toEqual(all);
  expect(pendingOf(all, [first])).toEqual([second, third]);
  expect(pendingOf(all, [third, first, second])).toEqual([]);
});

test('a step that was changed after it was applied is refused', () => {
  const changed = { ...first, sha256: second.sha256 };
  expect(() => pendingOf(all, [changed])).toThrow('001_history.sql was changed');
});

test('a database that is ahead of the code is refused', () => {
  const ahead = [first, { ...second, name: '004_newer.sql' }];
  expect(() => pendingOf(all, ahead)).toThrow('ahead by 004_newer.sql');
  expect(() => takenOf(all, ahead)).toThrow('ahead by 004_newer.sql');
});

test('a database that lacks a step in the middle is refused', () => {
  expect(() => pendingOf(all, [first, third])).toThrow('002_more.sql was left out');
});

test('only what was applied counts as made', () => {
  expect(relationsOf(takenOf(all, [first]), 'table')).toEqual(['a']);
  expect(relationsOf(all, 'table')).toEqual(['a', 'b']);
  expect(relationsOf(all, 'view')).toEqual(['c']);
});
