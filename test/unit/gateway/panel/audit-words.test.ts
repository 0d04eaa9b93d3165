import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditWords } from '../../../../gateway/panel/words/audit.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const paths = globSync(['gateway/**/*.ts', 'analyst/**/*.ts'], { cwd: root });
const code = paths.map((path) => readFileSync(join(root, path), 'utf8'));

/** What stands in the code as a name of an action, except where it is said in words. */
function actionsIn(text: string): readonly string[] {
  const plain = [...text.matchAll(/'([a-z-]+\.[a-z-]+)'(?!:)/g)].map(([, action = '']) => action);
  return plain.filter((action) => Object.hasOwn(auditWords.en.subjectKinds, kindOf(action)));
}

/** The subject of an action; a preference and a suppression are those of a person. */
function kindOf(action: string): string {
  const kind = action.slice(0, action.indexOf('.'));
  const others: Readonly<Record<string, string>> = {
    notification: 'request',
    person: 'user',
    preference: 'user',
    session: 'account',
    suppression: 'user',
  };
  return others[kind] ?? kind;
}

test('whatever the code writes to the audit has a name on its page', () => {
  const written = new Set(code.flatMap(actionsIn));
  expect(written.size).toBeGreaterThan(15);
  expect([...written].filter((each) => !Object.hasOwn(auditWords.ru.actions, each))).toEqual([]);
});

test('no name is of an action that nothing writes', () => {
  const written = new Set(code.flatMap(actionsIn));
  expect(Object.keys(auditWords.ru.actions).filter((each) => !written.has(each))).toEqual([]);
});

test('whatever an action is done to has a name, too', () => {
  const subjects = code.flatMap((text) => [...text.matchAll(/\bsubject\b.*\{ kind: '([a-z-]+)'/g)]);
  const kinds = new Set(subjects.map(([, kind = '']) => kind));
  expect(kinds.size).toBeGreaterThan(4);
  expect([...kinds].filter((kind) => !Object.hasOwn(auditWords.ru.subjectKinds, kind))).toEqual([]);
});
