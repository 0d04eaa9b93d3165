import type { Machine } from '../machine.ts';
import type { Measured, MeasureOptions } from './measure.ts';

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

/** The results as a page. */
export function sectionOf(
  machine: Machine,
  { rounds, seconds, connections }: MeasureOptions,
  measured: readonly Measured[],
): string {
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
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# The gateway under load',
    '',
    `Written by \`npm run bench:gateway -- --rounds=${rounds} --seconds=${seconds} ` +
      `--connections=${connections}\`, medians of the rounds. Compare figures of one run only.`,
    '',
    `- ${machine.hardware}; ${machine.versions}; commit ${machine.commit}`,
    '- broker, server and load generator share the machine; a POST is answered when Kafka has it',
    '',
    ...[columns, columns.map(() => '---'), ...rows].map(line),
    '',
  ].join('\n');
}
