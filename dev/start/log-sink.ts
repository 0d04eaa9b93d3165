import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where the lines of the roles' logs go. */
export type LogSink = {
  write(line: string): void;
  close(): void;
};

/** With the one before it, a log never takes more than twice this. */
const maxFileBytes = 50 * 1_048_576;
const newLine = '\n';

/** pino's numbers for its levels. */
const levels: Readonly<Record<number, string>> = { 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/** What is looked at of a line; another writer's line may hold anything. */
type Entry = Readonly<Record<string, string | number | undefined>>;

function entryOf(line: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return {};
  }
}

const clock = (timeMs: string | number | undefined) =>
  new Date(Number(timeMs)).toTimeString().slice(0, '00:00:00'.length);

/** A line of the log as a person reads it; null for one that is only for the file. */
export function readableLine(line: string): string | null {
  const { level, time, role, processor, connector, msg, reason } = entryOf(line);
  const word = levels[Number(level)];
  if (word === undefined) return null;
  const part = processor ?? connector ?? role ?? '';
  const why = typeof reason === 'string' && reason !== msg ? `: ${reason}` : '';
  return `${clock(time)} ${word} ${part} ${msg ?? ''}${why}`;
}

function openFresh(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  try {
    renameSync(path, `${path}.1`);
  } catch {
    // The first one has none before it.
  }
  return openSync(path, 'a');
}

/**
 * All lines into a file, warnings and errors to the terminal as well. A warning that repeats itself
 * is shown once, and counted when another one follows. Written synchronously: the last lines before
 * a crash are the ones that matter.
 */
export function openLogSink(options: {
  readonly path: string;
  readonly print: (line: string) => void;
  readonly repeated: (count: number) => string;
  readonly maxBytes?: number;
}): LogSink {
  const { path, print, repeated, maxBytes = maxFileBytes } = options;
  let file = openFresh(path);
  let bytes = 0;
  let closed = false;
  let last = '';
  let repeats = 0;

  function show(line: string): void {
    const readable = readableLine(line);
    if (readable === null) return;
    const text = readable.slice('00:00:00'.length);
    if (text === last) {
      repeats += 1;
      return;
    }
    if (repeats > 0) print(repeated(repeats));
    last = text;
    repeats = 0;
    print(readable);
  }

  return {
    write(line) {
      if (closed) return;
      const text = line.endsWith(newLine) ? line : `${line}${newLine}`;
      bytes += writeSync(file, text);
      show(line);
      if (bytes < maxBytes) return;
      closeSync(file);
      file = openFresh(path);
      bytes = 0;
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}
