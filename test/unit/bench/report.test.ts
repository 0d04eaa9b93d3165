import { expect, test } from 'vitest';
import type { Huge } from '../../../bench/huge.ts';
import { readOptions } from '../../../bench/options.ts';
import { kindOf, sectionOf } from '../../../bench/report.ts';
import type { Measured } from '../../../bench/run.ts';
import { summaryOf } from '../../../bench/summary.ts';

const megabyte = 1024 * 1024;
const machine = { hardware: 'a machine', versions: 'some', commit: 'abc' };

const delivered: Huge = {
  contender: 'engine',
  expected: 6_500_000,
  readable: 6_500_000,
  round: {
    notifications: 6_500_000,
    durationMs: 26_000,
    firstMs: 125,
    cpuSeconds: 32.5,
    brokerCpuSeconds: 13,
    peakRssBytes: 1300 * megabyte,
    from: [],
    to: [],
  },
  memory: { beforeBytes: 1200 * megabyte, peakBytes: 1300 * megabyte },
  failure: null,
};
const failed: Huge = {
  contender: 'idiomatic',
  expected: 6_500_000,
  readable: 1_000_000,
  round: null,
  memory: null,
  failure: 'idiomatic: no progress for 180 s; its last error: FencedException',
};

function linesOf(measured: Measured): string[] {
  const options = readOptions(['--only=huge']);
  return sectionOf(options, machine, measured, summaryOf(measured)).split('\n');
}
const cellsOf = (lines: readonly string[], contender: string) =>
  lines
    .find((line) => line.startsWith(`| ${contender} |`))
    ?.split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());

test('the table of huge tells rate, CPU, latency and growth of memory', () => {
  const lines = linesOf({ huge: [delivered] });
  expect(lines.some((line) => line.startsWith('One event, 5,000,000 followers'))).toBe(true);
  expect(cellsOf(lines, 'engine')).toEqual([
    'all',
    '250 k/s',
    '5.00',
    '2.00',
    '125 ms',
    '1,200 MB',
    '1,300 MB',
    '100 MB',
  ]);
});

test('a contender that failed has what it brought in the table, and the reason below', () => {
  const lines = linesOf({ huge: [delivered, failed] });
  const cells = cellsOf(lines, 'idiomatic');
  expect(cells?.[0]).toBe('no: 1,000,000 of 6,500,000');
  expect(cells?.slice(1).join('')).toBe('');
  expect(cells).toHaveLength(8);
  expect(lines).toContain(`- ${failed.failure}`);
});

test('parts that did not run leave no trace in the section', () => {
  expect(linesOf({}).join('\n')).not.toContain('| ');
});

test("the JSON line tells the engine's delivery and growth, or nothing without them", () => {
  expect(summaryOf({ huge: [failed, delivered] })).toMatchObject({
    hugeDelivered: 1,
    hugeGrowthMb: 100,
  });
  const lost = { ...delivered, readable: 3_250_000, round: null, memory: null };
  expect(summaryOf({ huge: [lost] })).toMatchObject({ hugeDelivered: 0.5, hugeGrowthMb: null });
  expect(summaryOf({})).toMatchObject({ hugeDelivered: null, hugeGrowthMb: null });
});

test('a run of some parts is a kind of its own', () => {
  expect(kindOf(readOptions(['--quick']), readOptions([]).parts)).toBe('Quick run');
  const some = readOptions(['--only=w1,huge']);
  expect(kindOf(some, readOptions([]).parts)).toBe('Full run, w1, huge only');
});
