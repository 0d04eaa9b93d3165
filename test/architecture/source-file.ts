import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Comment, type Program, parseSync } from 'oxc-parser';
import { layers } from '../../dev/bootstrap/layers.mjs';

const root = join(import.meta.dirname, '..', '..');
const folders = `{${layers.join(',')}}`;

/** A file by its path from the root. Rules take these, so that they can be tried on any text. */
export type SourceFile = { readonly path: string; readonly text: string };

/** What a file says, parsed. Children are reached by `walk`, so their types do not matter here. */
export type Syntax = {
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
};

/** A module that a file names, in an import, a re-export or `import()`, and where it does. */
export type Import = { readonly specifier: string; readonly start: number };

/** Any node of the tree. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [key: string]: unknown;
};

/** All code of the repository. */
export function readTree(): readonly SourceFile[] {
  const paths = globSync([`${folders}/**/*.{ts,mts,js,mjs}`, '*.ts'], { cwd: root }).sort();
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** A node and all below it, in the order of the text. */
export function* walk(node: Node): Iterable<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child);
    }
  }
}

export const nodesOf = (file: SourceFile): Iterable<Node> =>
  walk(syntaxOf(file).program as unknown as Node);

const parsed = new WeakMap<SourceFile, Syntax>();

/** The syntax of a file; a text that is no code throws, so that no rule passes by not looking. */
export function syntaxOf(file: SourceFile): Syntax {
  let syntax = parsed.get(file);
  if (!syntax) {
    const { program, comments, module, errors } = parseSync(file.path, file.text);
    if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`);
    const requests = [
      ...module.staticImports.map((each) => each.moduleRequest),
      ...module.staticExports.flatMap(({ entries }) =>
        entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest] : [])),
      ),
      ...module.dynamicImports.map((each) => each.moduleRequest),
    ];
    const imports = requests.map(({ start, end }) => ({
      specifier: file.text.slice(start + 1, end - 1),
      start,
    }));
    syntax = { program, comments, imports };
    parsed.set(file, syntax);
  }
  return syntax;
}

/** A violation in words: where it is and what is wrong. */
export function violationAt(file: SourceFile, at: number, problem: string): string {
  const line = file.text.slice(0, at).split('\n').length;
  return `${file.path}:${line} ${problem}`;
}

/** The first folder of a path; empty for a file of the root. */
export const layerOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
