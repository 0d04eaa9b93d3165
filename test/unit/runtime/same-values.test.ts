import { beforeEach, expect, test } from 'vitest';
import { decodeSameOnce } from '../../../runtime/same-values.ts';
import type { Serde } from '../../../runtime/serde.ts';
import type { Movie } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';

const movie = (id: string, title = 'Брат'): Movie => ({
  id,
  title,
  englishTitle: null,
  genres: [],
  year: 1997,
  description: null,
});

let serde: Serde;
let decodings = 0;

beforeEach(async () => {
  const real = await createMemorySerde();
  decodings = 0;
  serde = {
    ...real,
    decode(topic, value) {
      decodings += 1;
      return real.decode(topic, value);
    },
  };
});

const encoded = (id: string, title?: string) => serde.encode(topics.movies, movie(id, title));

test('the same bytes are one object, whatever becomes of the memory they lay in', () => {
  const shared = decodeSameOnce(serde, () => true);
  const bytes = encoded('1');
  const first = shared.decode(topics.movies, bytes);
  const copy = Buffer.from(bytes);
  bytes.fill(0);
  expect(shared.decode(topics.movies, copy)).toBe(first);
  expect(first).toEqual({ ok: true, value: movie('1') });
  expect(decodings).toBe(1);
});

test('other bytes are another object, be it one byte', () => {
  const shared = decodeSameOnce(serde, () => true);
  shared.decode(topics.movies, encoded('1', 'a'));
  expect(shared.decode(topics.movies, encoded('1', 'b'))).toMatchObject({ value: { title: 'b' } });
});

test('only topics that are read so are kept, only the newest values, and no large ones', () => {
  const none = decodeSameOnce(serde, ({ kind }) => kind === 'commands');
  for (let n = 0; n < 2; n += 1) none.decode(topics.movies, encoded('1'));
  expect(decodings).toBe(2);

  const shared = decodeSameOnce(serde, () => true);
  for (let n = 0; n < 257; n += 1) shared.decode(topics.movies, encoded(`m${n}`));
  decodings = 0;
  for (const n of [1, 256, 0]) shared.decode(topics.movies, encoded(`m${n}`));
  expect(decodings).toBe(1);

  decodings = 0;
  const large = encoded('large', 'x'.repeat(1024 * 1024));
  for (let n = 0; n < 2; n += 1) shared.decode(topics.movies, large);
  expect(decodings).toBe(2);
});

test('what is kept is bounded by its bytes, too', () => {
  const shared = decodeSameOnce(serde, () => true);
  const values = [...Array(20).keys()].map((n) => encoded(`m${n}`, 'x'.repeat(1_000_000)));
  for (const value of values) shared.decode(topics.movies, value);
  decodings = 0;
  for (const value of values.slice(4)) shared.decode(topics.movies, value);
  expect(decodings).toBe(0);
  shared.decode(topics.movies, values[3] ?? Buffer.alloc(0));
  expect(decodings).toBe(1);
});

test('what cannot be read is asked for again: its schema may be known by then', () => {
  const shared = decodeSameOnce(serde, () => true);
  const unknown = Buffer.from([0, 0x7f, 0, 0, 1, 1]);
  for (let n = 0; n < 2; n += 1) expect(shared.decode(topics.movies, unknown).ok).toBe(false);
  expect(decodings).toBe(2);
});
