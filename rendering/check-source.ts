import { mailProblems } from './mail-html.ts';
import { maskSource } from './masked-source.ts';
import { maxDepth, maxNodes, maxProblems, maxSourceBytes } from './source-bounds.ts';
import { linesOf, type Stretch } from './source-place.ts';
import { type Allowed, statementProblems } from './statement-rules.ts';
import { childrenOf, parseStrictly, type SyntaxNode } from './syntax.ts';
import { syntaxProblem } from './syntax-problem.ts';
import { telegramProblems } from './telegram-html.ts';
import { problemAt, type SourceProblem } from './template-problem.ts';

/** How a source is shown: which HTML, or plain text, or one line. */
export type SourceKind = 'mail' | 'telegram' | 'plain' | 'subject';

type Walked = {
  readonly nodes: readonly SyntaxNode[];
  readonly problems: readonly SourceProblem[];
};

/** All statements, as far as their number and depth are in bounds. Depth costs no stack. */
function walk(root: SyntaxNode, stretchOf: (node: SyntaxNode) => Stretch): Walked {
  const nodes: SyntaxNode[] = [];
  const open = [{ node: root, depth: 0 }];
  const most = (count: number) => ({ most: String(count) });
  for (let each = open.pop(); each; each = open.pop()) {
    const { node, depth } = each;
    if (depth > maxDepth) {
      return { nodes, problems: [problemAt(stretchOf(node), 'tooDeep', most(maxDepth))] };
    }
    nodes.push(node);
    if (nodes.length > maxNodes) {
      return { nodes, problems: [problemAt(stretchOf(node), 'tooManyNodes', most(maxNodes))] };
    }
    const deeper = node.type === 'BlockStatement' ? depth + 1 : depth;
    for (const child of childrenOf(node)) open.push({ node: child, depth: deeper });
  }
  return { nodes, problems: [] };
}

const statement = /(Statement|Block|Decorator)$/;

function* htmlProblems(
  source: string,
  root: SyntaxNode,
  kind: SourceKind,
  stretchOf: (node: SyntaxNode) => Stretch,
): Iterable<SourceProblem> {
  if (kind !== 'mail' && kind !== 'telegram') return;
  const masked = maskSource(source, root, stretchOf);
  yield* kind === 'mail' ? mailProblems(masked.text) : telegramProblems(masked);
}

const control = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

function* subjectProblems(source: string): Iterable<SourceProblem> {
  for (const { index, 0: found } of source.matchAll(control)) {
    yield problemAt({ start: index, end: index + found.length }, 'controlInSubject');
  }
}

/** What is wrong with a source, in the order of its text; empty when it may be published. */
export function checkSource(
  source: string,
  kind: SourceKind,
  allowed: Omit<Allowed, 'isHtml' | 'isSubject'>,
): readonly SourceProblem[] {
  const whole = { start: 0, end: source.length };
  const bytes = Buffer.byteLength(source);
  if (bytes > maxSourceBytes) {
    const values = { bytes: String(bytes), most: String(maxSourceBytes) };
    return [problemAt(whole, 'tooLarge', values)];
  }
  const lines = linesOf(source);
  let root: SyntaxNode;
  try {
    root = parseStrictly(source);
  } catch (error) {
    return [syntaxProblem(error, source, lines)];
  }
  const stretchOf = ({ type, loc }: SyntaxNode): Stretch => {
    // Nothing is written in an empty branch, so it has no place.
    if (!loc || (type === 'Program' && !loc.start)) return whole;
    return { start: lines.offsetOf(loc.start), end: lines.offsetOf(loc.end) };
  };
  const { nodes, problems } = walk(root, stretchOf);
  if (problems.length > 0) return problems;
  const isHtml = kind === 'mail' || kind === 'telegram';
  const rules = { ...allowed, isHtml, isSubject: kind === 'subject' };
  const all = [
    ...(kind === 'subject' ? subjectProblems(source) : []),
    ...nodes
      .filter(({ type }) => statement.test(type))
      .flatMap((node) => [...statementProblems(node, rules, stretchOf)]),
    ...htmlProblems(source, root, kind, stretchOf),
  ];
  return all.sort((a, b) => a.start - b.start).slice(0, maxProblems);
}
