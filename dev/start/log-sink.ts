import { closeSync, writeSync } from 'node:fs';
import { openFreshLog } from '../infra/rotate-log.ts';

/** Where the lines of the roles' logs go. */
export type LogSink = {
  write(line: string): void;
  close(): void;
};

/** With the ones before it, a log never takes more than five times this. */
const maxFileBytes = 20 * 1_048_576;
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

/** After this a warning that goes on is news again. */
const repeatedAfterMs = 60_000;
/** Warnings that alternate: as many as the roles have retries that can go on at once, and more. */
const maxRemembered = 50;

type Shown = { readonly atMs: number; readonly repeats: number };

/**
 * Prints a line once; while it repeats itself, also between others, only once a minute and with
 * how often it came meanwhile.
 */
function createRepeatFilter(
  print: (line: string) => void,
  repeated: (count: number) => string,
): (readable: string, atMs: number) => void {
  const shown = new Map<string, Shown>();
  return (readable, atMs) => {
    const text = readable.slice('00:00:00'.length);
    const last = shown.get(text);
    if (last && atMs - last.atMs < repeatedAfterMs) {
      shown.set(text, { atMs: last.atMs, repeats: last.repeats + 1 });
      return;
    }
    shown.delete(text);
    shown.set(text, { atMs, repeats: 0 });
    const [oldest] = shown.keys();
    if (shown.size > maxRemembered && oldest !== undefined) shown.delete(oldest);
    print(last && last.repeats > 0 ? `${readable} ${repeated(last.repeats)}` : readable);
  };
}

/**
 * All lines into a file, warnings and errors to the terminal as well. Written synchronously: the
 * last lines before a crash are the ones that matter. A line that cannot be written is lost, and
 * that is said once: no process ends for a line of its log.
 */
export function openLogSink(options: {
  readonly path: string;
  readonly print: (line: string) => void;
  readonly repeated: (count: number) => string;
  /** What to say when lines are lost, with the reason. */
  readonly lost: (error: unknown) => string;
  readonly maxBytes?: number;
  /** Writes to an open file and says how many bytes; tests have one whose disk is full. */
  readonly append?: (file: number, text: string) => number;
}): LogSink {
  const { path, print, repeated, lost, maxBytes = maxFileBytes, append = writeSync } = options;
  let file = openFreshLog(path);
  let bytes = 0;
  let closed = false;
  let losing = false;
  const show = createRepeatFilter(print, repeated);

  function keep(text: string): void {
    bytes += append(file, text);
    if (bytes < maxBytes) return;
    bytes = 0;
    const full = file;
    file = openFreshLog(path);
    closeSync(full);
  }

  return {
    write(line) {
      if (closed) return;
      try {
        keep(line.endsWith(newLine) ? line : `${line}${newLine}`);
        losing = false;
      } catch (error) {
        if (!losing) print(lost(error));
        losing = true;
      }
      const readable = readableLine(line);
      if (readable !== null) show(readable, Number(entryOf(line)['time']));
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}
