import { describeError } from '../runtime/errors.ts';
import { maxDepth } from './source-bounds.ts';
import type { Lines, Stretch } from './source-place.ts';
import { problemAt, type SourceProblem } from './template-problem.ts';

/** How much of the words around an error Handlebars says, on each side. */
const shownChars = 20;
/** The insert that is still open where the text ends; null when there is none. */
function unclosedIn(source: string): Stretch | null {
  const start = source.lastIndexOf('{{');
  if (start < 0 || source.includes('}}', start)) return null;
  const lineEnd = source.slice(start).search(/[\r\n]/);
  return { start, end: lineEnd < 0 ? source.length : start + lineEnd };
}

type Mismatch = { readonly lineNumber?: number; readonly column?: number };

/**
 * Where a parser's error lies. It names the line and shows the words around, without line ends and
 * with a caret, so the place is where these words are in the source.
 */
function placeOf(message: string, source: string, lines: Lines): Stretch {
  const [, line = '1'] = /on line (\d+)/.exec(message) ?? [];
  const [, shown = '', caret = ''] = message.split('\n');
  const before = shown.slice(0, Math.max(0, caret.indexOf('^'))).replace(/^\.\.\./, '');
  const lineStart = lines.offsetOf({ line: Number(line), column: 0 });
  const tail = before.slice(-shownChars);
  for (let at = lineStart; at <= source.length; at += 1) {
    const behind = source.slice(Math.max(0, at - 2 * shownChars), at).replaceAll(/[\r\n]/g, '');
    if (behind.endsWith(tail)) return { start: at, end: Math.min(source.length, at + 1) };
  }
  return { start: Math.min(lineStart, source.length), end: source.length };
}

/** What Handlebars says of a source that is no template, as a problem at its place. */
export function syntaxProblem(error: unknown, source: string, lines: Lines): SourceProblem {
  // Handlebars looks at blocks within blocks by calls within calls.
  if (error instanceof RangeError) {
    return problemAt({ start: 0, end: source.length }, 'tooDeep', { most: String(maxDepth) });
  }
  const message = describeError(error);
  const [, open, close] = /^(.*) doesn't match (.*) - \d+:\d+$/s.exec(message) ?? [];
  if (open !== undefined && close !== undefined) {
    const { lineNumber = 1, column = 0 } = error as Mismatch;
    const start = lines.offsetOf({ line: lineNumber, column });
    return problemAt({ start, end: start + open.length }, 'mismatch', { open, close });
  }
  const unclosed = unclosedIn(source);
  if (unclosed) return problemAt(unclosed, 'unclosed');
  const end = source.length;
  const last = { start: Math.max(0, end - 1), end };
  if (/got 'EOF'/.test(message)) return problemAt(last, 'unclosed');
  return problemAt(placeOf(message, source, lines), 'syntax');
}
