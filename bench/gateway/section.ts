import type { Machine } from '../machine.ts';
import type { HistoryMeasured } from './history.ts';
import type { Measured } from './measure.ts';
import type { PageMeasured } from './panel.ts';

const bytesPerMb = 1024 * 1024;
const whole = (value: number) => Math.round(value).toLocaleString('en');

const columns = [
  'server',
  'load',
  'answers a second',
  'of the bare one',
  'p50',
  'p99',
  'longest',
  'refused',
  'CPU each, µs',
  'broker CPU each, µs',
  'peak memory',
  'rounds',
];

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map(line);
const page = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** What was run, and where. */
export const headOf = (machine: Machine, args: readonly string[]): string =>
  page([
    '# The gateway under load',
    '',
    `Written by \`npm run bench:gateway${args.length > 0 ? ` -- ${args.join(' ')}` : ''}\`. ` +
      'Compare figures of one run only.',
    '',
    `- ${machine.hardware}; ${machine.versions}; commit ${machine.commit}`,
  ]);

/** Servers under load, medians of the rounds. */
export function httpSection(measured: readonly Measured[]): string {
  const bareRate = (load: string) =>
    measured.find((other) => other.server === 'bare' && other.load === load)?.shot.perSecond;
  const rows = measured.map(({ server, load, rates, shot }) => [
    server,
    load,
    whole(shot.perSecond),
    `${(shot.perSecond / (bareRate(load) ?? shot.perSecond)).toFixed(2)} ×`,
    `${whole(shot.p50Ms)} ms`,
    `${whole(shot.p99Ms)} ms`,
    `${whole(shot.maxMs)} ms`,
    whole(shot.refused),
    whole(shot.cpuMicros),
    whole(shot.brokerMicros),
    `${whole(shot.peakRssBytes / bytesPerMb)} MB`,
    rates.map(whole).join(' · '),
  ]);
  return page([
    '## Requests',
    '',
    'Broker, server and load generator share the machine; a POST is answered when Kafka has it.',
    '',
    ...tableOf(columns, rows),
  ]);
}

/** How fast fan-outs come into the history. */
export const historySection = (measured: HistoryMeasured): string =>
  page([
    '## The history behind a fan-out',
    '',
    'One process, its broker and PostgreSQL; it reads what is there already.',
    '',
    ...tableOf(
      ['notifications', 'a second', 'CPU each, µs', 'PostgreSQL', 'broker', 'bytes each'],
      [
        [
          whole(measured.notifications),
          whole(measured.perSecond),
          measured.cpuMicros.toFixed(1),
          measured.databaseMicros.toFixed(1),
          measured.brokerMicros.toFixed(1),
          whole(measured.bytesEach),
        ],
      ],
    ),
  ]);

/** How long pages take. */
export const panelSection = (measured: readonly PageMeasured[], notifications: number): string =>
  page([
    `## Pages of the panel, with ${whole(notifications)} notifications in the history`,
    '',
    'From the request to the last byte, one after the other.',
    '',
    ...tableOf(
      ['page', 'median', 'longest'],
      measured.map(({ page: name, medianMs, maxMs }) => [
        name,
        `${medianMs.toFixed(1)} ms`,
        `${maxMs.toFixed(1)} ms`,
      ]),
    ),
  ]);
