import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layers, productLayers } from '../dev/bootstrap/layers.mjs';
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

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

test('every folder with code is compiled, and the product is what goes into the image', () => {
  const compiled = JSON.parse(read('tsconfig.json')).include as string[];
  expect(compiled).toEqual(expect.arrayContaining([...layers]));
  const unused = (JSON.parse(read('knip.json')).project as string[])[0] ?? '';
  expect(layers.filter((layer) => !unused.includes(layer))).toEqual([]);
  const copied = productLayers.filter((layer) => read('Dockerfile').includes(`COPY ${layer} `));
  expect(copied).toEqual(productLayers);
  const sent = productLayers.filter((layer) => read('.dockerignore').includes(`!${layer}\n`));
  expect(sent).toEqual(productLayers);
});

test('the rules look at the whole tree', () => {
  expect(tree.length).toBeGreaterThan(plausibleFiles);
  const imports = tree.flatMap((each) => syntaxOf(each).imports);
  expect(imports.length).toBeGreaterThan(plausibleImports);
  const found = new Set(tree.map(({ path }) => layerOf(path)));
  expect([...found]).toEqual(expect.arrayContaining([...layers]));
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
