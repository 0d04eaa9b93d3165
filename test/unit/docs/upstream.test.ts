import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorTable } from '../../../runtime/errors.ts';
import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const text = readFileSync(join(root, 'docs', 'upstream.md'), 'utf8');

/** The rows of the table under the given head; cells without their code marks. */
function tableUnder(...head: readonly string[]): string[][] {
  const lines = text.split('\n');
  const at = lines.indexOf(`| ${head.join(' | ')} |`);
  const rest = lines.slice(at + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

test('the manual’s table of topics is the map: all that upstream writes, and nothing else', () => {
  const rows = tableUnder('topic', 'a record is', 'key', 'partitions', 'value');
  const told = rows.map(([name, what, key, partitions, value]) => ({
    name,
    kind: what?.startsWith('event') ? 'events' : 'table',
    key,
    partitions: Number(partitions),
    value,
  }));
  const written = allTopics.filter(({ writers }) => writers.includes('upstream'));
  const mapped = written.map(({ name, kind, key, partitions, schema }) => {
    return { name, kind, key, partitions, value: schema };
  });
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
    (a.name ?? '') < (b.name ?? '') ? -1 : 1;
  expect(told.toSorted(byName)).toEqual(mapped.toSorted(byName));
});

test('the known values of the partitioner are right', () => {
  const rows = tableUnder('key', 'partition');
  expect(rows.length).toBeGreaterThan(3);
  for (const [key = '', partition] of rows) {
    const computed = partitionOf(Buffer.from(key), topics.users.partitions);
    expect({ key, partition }).toEqual({ key, partition: String(computed) });
  }
});

test('every error code that the manual names is in the table of errors', () => {
  const named = text.match(/`[A-Z]{3,}(_[A-Z]+)+`/g) ?? [];
  expect(named.length).toBeGreaterThan(5);
  const codes = Object.keys(errorTable).map((code) => `\`${code}\``);
  const settings = ['`KAFKA_BROKERS`', '`SCHEMA_REGISTRY_URL`'];
  expect(named.filter((each) => ![...codes, ...settings].includes(each))).toEqual([]);
});
