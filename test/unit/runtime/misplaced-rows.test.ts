import { expect, test } from 'vitest';
import { createMisplacedRows, type Homes } from '../../../runtime/misplaced-rows.ts';
import { clientOf } from './kafka/fake-cluster.ts';

/** In partition 1 the first record that is younger than `t` milliseconds has the offset 10 + t. */
const kafka = clientOf({
  topic: 'users',
  leaders: [0, 0],
  nodes: { 0: async () => [] },
  offsetAt: (timestamp) => 10 + timestamp,
});
const anna = { key: 'anna', offset: 3, home: 1, timestampMs: 7 };

function homeWith(offset: number | null, restored = true): Homes {
  const row = { key: 'anna', offset: offset ?? 0, value: Buffer.alloc(0) };
  const get = () => (offset === null ? undefined : row);
  return new Map([[1, { isRestored: () => restored, get }]]);
}

test.each([
  ['its own partition has a younger row: healed', homeWith(17), true, 0],
  ['its own partition has a row of before', homeWith(16), true, 1],
  ['its own partition has no row', homeWith(null), true, 1],
  ['its own partition is in another process', new Map(), true, 1],
  ['its own partition is not read yet: nobody can tell', homeWith(17, false), false, 1],
])('%s', async (_, homes, known, count) => {
  const misplaced = createMisplacedRows();
  misplaced.add(anna, 1);
  expect(await misplaced.heal(kafka, 'users', homes)).toBe(known);
  expect(misplaced.count()).toBe(count);
});

test('a key that strays again after it was healed is misplaced again', async () => {
  const misplaced = createMisplacedRows();
  misplaced.add(anna, 1);
  await misplaced.heal(kafka, 'users', homeWith(17));
  misplaced.add({ ...anna, offset: 9, timestampMs: 8 }, 2);
  await misplaced.heal(kafka, 'users', homeWith(17));
  expect([...misplaced.rows()]).toMatchObject([{ key: 'anna', offset: 9, timestampMs: 8 }]);
});

test('fifty of the last thousand rows are no slip, fifty of more are', () => {
  const misplaced = createMisplacedRows();
  for (let n = 0; n < 49; n += 1) misplaced.add({ ...anna, key: `k${n}` }, n);
  expect(misplaced.excess(49)).toBeNull();
  misplaced.add({ ...anna, key: 'k49' }, 49);
  expect(misplaced.excess(50)).toBe('50 of the last 1000 rows');
  expect(misplaced.excess(1000)).toBe('50 of the last 1000 rows');
  expect(misplaced.excess(1001)).toBeNull();
  misplaced.forget('k49');
  expect(misplaced.excess(50)).toBeNull();
});
