import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur2 } from '../../../../runtime/kafka/partitioner.ts';
import {
  createRowStore,
  type RowStore,
  rowChange,
  storedRowOf,
} from '../../../../runtime/store/row-store.ts';
import { createRowView } from '../../../../runtime/store/row-view.ts';

type Model = Map<string, { offset: number; value: string; words: readonly string[] }>;

function put(store: RowStore, key: string, offset: number, value: string, words: string[] = []) {
  const numbers = words.map(store.words.numberOf);
  store.apply(rowChange(Buffer.from(key), Buffer.from(value), offset, numbers));
}
function remove(store: RowStore, key: string, offset: number) {
  store.apply(rowChange(Buffer.from(key), null, offset));
}
/** Lays all rows down anew. */
function arrange(store: RowStore): void {
  const move = store.arrange();
  while (move(7));
}
const keysOf = (rows: Iterable<{ key: string }>) => [...rows].map(({ key }) => key);

const words = ['movie:1', 'movie:2', 'genre:drama'];
const change = fc.record({
  key: fc.integer({ min: 0, max: 40 }).map((n) => `user-${n}`),
  value: fc.option(fc.string({ maxLength: 30 }), { nil: null }),
  words: fc.subarray(words),
});

type Change = { key: string; value: string | null; words: string[] };

/** Makes a change in the store and in its model. */
function make(store: RowStore, model: Model, offset: number, { key, value, words }: Change): void {
  if (value === null) {
    remove(store, key, offset);
    model.delete(key);
  } else {
    put(store, key, offset, value, words);
    model.set(key, { offset, value, words });
  }
}

function play(changes: readonly Change[]) {
  const store = createRowStore();
  const model: Model = new Map();
  for (const [offset, each] of changes.entries()) make(store, model, offset, each);
  return { store, model };
}

test('holds what a map of the newest rows holds, also by word', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.boolean(), (changes, arranged) => {
      const { store, model } = play(changes);
      if (arranged) arrange(store);
      expect(store.size()).toBe(model.size);
      for (const [key, { offset, value }] of model) {
        expect(store.get(key)).toEqual({ key, offset, value: Buffer.from(value) });
      }
      expect(keysOf(store.rows()).toSorted()).toEqual([...model.keys()].toSorted());
      for (const word of words) {
        const having = [...model].filter(([, row]) => row.words.includes(word));
        expect(keysOf(store.rowsWith([word])).toSorted()).toEqual(
          having.map(([key]) => key).toSorted(),
        );
      }
    }),
  );
});

test('a row of many words that changes is found by the ones it has now', () => {
  const many = Array.from({ length: 60 }, (_, n) => `movie:${n}`);
  const versions = fc.array(fc.shuffledSubarray(many), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(versions, (having) => {
      const store = createRowStore();
      put(store, 'bystander', 0, 'v', many);
      for (const [offset, each] of having.entries()) {
        put(store, 'anna', offset, 'v', each);
        // Every second time the lists are settled between two versions.
        if (offset % 2 === 0) for (const word of many) keysOf(store.rowsWith([word]));
      }
      for (const word of many) {
        const found = keysOf(store.rowsWith([word]));
        expect(found.includes('anna')).toBe(having.at(-1)?.includes(word));
        expect(found).toContain('bystander');
        expect(new Set(found).size).toBe(found.length);
      }
    }),
  );
});

test('rows with any of several words come once each, in the same order', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), fc.subarray(words), (changes, asked) => {
      const { store, model } = play(changes);
      const expected = keysOf(store.rows()).filter((key) =>
        model.get(key)?.words.some((word) => asked.includes(word)),
      );
      expect(keysOf(store.rowsWith(asked))).toEqual(expected);
      const [first] = expected;
      expect(keysOf(store.rowsWith(asked, first))).toEqual(expected.slice(first ? 1 : 0));
    }),
  );
});

test('the order depends on nothing but the keys, however the rows came about', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
      const { store, model } = play(changes);
      const fresh = createRowStore();
      for (const [key, { offset, value, words: having }] of [...model].toReversed()) {
        put(fresh, key, offset, value, [...having]);
      }
      expect(keysOf(store.rows())).toEqual(keysOf(fresh.rows()));
      for (const word of words) {
        expect(keysOf(store.rowsWith([word]))).toEqual(keysOf(fresh.rowsWith([word])));
      }
    }),
  );
});

test('behind any key the rest follows, also when that key is gone', () => {
  const { store } = play(
    Array.from({ length: 60 }, (_, n) => ({ key: `k${n}`, value: 'v', words: ['movie:1'] })),
  );
  const all = keysOf(store.rowsWith(['movie:1']));
  for (const [index, key] of all.entries()) {
    expect(keysOf(store.rowsWith(['movie:1'], key))).toEqual(all.slice(index + 1));
  }
  const [first = '', second = ''] = all;
  remove(store, first, 1000);
  expect(keysOf(store.rowsWith(['movie:1'], first))[0]).toBe(second);
});

test.each([
  ['all', null],
  ['one word', ['movie:1']],
  ['many words', words],
])('a scan of %s goes on when the table changes under it, and meets nobody twice', (_, asked) => {
  const belongs = (having: readonly string[]) =>
    asked === null || having.some((word) => asked.includes(word));
  const some = fc.array(change, { maxLength: 80 });
  fc.assert(
    fc.property(some, some, fc.boolean(), (before, during, arranged) => {
      const { store, model } = play(before);
      if (arranged) arrange(store);
      const staying = new Set<string>();
      for (const [key, row] of model) if (belongs(row.words)) staying.add(key);
      const scan = asked === null ? store.scanAll() : store.scan(asked);
      const seen: string[] = [];
      const step = () => {
        if (!scan.next()) return false;
        const { key } = storedRowOf(scan.view);
        expect(belongs(model.get(key)?.words ?? ['left'])).toBe(true);
        expect(model.has(key)).toBe(true);
        seen.push(key);
        return true;
      };
      for (const [index, { key, value, words: having }] of during.entries()) {
        step();
        make(store, model, before.length + index, { key, value, words: having });
        if (value === null || !belongs(having)) staying.delete(key);
      }
      while (step());
      expect(new Set(seen).size).toBe(seen.length);
      for (const key of staying) expect(seen).toContain(key);
    }),
  );
});

test('rows are laid anew while they change and are scanned, and none is lost or met twice', () => {
  const some = fc.array(change, { maxLength: 60 });
  fc.assert(
    fc.property(some, some, fc.integer({ min: 1, max: 20 }), (before, during, count) => {
      const { store, model } = play(before);
      const move = store.arrange();
      const scan = store.scanAll();
      const seen: string[] = [];
      for (const [index, { key, value, words: having }] of during.entries()) {
        if (scan.next()) seen.push(storedRowOf(scan.view).key);
        move(count);
        make(store, model, before.length + index, { key, value, words: having });
      }
      while (move(count));
      while (scan.next()) seen.push(storedRowOf(scan.view).key);
      expect(new Set(seen).size).toBe(seen.length);
      const rows = [...store.rows()].map(
        ({ key, offset, value }) => `${key}@${offset}=${String(value)}`,
      );
      const expected = [...model].map(([key, { offset, value }]) => `${key}@${offset}=${value}`);
      expect(new Set(rows)).toEqual(new Set(expected));
      expect(rows).toHaveLength(expected.length);
    }),
  );
});

test('the memory in which rows lay before they were laid anew is given back', () => {
  const store = createRowStore();
  const value = 'x'.repeat(10_000);
  for (let n = 0; n < 5000; n += 1) put(store, `k${n}`, n, value);
  const held = store.heldBytes();
  const move = store.arrange();
  move(4000);
  expect(store.heldBytes()).toBeGreaterThan(held * 1.5);
  while (move(4000));
  expect(store.heldBytes()).toBeLessThan(held * 1.2);
  expect(store.get('k4999')?.value.toString()).toBe(value);
});

test('keys with the same hash are told apart and ordered by their bytes', () => {
  // Found by search: pairs of different keys with the same murmur2.
  const pairs = [
    ['k8312', 'k201076'],
    ['k8313', 'k201176'],
  ];
  for (const [a = '', b = ''] of pairs) {
    expect(murmur2(Buffer.from(a))).toBe(murmur2(Buffer.from(b)));
  }
  const found = pairs.flat();
  const store = createRowStore();
  for (const [offset, key] of found.entries()) put(store, key, offset, `value of ${key}`);
  for (const key of found) expect(store.get(key)?.value.toString()).toBe(`value of ${key}`);
  const order = keysOf(store.rows());
  expect(order).toHaveLength(found.length);
  for (const [a = '', b = ''] of pairs) {
    expect(order.indexOf(b)).toBe(order.indexOf(a) + (a < b ? 1 : -1));
  }
});

test('finds the row with the same key in another store', () => {
  const users = createRowStore();
  const preferences = createRowStore();
  put(users, 'anna', 1, 'user');
  put(preferences, 'anna', 7, 'preference');
  const scan = users.scanAll();
  expect(scan.next()).toBe(true);
  const into = createRowView();
  expect(preferences.findSame(scan.view, into)).toBe(true);
  expect(storedRowOf(into)).toEqual({ key: 'anna', offset: 7, value: Buffer.from('preference') });
  expect(createRowStore().findSame(scan.view, into)).toBe(false);
});

test('a change that is older than its row is left out', () => {
  const store = createRowStore();
  put(store, 'anna', 9, 'new');
  put(store, 'anna', 3, 'old');
  remove(store, 'anna', 8);
  expect(store.get('anna')).toEqual({ key: 'anna', offset: 9, value: Buffer.from('new') });
});

test('rows that change for ever do not make the memory grow for ever', () => {
  const store = createRowStore();
  const value = 'x'.repeat(1000);
  let offset = 0;
  const round = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      offset += 1;
      put(store, `user-${n % 500}`, offset, value, [`movie:${offset % 7}`]);
    }
  };
  round(20_000);
  const held = store.heldBytes();
  round(200_000);
  expect(store.heldBytes()).toBeLessThanOrEqual(held * 2);
  expect(store.size()).toBe(500);
});

test('rows that come and go do not use up numbers for ever', () => {
  const store = createRowStore();
  for (let n = 0; n < 50_000; n += 1) {
    put(store, `guest-${n}`, n * 2, 'v', ['movie:1']);
    remove(store, `guest-${n}`, n * 2 + 1);
  }
  put(store, 'anna', 1_000_000, 'v', ['movie:1']);
  expect(keysOf(store.rowsWith(['movie:1']))).toEqual(['anna']);
  expect(store.heldBytes()).toBeLessThan(16 * 1024 * 1024);
});
