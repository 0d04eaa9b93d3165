import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A broker that ends writes some hundred lines after the one that says why. */
const tailBytes = 65_536;
/** Little enough to read in a terminal; the message names the whole file. */
const shownLines = 12;

function readFrom(path: string, fromByte: (size: number) => number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.min(size, Math.max(0, fromByte(size)));
    const bytes = Buffer.alloc(size - start);
    const count = readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString('utf8', 0, count);
  } finally {
    closeSync(file);
  }
}

/** Where in the code it happened: of no use to whoever starts it. */
const frame = /^\s+(at |\.\.\. \d+ more)/;
const trouble = /\b(ERROR|FATAL|PANIC)\b|\b\w*(Exception|Error)\b|Caused by:|No space left/;

/** The same line twice differs in what stands before the word: a time, a number. */
const wordsOf = (line: string) => line.replace(/^[^A-Za-z]*/, '');

/**
 * The lines of a log that say why a program ended, for an error message: those that speak of
 * trouble, each once, the first and the last of them; without any, the last ones.
 */
export function causeIn(log: string): string {
  const lines = log
    .trimEnd()
    .split('\n')
    .filter((line) => !frame.test(line));
  const first = new Map<string, string>();
  for (const line of lines.filter((each) => trouble.test(each))) {
    if (!first.has(wordsOf(line))) first.set(wordsOf(line), line);
  }
  const causes = [...first.values()];
  if (causes.length === 0) return lines.slice(-shownLines).join('\n');
  if (causes.length <= shownLines) return causes.join('\n');
  return [...causes.slice(0, shownLines / 2), '…', ...causes.slice(-shownLines / 2)].join('\n');
}

/** Why a program ended, as its log says. */
export const logCause = (path: string): string =>
  causeIn(readFrom(path, (size) => size - tailBytes));

/** What a log holds from a byte on. */
export function logSince(path: string, fromByte: number): string {
  return readFrom(path, () => fromByte);
}
