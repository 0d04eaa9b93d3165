import {
  dateStyles,
  functionNames,
  isFunctionName,
  neededForms,
  pluralForms,
  url,
} from './functions.ts';
import type { Stretch } from './source-place.ts';
import { loneName, type SyntaxNode } from './syntax.ts';
import { type ProblemCode, type ProblemValues, problemAt } from './template-problem.ts';
import type { ValueName } from './value-names.ts';

/** What a text may hold: names, the language it is in, and whether values are escaped in it. */
export type Allowed = {
  readonly names: readonly ValueName[];
  readonly locale: string;
  readonly isHtml: boolean;
  readonly isSubject: boolean;
};

type Found = {
  readonly node: SyntaxNode;
  readonly code: ProblemCode;
  readonly values: ProblemValues;
};

const found = (node: SyntaxNode, code: ProblemCode, values: ProblemValues = {}): Found => ({
  node,
  code,
  values,
});

/** How many letters have to be changed; counted up to two, for more is another word. */
const maxSlips = 2;

/** Levenshtein's distance between two words, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [at, other] of Array.from(b).entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Longer than any name: to compare it with each would cost its length, for nothing. */
const maxNameChars = 100;

function unknownName(node: SyntaxNode, name: string, { names }: Allowed): Found {
  const near =
    name.length > maxNameChars ? null : names.find((each) => distance(each.name, name) <= maxSlips);
  return near
    ? found(node, 'misspeltName', { name, near: near.name })
    : found(node, 'unknownName', { name: name.slice(0, maxNameChars) });
}

/** What is wrong with a name by which a value is read; null when nothing is. */
function nameProblem(node: SyntaxNode, allowed: Allowed): Found | null {
  const name = loneName({ type: '', loc: node.loc, path: node });
  if (node.type === 'SubExpression') return found(node, 'nested');
  if (node.type !== 'PathExpression' || name === null) {
    const { original = '', value = original } = node;
    const text = (typeof value === 'object' ? '' : String(value)).slice(0, maxNameChars);
    return found(node, 'notAName', { text });
  }
  return allowed.names.some((each) => each.name === name) ? null : unknownName(node, name, allowed);
}

const uses = {
  url: '{{url link}}',
  date: '{{date event_date style="long"}}',
  plural: '{{plural episode one="серия" few="серии" many="серий"}}',
} as const;

const wordOf = ({ value }: SyntaxNode): string | null => {
  if (typeof value !== 'object') return null;
  return value.type === 'StringLiteral' && typeof value.value === 'string' ? value.value : null;
};

function isRightLiteral(name: string, node: SyntaxNode): boolean {
  if (node.type === 'NumberLiteral') return name === 'plural';
  if (node.type !== 'StringLiteral' || name !== 'url') return false;
  try {
    return url(node.value) !== '';
  } catch {
    return false;
  }
}

function hashProblem(node: SyntaxNode, name: string, { locale }: Allowed): Found | null {
  const pairs = new Map((node.hash?.pairs ?? []).map((pair) => [pair.key ?? '', wordOf(pair)]));
  const keys = [...pairs.keys()];
  const wrong = found(node, 'functionUse', { name, use: uses[name as keyof typeof uses] });
  if ([...pairs.values()].includes(null)) return wrong;
  if (name === 'url') return keys.length > 0 ? wrong : null;
  if (name === 'date') {
    const style = pairs.get('style') ?? 'long';
    const isKnown = dateStyles.some((each) => each === style);
    return isKnown && keys.every((key) => key === 'style') ? null : wrong;
  }
  if (keys.some((key) => !pluralForms.some((form) => form === key))) return wrong;
  const missing = neededForms(locale).filter((form) => !pairs.has(form));
  return missing.length > 0 ? found(node, 'pluralForms', { missing: missing.join(', ') }) : null;
}

function* callProblems(node: SyntaxNode, allowed: Allowed): Iterable<Found> {
  const { path, params = [] } = node;
  const name = String(path?.original ?? '').slice(0, maxNameChars);
  if (!isFunctionName(name)) {
    return yield found(node, 'unknownFunction', { name, known: functionNames.join(', ') });
  }
  const [value] = params;
  if (!value || params.length > 1) {
    return yield found(node, 'functionUse', { name, use: uses[name] });
  }
  if (!isRightLiteral(name, value)) {
    const isLiteral = value.type.endsWith('Literal');
    const problem = isLiteral
      ? found(value, 'functionUse', { name, use: uses[name] })
      : nameProblem(value, allowed);
    if (problem) yield problem;
  }
  const problem = hashProblem(node, name, allowed);
  if (problem) yield problem;
}

function* printProblems(node: SyntaxNode, allowed: Allowed): Iterable<Found> {
  const { path, params = [], hash, escaped } = node;
  if (!path) return;
  if (allowed.isHtml && escaped !== true) {
    yield found(node, 'rawOutput', { name: String(path.original ?? '').slice(0, maxNameChars) });
  }
  if (params.length > 0 || hash) return yield* callProblems(node, allowed);
  const problem = nameProblem(path, allowed);
  if (problem) {
    const { original } = path;
    const isCall = isFunctionName(original);
    yield isCall ? found(node, 'functionUse', { name: original, use: uses[original] }) : problem;
    return;
  }
  const name = String(path.original);
  const { kind } = allowed.names.find((each) => each.name === name) ?? { kind: 'text' };
  if (kind === 'date') yield found(node, 'dateNeedsFunction', { name });
}

const conditions: readonly string[] = ['if', 'unless'];

function* blockProblems(node: SyntaxNode, allowed: Allowed): Iterable<Found> {
  const { path, params = [], hash, program, inverse } = node;
  const name = String(path?.original ?? '').slice(0, maxNameChars);
  if (!conditions.includes(name)) {
    const code = name === 'each' || name === 'with' ? 'noLoop' : 'sectionUse';
    return yield found(path ?? node, code, { name });
  }
  const [asked] = params;
  const binds = [program, inverse].some((each) => (each?.blockParams?.length ?? 0) > 0);
  if (!asked || params.length > 1 || hash || binds) {
    return yield found(path ?? node, 'conditionUse', { name });
  }
  const problem = nameProblem(asked, allowed);
  if (problem) yield problem;
}

/** Parts are in place before a text is looked at, so what is left of them is none. */
const partProblem = (node: SyntaxNode, { isSubject }: Allowed): Found =>
  found(node, isSubject ? 'partInSubject' : 'dynamicPart');

/**
 * What is wrong with one statement, not looking into its branches. An allow-list: a kind of
 * statement that is not named here is refused.
 */
export function* statementProblems(
  node: SyntaxNode,
  allowed: Allowed,
  stretchOf: (node: SyntaxNode) => Stretch,
) {
  for (const each of rulesFor(node, allowed)) {
    yield problemAt(stretchOf(each.node), each.code, each.values);
  }
}

function rulesFor(node: SyntaxNode, allowed: Allowed): Iterable<Found> {
  switch (node.type) {
    case 'Program':
    case 'ContentStatement':
    case 'CommentStatement':
      return [];
    case 'MustacheStatement':
      return printProblems(node, allowed);
    case 'BlockStatement':
      return blockProblems(node, allowed);
    case 'PartialStatement':
    case 'PartialBlockStatement':
      return [partProblem(node, allowed)];
    default:
      return [found(node, 'decorator')];
  }
}
