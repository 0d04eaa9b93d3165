/*
 * What texts may hold that people are shown: words, spaces, tabs and ends of lines. The rest of the
 * controls means something to programs alone, and each program something else.
 */

const lineEnds = /\r\n?|[\v\f\u0085\p{Zl}\p{Zp}]/gu;
const controls = /[^\P{Cc}\n\t]/gu;
const unshown = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Cs}]/u;
const lineBreaks = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * A text without what cannot be shown: every end of a line is `\n`, other controls are spaces, half
 * a surrogate pair is U+FFFD. Nothing is taken out, for what stood apart would come together
 * (Unicode UTR 36, 3.5): two harmless halves could make a tag.
 */
export function shownText(text: string): string {
  if (!unshown.test(text)) return text;
  return text.toWellFormed().replaceAll(lineEnds, '\n').replaceAll(controls, ' ');
}

/** A text as one line without space at its ends: a line break would begin another header. */
export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(lineBreaks, ' ').trim();
}

const pop = '\u202c';
const endOfIsolate = '\u2069';
const firstStrongIsolate = '\u2068';
const directions = /[\u202a-\u202e\u2066-\u2069]/;
const everyDirection = /[\u202a-\u202e\u2066-\u2069]/g;
/** What ends that which a character begins (UAX 9, 2.1 to 2.6). */
const endOf: Readonly<Record<string, string>> = {
  '\u202a': pop,
  '\u202b': pop,
  '\u202d': pop,
  '\u202e': pop,
  '\u2066': endOfIsolate,
  '\u2067': endOfIsolate,
  '\u2068': endOfIsolate,
};

function isolateLine(line: string): string {
  if (!directions.test(line)) return line;
  const open: string[] = [];
  let isolated = firstStrongIsolate;
  for (const character of line) {
    const isEnd = character === pop || character === endOfIsolate;
    const end = endOf[character];
    if (end !== undefined) open.push(end);
    // The end of an isolate ends what was begun within it; a pop ends nothing beyond an isolate.
    const from = character === pop && open.at(-1) !== pop ? -1 : open.lastIndexOf(character);
    if (isEnd && from >= 0) isolated += open.splice(from).toReversed().join('');
    else if (!isEnd) isolated += character;
  }
  return isolated + open.toReversed().join('') + endOfIsolate;
}

/**
 * A value that stands within another text, so that it cannot turn the order of the words around it:
 * a line that holds characters which set the direction of writing becomes an isolate (UAX 9, FSI),
 * in which all that was begun is ended, and ends without a beginning are left out. Values without
 * such characters stay as they are.
 */
export function isolatedValue(text: string): string {
  if (!directions.test(text)) return text;
  return text.split('\n').map(isolateLine).join('\n');
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const ellipsis = '…';

/** Where so many characters (code points) end in a text; its length when it has no more. */
function endOfCharacters(text: string, count: number): number {
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left -= 1) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/**
 * A line of at most so many characters, counted as code points; a longer one ends in an ellipsis,
 * behind the last whole letter as its reader sees it (grapheme cluster, UAX 29), for such a letter
 * may have any number of code points and alone bounds nothing. What sets the direction of writing
 * is left out of a line that is cut: the end of it would be cut off.
 */
export function boundedLine(text: string, maxChars: number): string {
  if (text.length <= maxChars || endOfCharacters(text, maxChars) >= text.length) return text;
  const line = text.replaceAll(everyDirection, '');
  const end = endOfCharacters(line, maxChars);
  if (end >= line.length) return line;
  const cut = endOfCharacters(line, maxChars - 1);
  const start = line.slice(0, graphemes.segment(line).containing(cut)?.index ?? cut);
  return `${start.trimEnd()}${ellipsis}`;
}
