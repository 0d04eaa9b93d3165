import { createLineBoard } from './line-board.ts';
import { createLiveBoard } from './live-board.ts';

/** Where a step is, in words. */
export type StepReport = {
  readonly text: string;
  readonly done?: boolean;
  /** One of many reports that differ in a number only: where lines stay, few of them are shown. */
  readonly transient?: boolean;
};

/** Shows the steps of a start while they go on, and lines in between. */
export type Board = {
  report(step: string, report: StepReport): void;
  /** A line that stays. */
  print(line: string): void;
  /** The steps are over; lines can still be printed. */
  close(): void;
};

export type BoardOptions = {
  readonly out: Pick<NodeJS.WriteStream, 'write' | 'columns'>;
  /** Steps that are listed from the beginning; others appear when they report. */
  readonly steps: readonly string[];
  readonly titleOf: (step: string) => string;
  /** A duration in words. */
  readonly secondsOf: (seconds: number) => string;
  readonly nowMs: () => number;
};

/** On a terminal a list that is rewritten in place; else one line for each change. */
export function openBoard(options: BoardOptions & { readonly live: boolean }): Board {
  return options.live ? createLiveBoard(options) : createLineBoard(options);
}
