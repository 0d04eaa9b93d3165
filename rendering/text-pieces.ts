import { sayProblem } from './problem-words.ts';
import { linesOf, type Stretch } from './source-place.ts';
import {
  type ProblemCode,
  type ProblemValues,
  problemAt,
  type SourceProblem,
} from './template-problem.ts';

/** A text that is gone through: the author's own, or that of a part. */
export type Frame = {
  readonly source: string;
  /** The part whose text it is; null: the author's own. */
  readonly partId: string | null;
  /** Where in the author's own text it was asked for; null: it is that text. */
  readonly asked: Stretch | null;
  /** What `{{> @partial-block}}` stands for. */
  readonly block: Block | null;
  /** Parts that are open around it, the outermost first. */
  readonly path: readonly string[];
  readonly depth: number;
};

/** A stretch of a text that was put together, written in one place. */
export type Piece = { readonly text: string; readonly start: number; readonly frame: Frame };

/** What a layout wraps. */
export type Block = { readonly pieces: readonly Piece[] };

/** What is wrong in a frame; of a part, at the place where the author asked for it. */
export function problemIn(
  { partId, asked, source }: Frame,
  at: Stretch,
  code: ProblemCode,
  values: ProblemValues = {},
): SourceProblem {
  if (asked === null) return problemAt(at, code, values);
  const line = String(linesOf(source).placeOf(at.start).line);
  const [ru, en] = [sayProblem({ code, values }, 'ru'), sayProblem({ code, values }, 'en')];
  return problemAt(asked, 'inPart', { part: partId ?? '', line, code, ru, en });
}

type Found = { readonly piece: Piece; readonly offset: number };

/** The piece that an offset of the whole text lies in. */
function pieceAt(pieces: readonly Piece[], offset: number): Found | null {
  let begin = 0;
  for (const piece of pieces) {
    const inPiece = offset - begin;
    if (inPiece < piece.text.length) return { piece, offset: piece.start + inPiece };
    begin += piece.text.length;
  }
  const piece = pieces.at(-1);
  return piece ? { piece, offset: piece.start + piece.text.length } : null;
}

/** A problem of the text that pieces make together, where its cause stands in the author's own. */
export function ownProblem(pieces: readonly Piece[], problem: SourceProblem): SourceProblem {
  const first = pieceAt(pieces, problem.start);
  if (!first) return problem;
  const { code, values } = problem;
  const { frame } = first.piece;
  const at = { start: first.offset, end: first.offset };
  if (frame.asked !== null || problem.end <= problem.start) {
    return problemIn(frame, at, code, values);
  }
  const last = pieceAt(pieces, problem.end - 1) ?? first;
  const end = last.piece.frame.asked?.end ?? last.offset + 1;
  return { ...problem, start: at.start, end: Math.max(at.start, end) };
}
