import { describe, expect, test } from 'vitest';
import { directionRule, mainRule } from './architecture/direction.ts';
import { clockRule, environmentRule, topicNameRule, vendorRule } from './architecture/homes.ts';
import {
  commentRule,
  enumRule,
  exportRule,
  fileLengthRule,
  functionLengthRule,
  lineLengthRule,
  nameRule,
} from './architecture/shape.ts';
import { layerOf, readTree, syntaxOf } from './architecture/source-file.ts';

const rules = [
  directionRule,
  mainRule,
  vendorRule,
  topicNameRule,
  environmentRule,
  clockRule,
  fileLengthRule,
  functionLengthRule,
  lineLengthRule,
  nameRule,
  exportRule,
  enumRule,
  commentRule,
];

/** Fewer files or imports than this mean that the tree was not read, not that it is small. */
const plausibleFiles = 100;
const plausibleImports = 300;

const tree = readTree();

test('the rules look at the whole tree', () => {
  expect(tree.length).toBeGreaterThan(plausibleFiles);
  const imports = tree.flatMap((each) => syntaxOf(each).imports);
  expect(imports.length).toBeGreaterThan(plausibleImports);
  const layers = new Set(tree.map(({ path }) => layerOf(path)));
  expect([...layers]).toEqual(expect.arrayContaining(['schemas', 'runtime', 'processors', 'test']));
});

describe.each(rules)('$title', ({ check, planted, innocent }) => {
  test('sees each planted violation', () => {
    const missed = planted.filter((each) => check([each]).length === 0);
    expect(missed).toEqual([]);
  });

  test('leaves what only looks alike', () => {
    expect(check(innocent)).toEqual([]);
  });

  test('holds in the tree', () => {
    expect(check(tree)).toEqual([]);
  });
});
