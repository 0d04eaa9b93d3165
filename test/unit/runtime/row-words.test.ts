import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { interests } from '../../../rules/people.ts';
import { createAvroWalk } from '../../../runtime/avro-walk.ts';
import { indexed } from '../../../runtime/processor.ts';
import { createRowWords } from '../../../runtime/row-words.ts';
import { type Serde, schemaOf } from '../../../runtime/serde.ts';
import { createWordTable } from '../../../runtime/store/word-table.ts';
import { wordsIn } from '../../../runtime/table.ts';
import type { User } from '../../../schemas/generated/records.ts';
import { limits } from '../../../schemas/limits.ts';
import type { AvroNode } from '../../../schemas/load.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';
import { valuesOf } from './avro-values.ts';

const spec = indexed(topics.users, interests);
const users = valuesOf(schemaOf(topics.users) as AvroNode) as fc.Arbitrary<User>;
const anna: User = {
  id: 'anna',
  fullName: 'Анна Каренина',
  email: 'anna@example.com',
  phone: null,
  telegramChatId: null,
  locale: 'ru',
  timeZone: null,
  channels: ['email'],
  followedMovieIds: ['m1', 'брат', 'm1'],
  followedGenres: ['drama', 'm1'],
};

let serde: Serde;
beforeAll(async () => {
  serde = await createMemorySerde();
});

/** The id in a value, which is what its key should be. */
function keyOf(value: Buffer): Buffer {
  const decoded = serde.decode(topics.users, value);
  return Buffer.from(decoded.ok ? decoded.value.id : '');
}

/** A reader of words, and what it must answer: the schema's answer, with words as numbers. */
function readers() {
  const words = createWordTable();
  const expected = (value: Buffer) => {
    const decoded = serde.decode(topics.users, value);
    if (decoded.ok) return wordsIn(decoded.value, interests).map(words.numberOf);
    return { code: decoded.code, reason: decoded.reason };
  };
  const wordsOf = createRowWords(spec, serde, words);
  /** In a record a value has neighbours, which must not be read: whatever they are. */
  const read = (value: Buffer, key = keyOf(value)) => {
    const valueStart = 7 + key.length;
    const amid = Buffer.concat([Buffer.alloc(7, 2), key, value, Buffer.alloc(9, 2)]);
    const valueEnd = valueStart + value.length;
    return wordsOf(amid, { keyStart: 7, keyEnd: valueStart, valueStart, valueEnd });
  };
  return { read, words, expected };
}

const encode = (user: User) => Buffer.from(serde.encode(topics.users, user));
const isWalked = (value: Buffer) =>
  serde.stringsOf(topics.users, Object.keys(interests)).find(value, 0, value.length) >= 0;

test('what the schema writes is walked over, and has the words that the schema reads', () => {
  const { read, expected } = readers();
  fc.assert(
    fc.property(users, (user) => {
      const value = encode(user);
      expect(isWalked(value)).toBe(true);
      expect(read(value)).toEqual(expected(value));
    }),
    { numRuns: 500 },
  );
});

test('a row with the same word many times, and with many words, has each once', () => {
  const { read, expected, words } = readers();
  const many = Array.from({ length: 5000 }, (_, index) => `m${index % 3000}`);
  for (const followedMovieIds of [['m1', 'm1'], many]) {
    const value = encode({ ...anna, followedMovieIds });
    expect(read(value)).toEqual(expected(value));
  }
  expect(read(encode(anna))).toEqual(
    ['movie:m1', 'movie:брат', 'genre:drama', 'genre:m1'].map(words.numberOf),
  );
});

test('a row of more words than any needs is too large, and none of them is kept', () => {
  const { read, words } = readers();
  const ids = Array.from({ length: limits.followed + 1 }, (_, index) => `m${index}`);
  const held = words.heldBytes();
  expect(read(encode({ ...anna, followedMovieIds: ids, followedGenres: [] }))).toEqual({
    code: 'FIELD_TOO_LARGE',
    reason: 'followedMovieIds and followedGenres together have more than 50000 entries',
  });
  expect(words.heldBytes()).toBe(held);
  const twice = [...ids.slice(1), 'm1'];
  expect(read(encode({ ...anna, followedMovieIds: twice, followedGenres: [] }))).toHaveLength(
    limits.followed,
  );
});

type Mangle = (value: Buffer) => Buffer;
const at = fc.nat({ max: 10_000 });
const mangles: fc.Arbitrary<Mangle> = fc.oneof(
  fc.tuple(at, fc.nat({ max: 255 })).map(([place, byte]): Mangle => {
    return (value) => {
      const changed = Buffer.from(value);
      changed[place % changed.length] = byte;
      return changed;
    };
  }),
  at.map(
    (place): Mangle =>
      (value) =>
        value.subarray(0, place % value.length),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map(
    (bytes): Mangle =>
      (value) =>
        Buffer.concat([value, bytes]),
  ),
  fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([place, bytes]): Mangle => {
    return (value) => {
      const cut = place % value.length;
      return Buffer.concat([value.subarray(0, cut), bytes, value.subarray(cut)]);
    };
  }),
);

test('of a mangled row the answer is the schema’s, be it words or the reason it is poison', () => {
  const { read, expected } = readers();
  let poison = 0;
  fc.assert(
    fc.property(users, fc.array(mangles, { minLength: 1, maxLength: 3 }), (user, how) => {
      const value = how.reduce<Buffer>((bytes, mangle) => mangle(bytes), encode(user));
      const answer = expected(value);
      if (!Array.isArray(answer)) poison += 1;
      expect(read(value)).toEqual(answer);
    }),
    { numRuns: 5000 },
  );
  expect(poison).toBeGreaterThan(0);
});

test('every shortened row is poison with the reason it always had', () => {
  const { read, expected } = readers();
  const value = encode(anna);
  for (let length = 0; length < value.length; length += 1) {
    const cut = value.subarray(0, length);
    expect(read(cut)).not.toHaveProperty('length');
    expect(read(cut)).toEqual(expected(cut));
  }
});

test('an array in blocks with their size is left to the schema, and read', () => {
  const { read, words } = readers();
  const value = encode({ ...anna, followedMovieIds: [], followedGenres: [] });
  // Two items in three bytes each, as a block that says how long it is: -2, 6, "aa", "bb", 0.
  const block = Buffer.from([3, 12, 4, 97, 97, 4, 98, 98, 0]);
  const blocked = Buffer.concat([value.subarray(0, -2), block, Buffer.from([0])]);
  expect(isWalked(blocked)).toBe(false);
  expect(read(blocked)).toEqual(['movie:aa', 'movie:bb'].map(words.numberOf));
});

test('a word that is no text makes the row poison', () => {
  const { read, expected, words } = readers();
  for (const [first, byte] of [
    ['ab', 0xff],
    ['аб', 0x61],
  ] as const) {
    const value = encode({ ...anna, followedMovieIds: [first], followedGenres: [] });
    value[value.indexOf(first)] = byte;
    const reason = 'followedMovieIds[0]: the text is not valid UTF-8';
    expect(read(value, Buffer.from(anna.id))).toEqual({ code: 'RECORD_UNREADABLE', reason });
    expect(read(value)).toEqual(expected(value));
  }
  expect(words.find('movie:\ufffdb')).toBe(-1);
});

test('any other text that is none makes the row poison, too, and one that is does not', () => {
  const { read, expected } = readers();
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((each) => Buffer.from(each));
  const text = fc.string({ unit: 'grapheme', maxLength: 6 }).map((each) => Buffer.from(each));
  let poison = 0;
  fc.assert(
    fc.property(fc.oneof(bytes, text, fc.tuple(text, bytes).map(Buffer.concat)), (name) => {
      const placeholder = 'x'.repeat(name.length);
      const value = encode({ ...anna, fullName: placeholder });
      value.set(name, value.indexOf(placeholder, anna.id.length));
      const answer = expected(value);
      if (!Array.isArray(answer)) poison += 1;
      expect(read(value, Buffer.from(anna.id))).toEqual(answer);
    }),
    { numRuns: 5000 },
  );
  expect(poison).toBeGreaterThan(100);
  expect(poison).toBeLessThan(4900);
});

test('a genre has one number in rows that are walked over and in rows that are decoded', () => {
  const { read, expected, words } = readers();
  const genres = ['Комедий', 'Комедий'.normalize('NFD')];
  const value = encode({ ...anna, followedMovieIds: genres, followedGenres: genres });
  expect(isWalked(value)).toBe(true);
  const listed = [...genres.map((each) => `movie:${each}`), `genre:${genres[0]}`];
  expect(read(value)).toEqual(listed.map(words.find));
  expect(read(value)).toEqual(expected(value));
});

test('rows with long texts are walked over, too', () => {
  const { read, expected } = readers();
  for (const length of [63, 64, 72, 95, 96, 200, 9000]) {
    const value = encode({ ...anna, fullName: 'Я'.repeat(length), followedMovieIds: ['ж', 'ё'] });
    expect(isWalked(value)).toBe(true);
    expect(read(value)).toEqual(expected(value));
  }
});

test('a value of another schema is left to the schema', async () => {
  const { read, expected } = readers();
  const movie = { title: 'Брат', englishTitle: null, genres: [], year: 1997, description: null };
  const value = serde.encode(topics.movies, { id: 'm1', ...movie });
  expect(isWalked(value)).toBe(false);
  expect(read(value)).toEqual(expected(value));
});

test.each([
  ['a part that is not known', [{ name: 'a', type: 'long' }], []],
  ['a union of more', [{ name: 'a', type: ['null', 'string', 'long'] }], []],
  ['null last', [{ name: 'a', type: ['string', 'null'] }], []],
  ['arrays in arrays', [{ name: 'a', type: { type: 'array', items: ['null', 'string'] } }], []],
  ['a wanted field that is no list of strings', [{ name: 'a', type: 'string' }], ['a']],
  ['a wanted field that is missing', [{ name: 'a', type: 'string' }], ['b']],
])('%s makes a schema one that cannot be walked', (_, fields, wanted) => {
  const schema = { type: 'record', name: 'A', fields } as AvroNode;
  expect(createAvroWalk(schema, wanted)).toBeNull();
});

test("a row whose key is not its id is nobody's, and the serializer is named", () => {
  const { read } = readers();
  const long = { ...anna, id: 'я'.repeat(200) };
  for (const user of [anna, long]) {
    const value = encode(user);
    const key = Buffer.from(user.id);
    expect(Array.isArray(read(value, key))).toBe(true);
    const wrong = { code: 'KEY_NOT_ID', nobodys: true };
    for (const other of [`${user.id}x`, user.id.slice(1), 'я'.repeat(201)]) {
      expect(read(value, Buffer.from(other))).toMatchObject(wrong);
    }
    const avro = Buffer.concat([Buffer.from([0, 0, 0, 0, 7, key.length * 2]), key]);
    for (const [serialized, name] of [
      [avro, 'Avro'],
      [Buffer.from(JSON.stringify(user.id)), 'JSON'],
    ] as const) {
      const fault = read(value, serialized);
      expect(fault).toMatchObject({ code: 'KEY_UNREADABLE', nobodys: true });
      expect(fault).toHaveProperty('reason', expect.stringContaining(`${name} serializer`));
    }
  }
});
