/** A stretch of a source, in UTF-16 code units from its start. */
export type Stretch = { readonly start: number; readonly end: number };

/** A place as an editor names it: both counted from 1. */
export type Place = { readonly line: number; readonly column: number };

const lineEnds = /\r\n?|\n/g;

/** The lines of a source: where each begins. */
export type Lines = {
  placeOf(offset: number): Place;
  /** The offset of a place as Handlebars names it: lines from 1, columns from 0. */
  offsetOf(place: { readonly line: number; readonly column: number }): number;
};

/** Counts lines as Handlebars and editors do: at `\n`, `\r\n` and `\r`. */
export function linesOf(source: string): Lines {
  const starts = [0];
  for (const { 0: end, index } of source.matchAll(lineEnds)) starts.push(index + end.length);
  return {
    placeOf(offset) {
      let line = starts.findLastIndex((start) => start <= offset);
      line = Math.max(0, line);
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    offsetOf: ({ line, column }) => (starts[line - 1] ?? source.length) + column,
  };
}
