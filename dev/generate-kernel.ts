import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
const entry = 'processors/kernel/index.ts';

/** Where the compiled kernel is written; a test fails when it is stale. */
export const kernelFile = join(root, 'processors', 'generated', 'kernel.ts');

/**
 * No garbage collector: the kernel only reads and writes what it is given. Its memory, in pages of
 * 64 KiB, goes one page beyond what the layout names.
 */
const options = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
  ...['--initialMemory', '66', '--maximumMemory', '66'],
];
const lineChars = 92;

/** Compiles `processors/kernel` to a TypeScript file that holds the module as base64. */
export async function renderKernel(): Promise<string> {
  const files = new Map<string, Uint8Array>();
  const { error } = await main([entry, '--baseDir', root, '--outFile', 'kernel.wasm', ...options], {
    writeFile(name, contents) {
      files.set(name, typeof contents === 'string' ? Buffer.from(contents) : contents);
    },
  });
  const binary = files.get('kernel.wasm');
  if (error || !binary) throw new Error(`${entry} does not compile`, { cause: error });
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(RegExp(`.{1,${lineChars}}`, 'g'));
  return [
    '// Compiled from processors/kernel by `npm run generate`; do not edit.',
    '',
    '/** The WebAssembly module, in base64. */',
    'export const kernelBinary = [',
    ...(lines ?? []).map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(kernelFile, await renderKernel());
