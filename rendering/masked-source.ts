import type { Stretch } from './source-place.ts';
import { childrenOf, type SyntaxNode } from './syntax.ts';

/*
 * The HTML of a template is what stands around its inserts. Two letters of no alphabet (private
 * use) stand for values, as many as the insert is long, so that every place stays where it is.
 */

/** Stands for any value. */
export const valueMark = '\ue000';
/** Stands for what `url` makes: a link with a scheme that is allowed. */
export const urlMark = '\ue001';
/** A letter of the source that could be taken for a mark. */
const markInSource = /[\ue000\ue001]/g;
const notLineEnd = /[^\r\n]/g;

/** A source in which inserts are marks and conditions are blank. */
export type MaskedSource = {
  readonly text: string;
  /** A number for the innermost branch of a condition that a place lies in; -1 outside of all. */
  branchAt(offset: number): number;
};

type StretchOf = (node: SyntaxNode) => Stretch;

function markOf({ path }: SyntaxNode): string {
  return path?.original === 'url' ? urlMark : valueMark;
}

/** What shows in place of a node; null: nothing of its own. */
function shownFor(node: SyntaxNode, source: string, { start, end }: Stretch): string | null {
  if (node.type === 'ContentStatement') {
    return source.slice(start, end).replaceAll(markInSource, ' ');
  }
  return node.type === 'MustacheStatement' ? markOf(node).repeat(end - start) : null;
}

/** Masks a source that was parsed. */
export function maskSource(source: string, root: SyntaxNode, stretchOf: StretchOf): MaskedSource {
  const pieces: (Stretch & { readonly text: string })[] = [];
  const branches: Stretch[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const stretch = stretchOf(node);
    if (node.type === 'Program' && node !== root) branches.push(stretch);
    const text = shownFor(node, source, stretch);
    if (text === null) open.push(...childrenOf(node));
    else pieces.push({ ...stretch, text });
  }
  pieces.sort((a, b) => a.start - b.start);
  let text = '';
  for (const piece of pieces) {
    if (piece.start < text.length) continue;
    text += source.slice(text.length, piece.start).replaceAll(notLineEnd, ' ') + piece.text;
  }
  text += source.slice(text.length).replaceAll(notLineEnd, ' ');
  // A branch that begins later is the inner one of those that hold a place.
  branches.sort((a, b) => a.start - b.start || b.end - a.end);
  return {
    text,
    branchAt: (offset) =>
      branches.findLastIndex(({ start, end }) => start <= offset && offset < end),
  };
}
