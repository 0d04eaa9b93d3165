import { topics } from '../schemas/topics.ts';
import type { Clock } from './clock.ts';
import { letterFacts } from './dead-letter.ts';
import { type ErrorCode, errorTable } from './errors.ts';
import type { Health } from './health.ts';
import type { Header } from './kafka/record.ts';
import type { RecordSink } from './kafka/record-sink.ts';
import type { Log } from './log.ts';

/** A record that is written; only those of the dead letters are told of. */
type Written = { readonly topic: string; readonly headers?: readonly Header[] };

/** Says that letters were written: a line and a count for each. */
export type LetterTeller = {
  /**
   * To be called when the letters are acknowledged, once for each. A crash just between the two
   * loses the line and the count, never the letter: its row in PostgreSQL is made from the topic.
   */
  tell(records: readonly Written[]): void;
  /** Tells at once what was held back. */
  close(): void;
};

/** More lines of one code say nothing new, and a million would bury everything else. */
const maxLinesPerWindow = 10;
const windowMs = 60_000;

/** Reasons of these quote errors and vendors, who may name a person: only the sentence is told. */
const unquoted: ReadonlySet<string> = new Set<ErrorCode>(['RECORD_FAILED', 'DELIVERY_GAVE_UP']);

function lineOf(facts: ReturnType<typeof letterFacts>): string {
  const { code, reason } = facts;
  if (code === null) return 'a dead letter without a code';
  if (!unquoted.has(code)) return reason ?? code;
  return errorTable[code as ErrorCode].message;
}

/**
 * Tells of dead letters. Of each code so many lines a minute, each code for itself, so that none
 * hides another and a change of codes lets no more through; then one line with how many were held
 * back. The counter `dead_letters` counts all.
 */
export function createLetterTeller(options: {
  readonly log: Log;
  readonly health: Pick<Health, 'count'>;
  readonly clock: Clock;
}): LetterTeller {
  const { log, health, clock } = options;
  const closing = new AbortController();
  /** Codes are those of one table, so this is bounded. */
  const windows = new Map<string, { lines: number; heldBack: number }>();

  function endWindow(code: string): void {
    const heldBack = windows.get(code)?.heldBack ?? 0;
    windows.delete(code);
    if (heldBack === 0) return;
    log.warn({ code, heldBack }, 'more dead letters of this code were written in the last minute');
  }
  function tellOne(record: Written): void {
    const facts = letterFacts(record);
    const { code, topic, partition, offset, process } = facts;
    const name = code ?? '';
    health.count('dead_letters', { code: name, process: process ?? '', topic: topic ?? '' });
    let window = windows.get(name);
    if (!window) {
      window = { lines: 0, heldBack: 0 };
      windows.set(name, window);
      void clock.sleep(windowMs, closing.signal).then(() => endWindow(name));
    }
    if (window.lines >= maxLinesPerWindow) {
      window.heldBack += 1;
      return;
    }
    window.lines += 1;
    log.warn({ code, topic, partition, offset, process }, lineOf(facts));
  }
  return {
    tell(records) {
      for (const each of records) if (each.topic === topics.deadLetters.name) tellOne(each);
    },
    close: () => closing.abort(),
  };
}

/** A sink that notes the letters put into it, to be told of once they are committed. */
export function notingLetters(sink: RecordSink): RecordSink & { readonly letters: Written[] } {
  const letters: Written[] = [];
  return {
    ...sink,
    letters,
    add(record) {
      const { topic, headers = [] } = record;
      if (topic === topics.deadLetters.name) letters.push({ topic, headers });
      sink.add(record);
    },
  };
}

/** A way to write that tells of the letters in what it wrote. */
export function tellingSend<R extends { send(records: readonly Written[]): Promise<void> }>(
  producer: R,
  { tell }: LetterTeller,
): R {
  return {
    ...producer,
    async send(records: readonly Written[]) {
      await producer.send(records);
      tell(records);
    },
  };
}
