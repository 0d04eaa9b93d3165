import { type Logger, pino } from 'pino';

/**
 * Writes JSON lines. Log ids and coordinates, never addresses, names or message text: redaction
 * does not reach into arrays or text, so the rule is to leave personal data out.
 */
export type Log = Logger;

/** The root logger; each part takes a child of it with its own name. */
export function createLog(options: { readonly level: string; readonly name: string }): Log {
  return pino({ level: options.level, name: options.name, base: { role: options.name } });
}
