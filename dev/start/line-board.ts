import type { Board, BoardOptions, StepReport } from './board.ts';

/** A download reports each megabyte; in a file or a CI log one line in this time is enough. */
const transientIntervalMs = 3_000;

type Last = { readonly text: string; readonly atMs: number };

/** Whether a report is worth a line of its own after the last one of its step. */
export function deservesLine(
  last: Last | undefined,
  { text, transient = false }: StepReport,
  nowMs: number,
): boolean {
  if (last === undefined) return true;
  if (last.text === text) return false;
  return !transient || nowMs - last.atMs >= transientIntervalMs;
}

/** One line for each change of a step, for where lines cannot be rewritten. */
export function createLineBoard({ out, titleOf, nowMs }: BoardOptions): Board {
  const lasts = new Map<string, Last>();
  const print = (line: string) => void out.write(`${line}\n`);
  return {
    report(step, report) {
      const atMs = nowMs();
      if (!deservesLine(lasts.get(step), report, atMs)) return;
      lasts.set(step, { text: report.text, atMs });
      print(`${titleOf(step)}: ${report.text}`);
    },
    print,
    close: () => undefined,
  };
}
