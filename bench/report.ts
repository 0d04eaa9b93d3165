import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { growthOf, type Huge } from './huge.ts';
import type { Latency } from './latency.ts';
import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import { brokerMicrosOf, cpuMicrosOf, rateOf } from './round.ts';
import type { Measured } from './run.ts';
import { ratioOf, type Summary } from './summary.ts';
import type { Restore, Updates } from './tables.ts';
import type { Result } from './workloads.ts';

const file = join(import.meta.dirname, 'RESULTS.md');
const head = `# Results

Written by \`npm run bench\`; a run replaces the section of its own kind. [README.md](README.md)
says how it is measured and what each contender is. Compare figures of one run only.
`;
const bytesPerMb = 1024 * 1024;
const thousand = 1000;

const whole = (value: number) => Math.round(value).toLocaleString('en');
const kilo = (perSecond: number) => `${whole(perSecond / thousand)} k/s`;
const micros = (value: number) => value.toFixed(2);
const times = (ratio: number | null) => (ratio === null ? '' : `${ratio.toFixed(2)} ×`);
const megabytes = (bytes: number) => `${whole(bytes / bytesPerMb)} MB`;

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

function workload(title: string, results: readonly Result[] | undefined): string {
  if (!results) return '';
  const rows = results.map((result) => [
    result.contender,
    kilo(result.rate),
    times(ratioOf(results, result.contender, ({ rate }) => rate)),
    micros(result.cpuMicros),
    times(ratioOf(results, result.contender, ({ cpuMicros }) => cpuMicros)),
    micros(result.brokerMicros),
    `${whole(result.firstMs)} ms`,
    megabytes(result.peakRssBytes),
    result.rates.map((rate) => whole(rate / thousand)).join(', '),
  ]);
  const columns = [
    '',
    'notifications',
    'engine to it',
    'CPU each, µs',
    'engine to it',
    'broker CPU each, µs',
    'first readable',
    'peak memory of a process',
    'rounds, k/s',
  ];
  return `\n${title}\n\n${table(columns, rows)}\n`;
}

function latencies(title: string, list: readonly Latency[] | undefined): string {
  if (!list) return '';
  const rows = list.map(({ contender, count, p50Ms, p99Ms, maxMs }) => [
    contender,
    ...[p50Ms, p99Ms, maxMs].map((ms) => `${ms.toFixed(1)} ms`),
    whole(count),
  ]);
  return `\n${title}\n\n${table(['', 'p50', 'p99', 'longest', 'replies'], rows)}\n`;
}

function restores(list: readonly Restore[] | undefined): string {
  if (!list) return '';
  const rows = list.map(({ contender, totalMs, restoreMs, rowsPerSecond, rssBytes }) => [
    contender,
    `${whole(totalMs)} ms`,
    `${whole(restoreMs)} ms`,
    kilo(rowsPerSecond),
    megabytes(rssBytes),
  ]);
  const columns = ['', 'start to first notification', 'restoring', 'users', 'memory of a process'];
  return `\nRestore of all users from an empty disk\n\n${table(columns, rows)}\n`;
}

function updates(list: readonly Updates[] | undefined): string {
  if (!list) return '';
  const rows = list.map(({ contender, rowsPerSecond, cpuMicros }) => [
    contender,
    kilo(rowsPerSecond),
    micros(cpuMicros),
  ]);
  const title = 'Table updates: one followed movie of a user replaced';
  return `\n${title}\n\n${table(['', 'rows', 'CPU each, µs'], rows)}\n`;
}

/** What a contender did with the event, as cells; those of one that failed stay empty. */
function hugeRow({ contender, expected, readable, round, memory }: Huge): string[] {
  const figures = round
    ? [
        kilo(rateOf(round)),
        micros(cpuMicrosOf(round)),
        micros(brokerMicrosOf(round)),
        `${whole(round.firstMs)} ms`,
      ]
    : ['', '', '', ''];
  const sizes = memory
    ? [memory.beforeBytes, memory.peakBytes, growthOf(memory)].map(megabytes)
    : ['', '', ''];
  const delivered = round ? 'all' : `no: ${whole(readable)} of ${whole(expected)}`;
  return [contender, delivered, ...figures, ...sizes];
}

function huge(followers: number, list: readonly Huge[] | undefined): string {
  const [first] = list ?? [];
  if (!list || !first) return '';
  const columns = [
    '',
    'delivered',
    'notifications',
    'CPU each, µs',
    'broker CPU each, µs',
    'first readable',
    'memory of a process before',
    'peak',
    'growth',
  ];
  const title =
    `One event, ${whole(followers)} followers, ${whole(first.expected)} notifications; ` +
    'each contender alone';
  const failures = list.flatMap(({ failure }) => (failure ? [`- ${failure}`] : []));
  const why = failures.length > 0 ? `\n${failures.join('\n')}\n` : '';
  return `\n${title}\n\n${table(columns, list.map(hugeRow))}\n${why}`;
}

function growthLine(pairs: readonly number[] | undefined, { growth1M }: Summary): string {
  if (!pairs) return '';
  const list = pairs.map((ratio) => ratio.toFixed(2)).join(', ');
  const what = 'CPU of a notification of the largest fan-out, to one of the small ones';
  return `\n${what}, measured in pairs: ${list}; median ${times(growth1M)}.\n`;
}

function limitOf({ limit }: Measured, summary: Summary): string {
  if (!limit) return '';
  const share = times(summary.ratioToLimit);
  return (
    `\nLimit: \`ProducerPerformance\`, transactional, zstd level 1, payloads of real ` +
    `notifications (${whole(limit.recordBytes)} bytes with the key): ${kilo(limit.rate)}; ` +
    `the engine's fan-out to everyone is ${share} that.\n`
  );
}

/** A run in words and tables. */
export function sectionOf(
  options: Options,
  machine: Machine,
  measured: Measured,
  summary: Summary,
): string {
  const { scale, rounds, seed, peerCompression } = options;
  const fans = `${whole(scale.fans)} users × ${scale.moviesPerFan} movies`;
  return [
    `- machine: ${machine.hardware}\n- versions: ${machine.versions}\n`,
    `- commit: ${machine.commit}\n`,
    `- command: \`npm run bench -- ${process.argv.slice(2).join(' ')}\`, seed ${seed}, `,
    `medians of ${rounds} rounds after one that was thrown away; `,
    `compression: engine zstd level 1, peers ${peerCompression}\n`,
    workload(`W1: ${whole(scale.movies)} events, ${fans}`, measured.w1),
    workload(`W2: one event, ${whole(scale.half)} followers`, measured.half),
    workload(`W2: one event, ${whole(scale.users)} followers`, measured.all),
    workload(
      `${scale.smallEvents} events, ${whole(scale.small)} followers each (for the growth of CPU)`,
      measured.small,
    ),
    growthLine(measured.growth, summary),
    limitOf(measured, summary),
    latencies(`Comment replies, 50/s, during fan-outs to everyone`, measured.replies),
    latencies(`Comment replies, 50/s, nothing else; peers commit every 20 ms`, measured.latency),
    restores(measured.restore),
    updates(measured.updates),
    huge(scale.huge, measured.huge),
    `\n\`\`\`json\n${JSON.stringify(summary)}\n\`\`\`\n`,
  ].join('');
}

/** The kind of a run: what its section is found by. */
export function kindOf({ quick, parts }: Options, all: readonly string[]): string {
  const size = quick ? 'Quick run' : 'Full run';
  return parts.length === all.length ? size : `${size}, ${parts.join(', ')} only`;
}

/** Puts a section into RESULTS.md, in place of the one of the same kind. */
export function writeResults(kind: string, section: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : head;
  const [top = head, ...sections] = text.split(/^(?=## )/m);
  const others = sections.filter((each) => !each.startsWith(`## ${kind}\n`));
  const all = [`## ${kind}\n\n${section}`, ...others].map((each) => each.trim());
  writeFileSync(file, `${[top.trim(), ...all].join('\n\n')}\n`);
}
