import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type AvroRecord = { readonly name: string; readonly fields: readonly unknown[] };

const recordsOf = (folder: string): readonly AvroRecord[] =>
  globSync(`${folder}/*.avsc`).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const fieldCount = new Map(
  recordsOf('schemas/avro').map(({ name, fields }) => [name, fields?.length] as const),
);

/** How many arguments the call has whose opening bracket is just before `from`. */
function argumentsAt(source: string, from: number): number {
  let depth = 1;
  let count = 1;
  for (let at = from; depth > 0 && at < source.length; at += 1) {
    const char = source[at];
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 1) count += 1;
  }
  return count;
}

/** Each record of ours that this source makes, with the number of values it is given. */
const madeIn = (source: string) =>
  [...source.matchAll(/new (\w+)\(/g)]
    .map((call) => ({
      name: call[1] ?? '',
      given: argumentsAt(source, call.index + call[0].length),
    }))
    .filter(({ name }) => fieldCount.get(name) !== undefined);

// A schema that grows ends the compiler of the peer, which nothing but the benchmark itself runs.
test('the peer gives every record as many values as its schema has fields', () => {
  const sources = globSync('bench/kafka-streams/src/**/*.java');
  const made = sources.flatMap((file) => madeIn(readFileSync(file, 'utf8')));
  expect(made.length).toBeGreaterThanOrEqual(4);
  expect(made).toEqual(made.map(({ name }) => ({ name, given: fieldCount.get(name) })));
});

test('a value too few is seen', () => {
  const source = 'var a = new CommandParam(name(1, 2));';
  expect(madeIn(source)).toEqual([{ name: 'CommandParam', given: 1 }]);
});
