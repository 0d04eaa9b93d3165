import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kernelFile, renderKernel } from '../../../dev/generate-kernel.ts';

test('the kernel is compiled from its source as it is now', async () => {
  expect(readFileSync(kernelFile, 'utf8')).toBe(await renderKernel());
});
