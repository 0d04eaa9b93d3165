import { type Logger, pino } from 'pino';

/**
 * Writes JSON lines. Log ids and coordinates, never addresses, names or message text: redaction
 * does not reach into arrays or text, so the rule is to leave personal data out.
 */
export type Log = Logger;

/** Takes the lines of a log instead of standard output. */
export type LogDestination = { write(line: string): void };

/**
 * Standard output, for as long as somebody takes it. A disk that is full or a pipe that is closed
 * costs lines, never the process: each failure throws the writer away, with the line that it holds.
 */
function standardOutput(): LogDestination {
  const open = () => {
    const writer = pino.destination({ dest: process.stdout.fd, sync: true });
    writer.on('error', () => {
      out = open();
    });
    return writer;
  };
  let out = open();
  return { write: (line) => void out.write(line) };
}

/** The root logger; each part takes a child of it with its own name. */
export function createLog(options: {
  readonly level: string;
  readonly name: string;
  readonly destination?: LogDestination;
}): Log {
  const { level, name, destination } = options;
  const settings = { level, name, base: { role: name } };
  return pino(settings, destination ?? standardOutput());
}
