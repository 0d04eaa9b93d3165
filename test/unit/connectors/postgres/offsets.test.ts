import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionIn } from '../../../../connectors/postgres/offsets.ts';
import { chunksOf } from '../../../../connectors/postgres/project-partition.ts';

const range = { low: 100, high: 200 };

test.each([
  ['in the topic stays', 150, { nextOffset: 150, generation: 3 }],
  ['at the end stays', 200, { nextOffset: 200, generation: 3 }],
  ['at the beginning stays', 100, { nextOffset: 100, generation: 3 }],
  ['that retention passed goes on at the first record left', 7, { nextOffset: 100, generation: 3 }],
  ['behind the end is of a former topic', 201, { nextOffset: 100, generation: 4 }],
])('an offset %s', (_, nextOffset, expected) => {
  expect(positionIn(range, { nextOffset, generation: 3 })).toEqual(expected);
});

const record = (offset: number) => ({
  topic: 't',
  partition: 0,
  offset,
  timestampMs: 0,
  key: null,
  value: null,
  headers: [],
});
const batch = (offsets: readonly number[], nextOffset: number) => ({
  records: offsets.map(record),
  nextOffset,
  highWatermark: nextOffset,
});

test('a fetch that brought markers only is one empty part that moves over them', () => {
  expect(chunksOf(batch([], 12), 2)).toEqual([{ records: [], nextOffset: 12 }]);
});

test('parts are bounded, in order, and leave nothing out', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 50 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 9 }), (steps, maxRecords) => {
      let offset = 0;
      const offsets = steps.map((step) => {
        offset += step;
        return offset;
      });
      const end = offset + 5;
      const chunks = chunksOf(batch(offsets, end), maxRecords);
      expect(chunks.flatMap(({ records }) => records.map((each) => each.offset))).toEqual(offsets);
      expect(chunks.at(-1)?.nextOffset).toBe(end);
      for (const { records, nextOffset } of chunks) {
        expect(records.length).toBeLessThanOrEqual(maxRecords);
        expect(records.every((each) => each.offset < nextOffset)).toBe(true);
      }
    }),
  );
});
