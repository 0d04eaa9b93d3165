import type { Board, BoardOptions } from './board.ts';

/** Smooth enough for an eye, and a handful of bytes each. */
const redrawMs = 120;
const msPerSecond = 1_000;
const usualColumns = 80;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

/** Control sequences of ECMA-48. */
const upAndErase = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A\u001b[J`);
const green = (text: string) => `\u001b[32m${text}\u001b[39m`;
const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;

/** A step as it is shown; before its first report it has not begun. */
export type Row = {
  readonly title: string;
  readonly text: string;
  readonly begunMs: number | null;
  readonly doneMs: number | null;
};

/** What a frame is drawn for. */
export type FrameSettings = {
  readonly nowMs: number;
  readonly columns: number;
  readonly secondsOf: (seconds: number) => string;
};

/** A mark, a space, and one column that stays free. */
const besideWords = 3;

function lineOf(row: Row, width: number, settings: FrameSettings): string {
  const { title, text, begunMs, doneMs } = row;
  if (begunMs === null) return dim(`· ${title}`);
  const { nowMs, columns, secondsOf } = settings;
  const mark =
    doneMs === null ? spinner[Math.floor(nowMs / redrawMs) % spinner.length] : green('✓');
  const duration = secondsOf(((doneMs ?? nowMs) - begunMs) / msPerSecond);
  // A line that wraps would be two, and the next redraw would begin in the wrong place.
  const words = `${title.padEnd(width)}  ${text}  ${duration}`.slice(0, columns - besideWords);
  return `${mark} ${words}`;
}

/** The list as it stands at a moment, one text for each line. */
export function frameOf(rows: readonly Row[], settings: FrameSettings): readonly string[] {
  const width = Math.max(...rows.map(({ title }) => title.length));
  return rows.map((row) => lineOf(row, width, settings));
}

/** A list that is rewritten in place, on a terminal. */
export function createLiveBoard(options: BoardOptions): Board {
  const { out, steps, titleOf, secondsOf, nowMs } = options;
  const pending = (step: string): Row => {
    return { title: titleOf(step), text: '', begunMs: null, doneMs: null };
  };
  const rows = new Map(steps.map((step) => [step, pending(step)]));
  let drawn = 0;
  let closed = false;

  function draw(before = ''): void {
    const settings = { nowMs: nowMs(), columns: out.columns ?? usualColumns, secondsOf };
    const lines = frameOf([...rows.values()], settings);
    out.write(`${upAndErase(drawn)}${before}${lines.join('\n')}\n`);
    drawn = lines.length;
  }

  const timer = setInterval(() => draw(), redrawMs);
  draw();
  return {
    report(step, { text, done = false }) {
      const atMs = nowMs();
      const row = rows.get(step) ?? pending(step);
      const begunMs = row.begunMs ?? atMs;
      rows.set(step, { ...row, text, begunMs, doneMs: done ? atMs : null });
    },
    print(line) {
      if (closed) out.write(`${line}\n`);
      else draw(`${line}\n`);
    },
    close() {
      if (closed) return;
      clearInterval(timer);
      draw();
      closed = true;
    },
  };
}
