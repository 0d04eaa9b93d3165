import type { Channel } from '../schemas/generated/records.ts';
import { lookUp } from './language.ts';
import { blockName, isPartId, type PartSource, type UsedPart } from './part-source.ts';
import { maxDepth, maxPlacedParts, maxProblems, maxSourceBytes } from './source-bounds.ts';
import { linesOf, type Stretch } from './source-place.ts';
import { childrenOf, parseStrictly, type SyntaxNode } from './syntax.ts';
import {
  type ProblemCode,
  type ProblemValues,
  problemAt,
  type SourceProblem,
} from './template-problem.ts';
import { type Block, type Frame, ownProblem, type Piece, problemIn } from './text-pieces.ts';

/** Which parts there are, and what the text is that they are put into. */
export type Surroundings = {
  readonly parts: readonly PartSource[];
  readonly channel: Channel;
  readonly locale: string;
  /** The part whose own text it is; null for a template's. */
  readonly ofPart: string | null;
};

/** A source with its parts in place. */
export type PutTogether = {
  readonly text: string;
  /** Why a part could not be put in place, in the author's own text; nothing stands there then. */
  readonly problems: readonly SourceProblem[];
  readonly used: readonly UsedPart[];
  /** A problem of `text`, where its cause stands in the author's own text. */
  ownProblem(problem: SourceProblem): SourceProblem;
};

/** What has come of a source so far. */
type Work = Surroundings & {
  readonly source: string;
  readonly problems: SourceProblem[];
  readonly used: Map<string, number>;
  /** The contents of layouts that were given a place. */
  readonly filled: Set<Block>;
  chars: number;
  placed: number;
  isFull: boolean;
};

type Spot = Stretch & { readonly node: SyntaxNode };

const whole = (source: string): Stretch => ({ start: 0, end: source.length });

function stretchesIn(source: string): (node: SyntaxNode) => Stretch {
  const lines = linesOf(source);
  return ({ loc }) => ({ start: lines.offsetOf(loc.start), end: lines.offsetOf(loc.end) });
}

/** Where parts are asked for, in the order of the text; not looking into what a layout wraps. */
function spotsIn(nodes: readonly SyntaxNode[], stretchOf: (node: SyntaxNode) => Stretch) {
  const spots: Spot[] = [];
  const open = [...nodes];
  for (let node = open.pop(); node; node = open.pop()) {
    const isSpot = node.type === 'PartialStatement' || node.type === 'PartialBlockStatement';
    if (isSpot) spots.push({ ...stretchOf(node), node });
    else open.push(...childrenOf(node));
  }
  return spots.sort((a, b) => a.start - b.start);
}

/** The name of the part that is asked for; null where it is not written plainly. */
function nameAt(node: SyntaxNode): string | null {
  const { name, params = [], hash, strip, openStrip, closeStrip } = node;
  if (name?.type !== 'PathExpression' || params.length > 0 || hash) return null;
  // A dash takes the blanks around an insert away, and a text that is put there would keep them.
  if ([strip, openStrip, closeStrip].some((each) => each?.open || each?.close)) return null;
  const original = String(name.original);
  const isBare = name.loc.end.column - name.loc.start.column === original.length;
  return isBare && (original === blockName || isPartId(original)) ? original : null;
}

/** Letters that would change what stands behind them, or before them, once they touch it. */
const runsOn = /[\\{]$/;
const runsBack = /^\}/;

/** Whether a text could not lie between others without changing them. */
export const hasSharpEdge = (text: string): boolean => runsOn.test(text) || runsBack.test(text);

function report(work: Work, frame: Frame, at: Stretch, code: ProblemCode, values?: ProblemValues) {
  if (work.problems.length >= maxProblems) return;
  work.problems.push(problemIn(frame, at, code, values));
}

function overflow(work: Work, code: 'partsTooLarge' | 'tooManyParts', most: number): readonly [] {
  if (!work.isFull) {
    work.problems.push(problemAt(whole(work.source), code, { most: String(most) }));
  }
  work.isFull = true;
  return [];
}

function counted(work: Work, pieces: readonly Piece[]): readonly Piece[] {
  work.chars += pieces.reduce((sum, { text }) => sum + text.length, 0);
  return work.chars > maxSourceBytes ? overflow(work, 'partsTooLarge', maxSourceBytes) : pieces;
}

/** What a stretch of a text comes to, its parts in place. */
function piecesOf(
  work: Work,
  frame: Frame,
  nodes: readonly SyntaxNode[],
  stretch: Stretch,
): readonly Piece[] {
  const spots = spotsIn(nodes, stretchesIn(frame.source));
  const pieces: Piece[] = [];
  let start = stretch.start;
  for (const spot of [...spots, null]) {
    if (work.isFull) return [];
    const text = frame.source.slice(start, spot?.start ?? stretch.end);
    if (spot && runsOn.test(text)) report(work, frame, spot, 'partEdge');
    if (text !== '') pieces.push(...counted(work, [{ text, start, frame }]));
    if (spot) pieces.push(...placedAt(work, spot, frame));
    start = spot?.end ?? start;
  }
  return pieces;
}

/** The content of a layout, in its place. */
function contentAt(work: Work, spot: Spot, frame: Frame): readonly Piece[] {
  if (frame.block !== null) {
    work.filled.add(frame.block);
    return counted(work, frame.block.pieces);
  }
  // By itself, a layout is looked at with nothing in it.
  const isAlone = work.ofPart !== null && frame.partId === null;
  if (!isAlone) report(work, frame, spot, 'blockOutside');
  return [];
}

/** The part that is meant, and its text in the language; null: it cannot be there, and why. */
function wantedAt(work: Work, name: string, spot: Spot, frame: Frame) {
  const { channel, locale } = work;
  if (frame.path.includes(name)) {
    const path = [...frame.path.slice(frame.path.indexOf(name)), name].join(' → ');
    report(work, frame, spot, 'partCircle', { path });
    return null;
  }
  const part = work.parts.find(({ id }) => id === name);
  if (!part) {
    report(work, frame, spot, 'unknownPart', { name });
    return null;
  }
  if (part.channel !== channel) {
    report(work, frame, spot, 'partOfOtherChannel', { name, channel: part.channel });
    return null;
  }
  const text = lookUp(locale, part.texts);
  if (!text) report(work, frame, spot, 'partNotInLanguage', { name, locale });
  return text && { version: part.version, body: text.body };
}

function placedAt(work: Work, spot: Spot, frame: Frame): readonly Piece[] {
  const { node, start, end } = spot;
  const isLayout = node.type === 'PartialBlockStatement';
  const name = nameAt(node);
  if (name === null || (isLayout && name === blockName)) {
    report(work, frame, spot, 'dynamicPart');
    return [];
  }
  if (name === blockName) return contentAt(work, spot, frame);
  if (frame.depth >= maxDepth) {
    report(work, frame, spot, 'partsTooDeep', { most: String(maxDepth) });
    return [];
  }
  work.placed += 1;
  if (work.placed > maxPlacedParts) return overflow(work, 'tooManyParts', maxPlacedParts);
  const wanted = wantedAt(work, name, spot, frame);
  if (!wanted) return [];
  work.used.set(name, wanted.version);
  const block = isLayout ? { pieces: wrappedBy(work, node, frame) } : null;
  const inner: Frame = {
    source: wanted.body,
    partId: name,
    asked: frame.asked ?? { start, end },
    block,
    path: [...frame.path, name],
    depth: frame.depth + 1,
  };
  const pieces = textOf(work, inner);
  if (block && !work.filled.has(block)) report(work, frame, spot, 'noContent', { name });
  return pieces;
}

/** What a layout wraps; its size counts where it is put. */
function wrappedBy(work: Work, { program }: SyntaxNode, frame: Frame): readonly Piece[] {
  const nodes = program?.body ?? [];
  const [first] = nodes;
  const last = nodes.at(-1);
  if (!first || !last) return [];
  const stretchOf = stretchesIn(frame.source);
  const stretch = { start: stretchOf(first).start, end: stretchOf(last).end };
  if (hasSharpEdge(frame.source.slice(stretch.start, stretch.end))) {
    report(work, frame, stretch, 'partEdge');
  }
  const { chars } = work;
  const pieces = piecesOf(work, { ...frame, depth: frame.depth + 1 }, nodes, stretch);
  work.chars = chars;
  return pieces;
}

function textOf(work: Work, frame: Frame): readonly Piece[] {
  const { source, partId } = frame;
  let nodes: readonly SyntaxNode[];
  try {
    nodes = parseStrictly(source).body ?? [];
  } catch {
    if (partId === null) return [{ text: source, start: 0, frame }];
    report(work, frame, whole(source), 'syntax');
    return [];
  }
  return piecesOf(work, frame, nodes, whole(source));
}

/**
 * Puts parts in the place of `{{> name}}`, and what `{{#> name}}…{{/name}}` wraps in the place of
 * the part's `{{> @partial-block}}`: as text, so that what is published stands for itself. A source
 * that is no template is left as it is, for whoever checks it to say why. Bounded by the size of a
 * source, a number of parts, and a depth; a part within itself is a problem, not a loop.
 */
export function putTogether(source: string, surroundings: Surroundings): PutTogether {
  const { parts, channel, locale, ofPart } = surroundings;
  const work: Work = {
    parts,
    channel,
    locale,
    ofPart,
    source,
    problems: [],
    used: new Map(),
    filled: new Set(),
    chars: 0,
    placed: 0,
    isFull: false,
  };
  const path = ofPart === null ? [] : [ofPart];
  const own: Frame = { source, partId: null, asked: null, block: null, path, depth: 0 };
  const pieces = textOf(work, own);
  const text = pieces.map((piece) => piece.text).join('');
  if (work.used.size > 0 && Buffer.byteLength(text) > maxSourceBytes) {
    overflow(work, 'partsTooLarge', maxSourceBytes);
  }
  return {
    text: work.isFull ? '' : text,
    problems: work.problems,
    used: [...work.used].map(([partId, version]) => ({ partId, version })),
    ownProblem: (problem) => ownProblem(pieces, problem),
  };
}
