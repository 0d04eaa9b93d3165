import { parseArgs } from 'node:util';
import { maxRatePerSecond, type RedriveRequest, usualRatePerSecond } from '../redrive/redrive.ts';
import { type ErrorCode, errorTable } from '../runtime/errors.ts';
import { allTopics } from '../schemas/topics.ts';
import type { Words } from './words.ts';

/** The arguments, or a sentence that says what to write instead. */
export type ReadArguments =
  | { readonly ok: true; readonly arguments: RedriveRequest }
  | { readonly ok: false; readonly problem: string };

const options = {
  topic: { type: 'string' },
  code: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  key: { type: 'string' },
  process: { type: 'string' },
  letter: { type: 'string' },
  'dry-run': { type: 'boolean' },
  rate: { type: 'string' },
} as const;

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time in ISO 8601, UTC when it names no zone, or so long ago: `90m`, `24h`, `7d`. */
function timeOf(text: string, nowMs: number): number | null {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (unitMs[unit] ?? 0);
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (!form) return null;
  const zoned = form[1] === undefined || form[4] !== undefined ? text : `${text}Z`;
  const timeMs = Date.parse(zoned);
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** Where a letter lies, as the report names it; undefined when it is no such place. */
function placeOf(text: string) {
  const [, partition, offset] = /^(\d{1,9})@(\d{1,15})$/.exec(text) ?? [];
  if (partition === undefined || offset === undefined) return undefined;
  return { partition: Number(partition), offset: Number(offset) };
}

const isCode = (text: string): text is ErrorCode => Object.hasOwn(errorTable, text);

/** Reads what stands behind the name of the command. */
export function readArguments(args: readonly string[], nowMs: number, words: Words): ReadArguments {
  const bad = (problem: string): ReadArguments => ({ ok: false, problem });
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch {
    return bad(words.unknownArgument(args.join(' ')));
  }
  const { topic = null, code = null, key = null, process = null } = values;
  const names = allTopics.map(({ name }) => name);
  if (topic !== null && !names.includes(topic)) return bad(words.unknownTopic(topic, names));
  if (code !== null && !isCode(code)) return bad(words.unknownCode(code));
  const place = values.letter === undefined ? null : placeOf(values.letter);
  if (place === undefined) return bad(words.badLetter(values.letter ?? ''));
  const times: (number | null)[] = [];
  for (const name of ['since', 'until'] as const) {
    const text = values[name];
    const timeMs = text === undefined ? null : timeOf(text, nowMs);
    if (text !== undefined && timeMs === null) return bad(words.badTime(`--${name}`, text));
    times.push(timeMs);
  }
  const [sinceMs = null, untilMs = null] = times;
  if (sinceMs !== null && untilMs !== null && sinceMs > untilMs) return bad(words.timesReversed);
  const rate = values.rate ?? String(usualRatePerSecond);
  const ratePerSecond = /^\d{1,5}$/.test(rate) ? Number(rate) : 0;
  if (ratePerSecond < 1 || ratePerSecond > maxRatePerSecond)
    return bad(words.badRate(rate, maxRatePerSecond));
  const filter = { topic, code, process, sinceMs, untilMs, key, place };
  return { ok: true, arguments: { ...filter, dryRun: values['dry-run'] === true, ratePerSecond } };
}
