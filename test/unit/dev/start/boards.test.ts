import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBoard, type StepReport } from '../../../../dev/start/board.ts';
import { deservesLine } from '../../../../dev/start/line-board.ts';
import { frameOf, type Row } from '../../../../dev/start/live-board.ts';

const downloaded = (mb: number): StepReport => ({ text: `downloaded ${mb} MB`, transient: true });

/** A board on a clock that is turned by hand, and what it wrote. */
function opened(live: boolean, columns = 60) {
  const time = { nowMs: 0 };
  const written: string[] = [];
  const board = openBoard({
    live,
    out: { write: (text: string) => written.push(text) > 0, columns },
    steps: ['kafka', 'gateway'],
    titleOf: (step) => step.toUpperCase(),
    secondsOf: (seconds) => `${seconds.toFixed(1)} s`,
    nowMs: () => time.nowMs,
  });
  return { time, written, board };
}

describe('where lines cannot be rewritten', () => {
  test('one line for each change of a step', () => {
    const { board, written } = opened(false);
    board.report('kafka', { text: 'starting' });
    board.report('kafka', { text: 'starting' });
    board.report('gateway', { text: 'starting' });
    board.report('kafka', { text: 'ready', done: true });
    board.print('hello');
    board.close();
    expect(written).toEqual([
      'KAFKA: starting\n',
      'GATEWAY: starting\n',
      'KAFKA: ready\n',
      'hello\n',
    ]);
  });

  test('a download is one line every few seconds, not one for each megabyte', () => {
    const { board, written, time } = opened(false);
    for (let mb = 1; mb <= 180; mb += 1) {
      time.nowMs += 100;
      board.report('kafka', downloaded(mb));
    }
    expect(written.length).toBeGreaterThanOrEqual(5);
    expect(written.length).toBeLessThanOrEqual(7);
  });

  test('what comes after a download is shown at once', () => {
    const last = { text: 'downloaded 9 MB', atMs: 1_000 };
    expect(deservesLine(last, { text: 'starting' }, 1_001)).toBe(true);
    expect(deservesLine(last, downloaded(10), 1_001)).toBe(false);
    expect(deservesLine(last, downloaded(10), 4_000)).toBe(true);
    expect(deservesLine(undefined, downloaded(1), 0)).toBe(true);
  });
});

/** Without colours: `stripVTControlCharacters` of Node knows more sequences than we write. */
const plain = (lines: readonly string[]) => lines.map(stripVTControlCharacters);

describe('a frame of the live list', () => {
  const row = (changes: Partial<Row>): Row => {
    return { title: 'Kafka', text: '', begunMs: null, doneMs: null, ...changes };
  };
  const settings = { nowMs: 12_000, columns: 60, secondsOf: (s: number) => `${s.toFixed(1)} s` };

  test('tells waiting, working and done apart, with the time that each took', () => {
    const rows = [
      row({ title: 'Kafka', text: 'ready', begunMs: 0, doneMs: 2_300 }),
      row({ title: 'Registry', text: 'starting', begunMs: 2_000 }),
      row({ title: 'Gateway' }),
    ];
    const [done, working, waiting] = plain(frameOf(rows, settings));
    expect(done).toBe('✓ Kafka     ready  2.3 s');
    expect(working).toMatch(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Registry {2}starting {2}10\.0 s$/);
    expect(waiting).toBe('· Gateway');
  });

  test('no line is longer than the terminal is wide', () => {
    const rows = [row({ text: 'x'.repeat(200), begunMs: 0 })];
    const columns = 40;
    const [line = ''] = plain(frameOf(rows, { ...settings, columns }));
    expect(line.length).toBeLessThan(columns);
  });
});

describe('the live list', () => {
  afterEach(() => vi.useRealTimers());

  test('rewrites its own lines and leaves printed ones above', () => {
    vi.useFakeTimers();
    const { board, written } = opened(true);
    board.report('kafka', { text: 'starting' });
    board.print('a warning');
    const [first, second] = written;
    expect(plain([first ?? ''])).toEqual(['· KAFKA\n· GATEWAY\n']);
    expect(second?.startsWith('\u001b[2A\u001b[Ja warning\n')).toBe(true);
    expect(second).toContain('KAFKA    starting');
    board.close();
  });

  test('a step that was not listed appears; after the end nothing is rewritten', () => {
    vi.useFakeTimers();
    const { board, written } = opened(true);
    board.report('cleanup', { text: 'done', done: true });
    vi.advanceTimersByTime(200);
    expect(plain(written).at(-1)).toContain('✓ CLEANUP');
    board.close();
    board.close();
    const { length } = written;
    vi.advanceTimersByTime(1_000);
    board.print('ready');
    expect(written.slice(length)).toEqual(['ready\n']);
  });
});
