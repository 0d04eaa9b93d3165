import { basename } from 'node:path/posix';
import { file, type Rule } from './rule.ts';
import { type Node, nodesOf, type SourceFile, syntaxOf, violationAt, walk } from './source-file.ts';

const maxFileLines = 300;
const maxFunctionLines = 70;
const maxLineChars = 100;

const isGenerated = ({ path }: SourceFile) => path.includes('/generated/');
const linesOf = (text: string) => text.split('\n').length;

export const fileLengthRule: Rule = {
  title: `a file has at most ${maxFileLines} lines`,
  check: (files) =>
    files
      .filter((each) => !isGenerated(each))
      .map((each) => ({ path: each.path, lines: linesOf(each.text.trimEnd()) }))
      .filter(({ lines }) => lines > maxFileLines)
      .map(({ path, lines }) => `${path} has ${lines} lines`),
  planted: [file('runtime/x.ts', 'a();\n'.repeat(maxFileLines + 1))],
  innocent: [
    file('runtime/x.ts', 'a();\n'.repeat(maxFileLines)),
    file('schemas/generated/x.ts', 'a();\n'.repeat(maxFileLines + 1)),
  ],
};

const functionTypes: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

/**
 * The lines of a function without those of the functions in it: these are measured themselves,
 * as the methods of a class are. Lines that two functions share belong to the outer one.
 */
function ownLines(text: string, node: Node): number {
  let lines = linesOf(text.slice(node.start, node.end));
  for (const inner of innerFunctions(node))
    lines -= linesOf(text.slice(inner.start, inner.end)) - 1;
  return lines;
}

/** The outermost functions inside a function. */
function* innerFunctions(node: Node): Iterable<Node> {
  let end = node.start;
  for (const each of walk(node)) {
    if (each === node || each.start < end || !functionTypes.has(each.type)) continue;
    end = each.end;
    yield each;
  }
}

const filled = (lines: number) => 'a();\n'.repeat(lines);

export const functionLengthRule: Rule = {
  title: `a function has at most ${maxFunctionLines} lines of its own`,
  check: (files) =>
    files.flatMap((each) =>
      [...nodesOf(each)]
        .filter(({ type }) => functionTypes.has(type))
        .map((node) => ({ start: node.start, lines: ownLines(each.text, node) }))
        .filter(({ lines }) => lines > maxFunctionLines)
        .map(({ start, lines }) => violationAt(each, start, `begins a function of ${lines} lines`)),
    ),
  planted: [
    file('runtime/x.ts', `function* f() {\n${filled(maxFunctionLines)}}`),
    file('runtime/x.ts', `const f = async () => {\n${filled(maxFunctionLines)}};`),
    file('runtime/x.ts', `class A { async b() {\n${filled(maxFunctionLines)}} }`),
    file('runtime/x.ts', `const a = { b() {\n${filled(maxFunctionLines)}} };`),
    file('runtime/x.ts', `function f() { g(() => {\n${filled(maxFunctionLines)}}); }`),
  ],
  innocent: [
    file('runtime/x.ts', `function f() {\n${filled(maxFunctionLines - 2)}}\n${filled(10)}`),
    file('runtime/x.ts', `function f() {\n${filled(40)}const g = () => {\n${filled(40)}};\n}`),
    file('runtime/x.ts', `const table = [\n${'  1,\n'.repeat(maxFunctionLines)}];`),
  ],
};

export const lineLengthRule: Rule = {
  title: `a line has at most ${maxLineChars} characters`,
  check: (files) =>
    files
      .filter((each) => !isGenerated(each))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .map((line, index) => ({ chars: line.length, number: index + 1 }))
          .filter(({ chars }) => chars > maxLineChars)
          .map(({ chars, number }) => `${path}:${number} has ${chars} characters`),
      ),
  planted: [file('runtime/x.ts', `a();\n// ${'x'.repeat(maxLineChars)}`)],
  innocent: [file('runtime/x.ts', `// ${'я'.repeat(maxLineChars - 3)}\n// next`)],
};

const word = '[a-z0-9]+(-[a-z0-9]+)*';
const kebabPath = new RegExp(`^(${word}/)*${word}(\\.(test|config|d))?\\.(ts|mts|js|mjs)$`);
const vagueWords: ReadonlySet<string> = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
]);

export const nameRule: Rule = {
  title: 'names are kebab-case and say what is inside',
  check: (files) =>
    files.flatMap(({ path }) => {
      const vague = path.split(/[/.-]/).filter((each) => vagueWords.has(each.toLowerCase()));
      const problems = vague.map((each) => `${path} is called ${each}, which says nothing`);
      return kebabPath.test(path) ? problems : [...problems, `${path} is not kebab-case`];
    }),
  planted: [
    file('runtime/tableStore.ts', ''),
    file('runtime/TableStore.ts', ''),
    file('runtime/table_store.ts', ''),
    file('runtime/utils/clock.ts', ''),
    file('gateway/session-manager.ts', ''),
    file('test/helpers.ts', ''),
    file('schemas/common.ts', ''),
  ],
  innocent: [
    file('dev/infra/environment.d.mts', ''),
    file('test/unit/record-batch.test.ts', ''),
    file('gateway/commonwealth.ts', ''),
  ],
};

/** Files that a tool loads by their default export. */
const defaultExporters = ['vitest.config.ts', 'global-setup.ts'];
const exportsDefault = (node: Node) =>
  node.type === 'ExportDefaultDeclaration' ||
  (node.type === 'ExportSpecifier' && (node['exported'] as Node)['name'] === 'default');

export const exportRule: Rule = {
  title: 'exports have names',
  check: (files) =>
    files
      .filter(({ path }) => !defaultExporters.includes(basename(path)))
      .flatMap((each) =>
        [...nodesOf(each)]
          .filter(exportsDefault)
          .map(({ start }) => violationAt(each, start, 'is a default export')),
      ),
  planted: [
    file('runtime/x.ts', 'export default function f() {}'),
    file('runtime/x.ts', 'const a = 1; export { a as default };'),
  ],
  innocent: [
    file('runtime/x.ts', "import a from 'avsc';\n// export default\nexport const b = a;"),
    file('vitest.config.ts', 'export default {};'),
  ],
};

export const enumRule: Rule = {
  title: 'there is no enum: type stripping cannot erase it',
  check: (files) =>
    files.flatMap((each) =>
      [...nodesOf(each)]
        .filter(({ type }) => type === 'TSEnumDeclaration')
        .map(({ start }) => violationAt(each, start, 'is an enum')),
    ),
  planted: [
    file('runtime/x.ts', 'enum A { B }'),
    file('runtime/x.ts', 'export const enum A { B }'),
  ],
  innocent: [file('runtime/x.ts', "// an enum\nconst type = 'enum'; const a = { enum: [1] };")],
};

/** Left-overs of work that is not done, and paths of somebody's machine. */
const bannedWords = /\b(todo|fixme|xxx|hack|helpers?)\b|\/(work|home|tmp)\//i;

export const commentRule: Rule = {
  title: 'comments hold no left-overs',
  check: (files) =>
    files.flatMap((each) =>
      syntaxOf(each).comments.flatMap(({ value, start }) => {
        const found = bannedWords.exec(value)?.[0];
        return found ? [violationAt(each, start, `says ${found}`)] : [];
      }),
    ),
  planted: [
    file('runtime/x.ts', '// TODO: later'),
    file('runtime/x.ts', '/** Written by a helper. */'),
    file('runtime/x.ts', 'const a = 1; /* see /home/anna/x */'),
  ],
  innocent: [
    file('runtime/x.ts', "// A method, unhackable.\nconst todo = 'TODO'; registerHelper();"),
  ],
};
