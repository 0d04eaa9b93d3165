import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { init, parse } from 'es-module-lexer';

const require = createRequire(import.meta.url);

/** The packages of the editor, and a file of each: written out, so that whoever looks sees them. */
const ours: Readonly<Record<string, string>> = {
  '@codemirror/autocomplete': require.resolve('@codemirror/autocomplete'),
  '@codemirror/commands': require.resolve('@codemirror/commands'),
  '@codemirror/language': require.resolve('@codemirror/language'),
  '@codemirror/lint': require.resolve('@codemirror/lint'),
  '@codemirror/state': require.resolve('@codemirror/state'),
  '@codemirror/view': require.resolve('@codemirror/view'),
  '@lezer/highlight': require.resolve('@lezer/highlight'),
};

/**
 * The modules of the editor and of what they need, by what they call each other, and the file of
 * each. Browsers know no packages, so the names in their imports become paths when the gateway
 * starts: no build step.
 */
const files = {
  '@codemirror/autocomplete': 'dist/index.js',
  '@codemirror/commands': 'dist/index.js',
  '@codemirror/language': 'dist/index.js',
  '@codemirror/lint': 'dist/index.js',
  '@codemirror/state': 'dist/index.js',
  '@codemirror/streamparser': 'dist/index.js',
  '@codemirror/view': 'dist/index.js',
  '@lezer/common': 'dist/index.js',
  '@lezer/highlight': 'dist/index.js',
  '@lezer/lr': 'dist/index.js',
  '@marijn/find-cluster-break': 'src/index.js',
  crelt: 'index.js',
  'style-mod': 'src/style-mod.js',
  'w3c-keyname': 'index.js',
} as const satisfies Readonly<Record<string, string>>;

/** A module as the browser gets it. */
export type VendorModule = { readonly name: string; readonly source: string };

/** `@codemirror/view` is `vendor/codemirror-view.js`. */
const moduleName = (specifier: string) => `${specifier.replace('@', '').replace('/', '-')}.js`;

/** A package may hide its files from importers, so they are found beside what it shows. */
function rootOf(name: string): string {
  const parts = (ours[name] ?? require.resolve(name)).split('/');
  const wanted = name.split('/').length;
  const at = parts.lastIndexOf('node_modules');
  return join('/', ...parts.slice(0, at + 1 + wanted));
}

/** A source with paths for the names in its imports; one that is not in the list throws. */
function withPaths(source: string, name: string): string {
  let written = '';
  let done = 0;
  for (const { type, specifier, start, end } of parse(source)[0]) {
    if (type === 'import-meta') continue;
    if (specifier === undefined || !Object.hasOwn(files, specifier)) {
      throw new Error(
        `${name} imports ${specifier}, which is not among the modules that are served`,
      );
    }
    written += `${source.slice(done, start)}./${moduleName(specifier)}`;
    done = end;
  }
  return written + source.slice(done);
}

async function readModules(): Promise<readonly VendorModule[]> {
  await init();
  return Object.entries(files).map(([specifier, file]) => {
    const source = readFileSync(join(rootOf(specifier), file), 'utf8');
    return { name: moduleName(specifier), source: withPaths(source, specifier) };
  });
}

let known: Promise<readonly VendorModule[]> | null = null;

/** All modules of the editor, ready to be served beside each other; read once in a process. */
export function vendorModules(): Promise<readonly VendorModule[]> {
  known ??= readModules();
  return known;
}
