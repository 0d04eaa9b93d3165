import type { Counted, Labels } from './health.ts';

/** What is measured now: a value that goes up and down. */
export type Gauge = { readonly name: string; readonly labels: Labels; readonly value: number };

/** Content type of the text format (prometheus.io/docs/instrumenting/exposition_formats). */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };
const escaped = (text: string) => text.replaceAll(/[\\"\n]/g, (letter) => escapes[letter] ?? '');
const identifier = (text: string) => text.replaceAll(/\W/g, '_');

function lineOf({ name, labels, value }: Gauge): string {
  const pairs = Object.entries(labels).map(
    ([key, text]) => `${identifier(key)}="${escaped(text)}"`,
  );
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

/** One family of the text: its type, then its lines together, as the format demands. */
function families(type: 'counter' | 'gauge', samples: readonly Gauge[]): string[] {
  return [...Map.groupBy(samples, ({ name }) => name)].flatMap(([name, same]) => [
    `# TYPE ${name} ${type}`,
    ...same.map(lineOf),
  ]);
}

/** Counters and gauges as Prometheus reads them; names get the prefix `vestnik_`. */
export function prometheusText(counted: readonly Counted[], gauges: readonly Gauge[]): string {
  const named = <S extends Gauge>(sample: S, end: string) => ({
    ...sample,
    name: `vestnik_${identifier(sample.name)}${end}`,
  });
  const counters = counted.map((each) => named(each, '_total'));
  const lines = [
    ...families('counter', counters),
    ...families(
      'gauge',
      gauges.map((each) => named(each, '')),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
