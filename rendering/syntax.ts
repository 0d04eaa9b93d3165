import handlebars from 'handlebars';
import { shownText } from '../runtime/shown-text.ts';
import { functionNames, functionsFor, isFunctionName, type Reader } from './functions.ts';
import type { RenderContext } from './values.ts';

/** A node of Handlebars' syntax tree, with all that any kind of it may have. */
export type SyntaxNode = {
  readonly type: string;
  readonly loc: hbs.AST.SourceLocation;
  readonly path?: SyntaxNode;
  readonly name?: SyntaxNode;
  readonly params?: readonly SyntaxNode[];
  readonly hash?: SyntaxNode;
  readonly pairs?: readonly SyntaxNode[];
  readonly key?: string;
  /** Of a hash pair a node, of content and literals what is written. */
  readonly value?: SyntaxNode | string | number | boolean;
  readonly program?: SyntaxNode;
  readonly inverse?: SyntaxNode;
  readonly body?: readonly SyntaxNode[];
  readonly original?: string | number | boolean | null;
  readonly parts?: readonly unknown[];
  readonly depth?: number;
  readonly data?: boolean;
  readonly escaped?: boolean;
  readonly blockParams?: readonly string[];
  /** Whether blanks around it are taken away. */
  readonly strip?: Strip;
  readonly openStrip?: Strip;
  readonly closeStrip?: Strip;
};

type Strip = { readonly open?: boolean; readonly close?: boolean };

/** Bounds the texts that are kept in memory: templates × languages × versions in use, and room. */
const maxKept = 1000;

type Rendering = (context: RenderContext, reader: Reader) => string;

/** An environment of its own without `log` and `lookup`: a template reads values, nothing else. */
const environment = handlebars.create();
environment.unregisterHelper('log');
environment.unregisterHelper('lookup');

const knownHelpers = {
  log: false,
  lookup: false,
  ...Object.fromEntries(functionNames.map((name) => [name, true])),
};

/** The name that is written alone, without anything behind it; null for all else. */
export function loneName({ path, params = [], hash }: SyntaxNode): string | null {
  if (!path || params.length > 0 || hash) return null;
  const { original, parts } = path;
  const plain = typeof original === 'string' && parts?.length === 1 && parts[0] === original;
  return plain ? original : null;
}

/** The nodes right below one. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const { path, name, params = [], hash, pairs = [], program, inverse, body = [] } = node;
  const value = node.type === 'HashPair' ? (node.value as SyntaxNode) : undefined;
  const all = [path, name, ...params, hash, ...pairs, value, program, inverse, ...body];
  return all.filter((each) => typeof each === 'object' && each !== null);
}

/**
 * A name alone is a value, also where a function is called the same: templates that declare `date`
 * were there before the function was.
 */
function readValues(root: SyntaxNode): void {
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    open.push(...childrenOf(node));
    const name = loneName(node);
    if (!isFunctionName(name)) continue;
    // Handlebars takes a name for a function's unless it is written as a path.
    (node.path as { original: string }).original = `./${name}`;
  }
}

const rendered = new Map<string, Rendering>();
const readers = new Map<string, ReturnType<typeof functionsFor>>();

function functionsOf(reader: Reader) {
  const key = `${reader.locale}|${reader.timeZone}`;
  const functions = readers.get(key) ?? functionsFor(reader);
  if (readers.size >= maxKept) readers.clear();
  readers.set(key, functions);
  return functions;
}

/** The function that fills a source in; throws where it is no template. */
export function compile(source: string, escape: boolean): Rendering {
  const key = `${escape ? 'escaped' : 'plain'}:${source}`;
  let render = rendered.get(key);
  if (!render) {
    const program = handlebars.parse(shownText(source));
    readValues(program as unknown as SyntaxNode);
    const fill = environment.compile<RenderContext>(program, {
      strict: true,
      noEscape: !escape,
      preventIndent: true,
      knownHelpers,
      knownHelpersOnly: true,
    });
    render = (context, reader) => fill(context, { helpers: functionsOf(reader) });
    if (rendered.size >= maxKept) rendered.clear();
    rendered.set(key, render);
  }
  return render;
}

/** Parsed sources. A command brings its templates along, so the same ones come again and again. */
const parsed = new Map<string, readonly SyntaxNode[] | null>();

/** The statements of a source; throws what Handlebars says where it is no template. */
export const parseStrictly = (source: string): SyntaxNode =>
  handlebars.parse(source) as unknown as SyntaxNode;

/** The statements of a source as it is rendered; null when it is no template. */
export function parse(source: string): readonly SyntaxNode[] | null {
  const present = parsed.get(source);
  if (present !== undefined) return present;
  let statements: readonly SyntaxNode[] | null = null;
  try {
    statements = parseStrictly(shownText(source)).body ?? [];
  } catch {
    // Whoever renders it gets to know why.
  }
  if (parsed.size >= maxKept) parsed.clear();
  parsed.set(source, statements);
  return statements;
}

/** Escapes a value as Handlebars does in HTML. */
export const escapeText = (value: string): string => handlebars.Utils.escapeExpression(value);
