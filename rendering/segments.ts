import type { Template } from '../schemas/generated/records.ts';
import { loneName, parse, type SyntaxNode } from './syntax.ts';
import { readerName } from './values.ts';

/** A piece of a text: words as they are, or a name to be replaced by its value. */
export type Segment =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string; readonly escaped: boolean };

/**
 * Why a text is rendered the slow way, person by person: it can be written from bytes to bytes only
 * if nothing in it but names has to be filled in. `construct`: what is written there.
 */
export type SlowReason = {
  readonly kind: 'function' | 'condition' | 'loop' | 'mixed' | 'undeclared' | 'other';
  readonly construct: string;
  /** From 1; null where it is the text as a whole. */
  readonly line: number | null;
};

type Segments =
  | {
      readonly ok: true;
      readonly value: readonly Segment[];
      /** Whether the reader's name is written as HTML; null: here it is, and there not. */
      readonly escapesReader: boolean | null;
    }
  | { readonly ok: false; readonly reason: SlowReason };

type Declaring = Pick<Template, 'channel' | 'params'>;

const printedAs = ({ path, name }: SyntaxNode) => String((path ?? name)?.original ?? '');

function reasonOf(node: SyntaxNode): SlowReason {
  const construct = printedAs(node);
  const at = { construct, line: node.loc.start.line };
  if (node.type === 'BlockStatement') {
    const asks = construct === 'if' || construct === 'unless';
    return { kind: asks ? 'condition' : 'loop', ...at };
  }
  if (node.type !== 'MustacheStatement') return { kind: 'other', ...at };
  return { kind: loneName(node) === null ? 'function' : 'undeclared', ...at };
}

function segmentOf(node: SyntaxNode, { channel, params }: Declaring): Segment | null {
  if (node.type === 'ContentStatement') return { kind: 'words', text: node.value as string };
  const name = node.type === 'MustacheStatement' ? loneName(node) : null;
  if (name === null || !params.includes(name)) return null;
  return { kind: 'name', name, escaped: channel !== 'sms' && node.escaped === true };
}

/** All mentions of the reader must be treated alike; few templates mix {{ }} and {{{ }}}. */
function escapesReader(segments: readonly Segment[]): boolean | null {
  const mentions = segments.filter((each) => each.kind === 'name' && each.name === readerName);
  const escaped = mentions.filter((each) => each.kind === 'name' && each.escaped);
  if (escaped.length === 0) return false;
  return escaped.length === mentions.length ? true : null;
}

/**
 * The pieces of a source that holds nothing but words and declared names; else what in it only
 * Handlebars itself can render. Pieces of a subject are never escaped: see `render`.
 */
export function segmentsOf(template: Declaring, source: string): Segments {
  const statements = parse(source);
  if (!statements) {
    return { ok: false, reason: { kind: 'other', construct: '', line: null } };
  }
  const segments: Segment[] = [];
  for (const statement of statements) {
    const segment = segmentOf(statement, template);
    if (!segment) return { ok: false, reason: reasonOf(statement) };
    segments.push(segment);
  }
  return { ok: true, value: segments, escapesReader: escapesReader(segments) };
}

/**
 * Why a body, or a subject, is rendered the slow way; null when it is rendered the fast way for
 * everybody who is simple (processors/fan-out.ts).
 */
export function slowReason(
  template: Declaring,
  source: string,
  part: 'subject' | 'body',
): SlowReason | null {
  const segments = segmentsOf(template, source);
  if (!segments.ok) return segments.reason;
  const mixed = part === 'body' && segments.escapesReader === null;
  return mixed ? { kind: 'mixed', construct: readerName, line: null } : null;
}
