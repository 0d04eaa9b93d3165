import type { Letter } from '../redrive/letter.ts';
import type { Outcome } from '../redrive/redrive.ts';
import type { Words } from './words.ts';

/** What a redrive says while it runs and at its end. */
export type Report = {
  decided(letter: Letter, outcome: Outcome): void;
  progress(sent: number, nowMs: number): void;
  /** The counts of all outcomes. */
  result(): string;
};

/** Lines about single letters; the counts at the end are of all. */
const maxLines = 100;
const progressEveryMs = 2000;

/** `say` prints a line. */
export function createReport(options: {
  readonly words: Words;
  readonly dryRun: boolean;
  readonly say: (line: string) => void;
}): Report {
  const { words, dryRun, say } = options;
  const counts = new Map<Outcome, number>();
  let lines = 0;
  let saidAtMs = 0;
  const textOf = (outcome: Outcome) => {
    if (outcome !== 'sent') return words.why[outcome];
    return dryRun ? words.wouldSend : words.sent;
  };
  return {
    decided({ record, facts }, outcome) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (outcome === 'sent' && !dryRun) return;
      lines += 1;
      if (lines > maxLines) return;
      const place = `${facts.topic ?? '?'}-${facts.partition ?? '?'}@${facts.offset ?? '?'}`;
      const letter = `${record.partition}@${record.offset}`;
      say(`${place} ${facts.code ?? '?'} (${letter}): ${textOf(outcome)}`);
    },
    progress(sent, nowMs) {
      if (nowMs - saidAtMs < progressEveryMs) return;
      saidAtMs = nowMs;
      say(words.progress(sent));
    },
    result() {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const rest = lines > maxLines ? [words.more(lines - maxLines)] : [];
      const all = [...counts].map(([outcome, count]) => words.count(textOf(outcome), count));
      return [...rest, words.matched(total), ...all].join('\n');
    },
  };
}
