import { expect, test } from 'vitest';
import { createOpenEditors } from '../../../../gateway/panel/open-editors.ts';
import { viewer } from './panel-parts.ts';

const boris = { ...viewer, id: 'boris', name: 'Борис' };

test('an editor that fell silent is forgotten, one that goes on is not', () => {
  let nowMs = 0;
  const seen = createOpenEditors(() => nowMs);
  seen('1', viewer);
  seen('1', boris);
  nowMs = 20_000;
  expect(seen('1', boris)).toEqual([viewer.name]);
  nowMs = 40_000;
  expect(seen('1', boris)).toEqual([]);
  expect(seen('1', viewer)).toEqual([boris.name]);
});

test('a key and a person of one id are two, and each path has its own', () => {
  const seen = createOpenEditors(() => 0);
  seen('1', viewer);
  expect(seen('1', { ...viewer, kind: 'key', name: 'key' })).toEqual([viewer.name]);
  expect(seen('2', boris)).toEqual([]);
});

test('of more than a thousand the one that was silent for longest is forgotten', () => {
  const seen = createOpenEditors(() => 0);
  seen('1', boris);
  for (let index = 0; index < 999; index += 1) seen('2', { ...viewer, id: `${index}` });
  expect(seen('1', viewer)).toEqual([]);
  expect(seen('2', boris)).toHaveLength(998);
});
