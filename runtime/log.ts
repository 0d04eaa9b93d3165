import { type Logger, pino } from 'pino';

/**
 * Writes JSON lines. Log ids and coordinates, never addresses, names or message text: redaction
 * does not reach into arrays or text, so the rule is to leave personal data out.
 */
export type Log = Logger;

/** Takes the lines of a log instead of standard output. */
export type LogDestination = { write(line: string): void };

/** The root logger; each part takes a child of it with its own name. */
export function createLog(options: {
  readonly level: string;
  readonly name: string;
  readonly destination?: LogDestination;
}): Log {
  const { level, name, destination } = options;
  const settings = { level, name, base: { role: name } };
  return destination ? pino(settings, destination) : pino(settings);
}
