import { type Logger, pino } from 'pino';

/**
 * Writes JSON lines. Log ids and coordinates, never addresses, names or message text: redaction
 * does not reach into arrays or text, so the rule is to leave personal data out.
 */
export type Log = Logger;

/** Takes the lines of a log instead of standard output. */
export type LogDestination = { write(line: string): void };

/** About 300 lines; more are written before the turn is over. */
const maxHeldChars = 64 * 1024;

/**
 * Standard output, for as long as somebody takes it. A disk that is full or a pipe that is closed
 * costs lines, never the process: each failure throws the writer away, with all that it holds.
 * Lines of one turn of the event loop are written together, for each write costs a system call; a
 * process that ends by itself has written all of them.
 */
function openStandardOutput(): LogDestination {
  const open = () => {
    const writer = pino.destination({ dest: process.stdout.fd, sync: true });
    writer.on('error', () => {
      out = open();
    });
    return writer;
  };
  let out = open();
  let held = '';
  function writeHeld(): void {
    const lines = held;
    held = '';
    if (lines !== '') out.write(lines);
  }
  process.on('exit', writeHeld);
  return {
    write(line) {
      if (held === '') setImmediate(writeHeld);
      held += line;
      if (held.length > maxHeldChars) writeHeld();
    },
  };
}

let standardOutput: LogDestination | null = null;

/** The root logger; each part takes a child of it with its own name. */
export function createLog(options: {
  readonly level: string;
  readonly name: string;
  readonly destination?: LogDestination;
}): Log {
  const { level, name, destination } = options;
  const settings = { level, name, base: { role: name } };
  if (destination) return pino(settings, destination);
  standardOutput ??= openStandardOutput();
  return pino(settings, standardOutput);
}
