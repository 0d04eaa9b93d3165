import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../../gateway/panel/assets');
const read = (name: string) => readFileSync(join(folder, name), 'utf8').replaceAll(/\s+/g, '');

test('the icon of a tab is the emblem on its ground', () => {
  const [drawn] = /<gtransform=.*<\/g>/.exec(read('emblem.svg')) ?? [];
  expect(drawn).toContain('path');
  expect(read('favicon.svg')).toContain(drawn);
});
