import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VestnikError } from '../../../runtime/errors.ts';
import { createLog } from '../../../runtime/log.ts';
import type { Registry } from '../../../runtime/registry.ts';
import { createSerde, schemaOf } from '../../../runtime/serde.ts';
import type { AvroNode } from '../../../schemas/load.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';
import { valuesOf } from './avro-values.ts';
import { handClock } from './hand-clock.ts';

const down = new VestnikError('REGISTRY_UNAVAILABLE', 'the wire was cut');
/** How long an id that the registry does not know is not asked for again. */
const forgottenAfterMs = 30_000;

/** A registry that counts the questions about ids, and can be taken down. */
function watchedRegistry() {
  const inner = createMemoryRegistry();
  const state = { up: true, asked: 0 };
  const registry: Registry = {
    ...inner,
    async idOf(subject, schema) {
      if (!state.up) throw down;
      return inner.idOf(subject, schema);
    },
    async schemaOf(id) {
      state.asked += 1;
      if (!state.up) throw down;
      return inner.schemaOf(id);
    },
  };
  return { registry, state };
}

function opening({ up = true } = {}) {
  const { registry, state } = watchedRegistry();
  state.up = up;
  const clock = handClock();
  const stop = new AbortController();
  const log = createLog({ level: 'silent', name: 'test' });
  const serde = createSerde({ registry, topics: allTopics, log, clock, signal: stop.signal });
  return { registry, state, clock, stop, serde };
}

async function opened() {
  const parts = opening();
  return { ...parts, serde: await parts.serde };
}

/** True when a promise is still open after everything that can happen by itself has happened. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => setImmediate(resolve, 'open'));
  return (await Promise.race([promise.then(() => 'settled'), later])) === 'open';
}

function framed(id: number, content: readonly number[] = []): Buffer {
  const bytes = Buffer.alloc(5 + content.length);
  bytes.writeInt32BE(id, 1);
  bytes.set(content, 5);
  return bytes;
}

const typed = allTopics.filter(({ schema }) => schema !== null);
const movie = {
  id: 'm1',
  title: 'Брат',
  englishTitle: null,
  genres: ['drama'],
  year: 1997,
  description: null,
};

test.each(typed)('whatever is written to $name is read back', async (topic) => {
  const { serde } = await opened();
  const values = valuesOf(schemaOf(topic) as AvroNode);
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const bytes = serde.encode(topic, value as never);
      await serde.prepare([bytes]);
      expect(serde.decode(topic, bytes)).toEqual({ ok: true, value });
    }),
  );
});

test('values that share a buffer do not overwrite each other, however large', async () => {
  const { serde } = await opened();
  const sizes = [10, 700_000, 700_000, 3_000_000, 10];
  const written = sizes.map((size) => {
    const value = { ...movie, title: 'x'.repeat(size) };
    return { value, bytes: serde.encode(topics.movies, value) };
  });
  await serde.prepare(written.map(({ bytes }) => bytes));
  for (const { value, bytes } of written) {
    expect(serde.decode(topics.movies, bytes)).toEqual({ ok: true, value });
  }
});

test('what this release writes is read without asking the registry', async () => {
  const { serde, state } = await opened();
  state.up = false;
  const bytes = serde.encode(topics.movies, movie);
  expect(serde.decode(topics.movies, bytes)).toEqual({ ok: true, value: movie });
  await serde.prepare([bytes]);
  expect(state.asked).toBe(0);
});

test('an unknown id is asked for once, and again only after half a minute', async () => {
  const { serde, state, clock } = await opened();
  const value = framed(9999);
  await serde.prepare([value, value, null]);
  await serde.prepare([value]);
  expect(serde.decode(topics.movies, value)).toMatchObject({ code: 'SCHEMA_UNKNOWN' });
  expect(state.asked).toBe(1);

  clock.advance(forgottenAfterMs - 1);
  await serde.prepare([value]);
  expect(state.asked).toBe(1);

  clock.advance(1);
  await serde.prepare([value]);
  expect(state.asked).toBe(2);
});

test('an id that is registered late is found after the half minute', async () => {
  const { serde, registry, clock } = await opened();
  const writer = { ...(schemaOf(topics.movies) as AvroNode), doc: 'Registered late.' };
  const nextId = (await registry.register('probe', { type: 'string' })) + 1;
  const known = serde.encode(topics.movies, movie);
  const value = framed(nextId, [...known.subarray(5)]);
  await serde.prepare([value]);
  expect(serde.decode(topics.movies, value)).toMatchObject({ code: 'SCHEMA_UNKNOWN' });

  expect(await registry.register('late', writer)).toBe(nextId);
  clock.advance(forgottenAfterMs);
  await serde.prepare([value]);
  expect(serde.decode(topics.movies, value)).toEqual({ ok: true, value: movie });
});

test('while the registry is down the work waits, longer each time, and is then done', async () => {
  const { serde, registry, state, clock } = await opened();
  const writer = { ...(schemaOf(topics.movies) as AvroNode), doc: 'Of an older release.' };
  const id = await registry.register('older', writer);
  const value = framed(id, [...serde.encode(topics.movies, movie).subarray(5)]);
  state.up = false;
  const prepared = serde.prepare([value]);
  for (const waitMs of [200, 400, 800, 1600, 3200, 5000, 5000]) {
    expect(await clock.asleep()).toBe(waitMs);
    clock.advance(waitMs);
    expect(await isOpen(prepared)).toBe(true);
  }
  state.up = true;
  clock.advance(await clock.asleep());
  await prepared;
  expect(serde.decode(topics.movies, value)).toEqual({ ok: true, value: movie });
});

test('opening waits for the registry too', async () => {
  const { serde, state, clock } = opening({ up: false });
  const waitMs = await clock.asleep();
  expect(await isOpen(serde)).toBe(true);
  state.up = true;
  clock.advance(waitMs);
  expect((await serde).encode(topics.movies, movie)).toBeInstanceOf(Buffer);
});

test('the wait for the registry ends when the role is stopped', async () => {
  const { serde, state, clock, stop } = await opened();
  state.up = false;
  const prepared = serde.prepare([framed(9999)]);
  await clock.asleep();
  stop.abort(new DOMException('stopped', 'AbortError'));
  await expect(prepared).rejects.toThrow('stopped');
});

test('opening fails when the deploy step has not run', async () => {
  const { registry } = watchedRegistry();
  const log = createLog({ level: 'silent', name: 'test' });
  const { signal } = new AbortController();
  const empty = { ...registry, idOf: async () => null };
  const parts = { topics: [topics.movies], log, clock: handClock(), signal };
  const serde = createSerde({ ...parts, registry: empty });
  await expect(serde).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED', retryable: true });
});

test('an older and a newer writer are read: defaults in, unknown fields out', async () => {
  const { serde, registry } = await opened();
  const schema = schemaOf(topics.movies) as AvroNode;
  const fields = schema.fields ?? [];
  const older = fields.filter(({ name }) => name !== 'description' && name !== 'englishTitle');
  const extra = { name: 'rating', type: { type: 'array', items: 'string' }, doc: 'Stars.' };
  const writer = { ...schema, fields: [extra, ...older] };
  const id = await registry.register('movies-other', writer);

  const known = serde.encode(topics.movies, movie);
  const genres = [2, 10, ...Buffer.from('drama'), 0];
  const year = [0x9a, 0x1f];
  const idAndTitle = [4, ...Buffer.from('m1'), 16, ...Buffer.from('Брат')];
  const value = framed(id, [2, 2, 42, 0, ...idAndTitle, ...genres, ...year]);
  await serde.prepare([known, value]);
  expect(serde.decode(topics.movies, value)).toEqual({ ok: true, value: movie });
});

test('a schema that cannot stand for the topic makes the record unreadable', async () => {
  const { serde, registry } = await opened();
  const id = await registry.register('other', { type: 'record', name: 'Other', fields: [] });
  await serde.prepare([framed(id)]);
  expect(serde.decode(topics.movies, framed(id))).toMatchObject({ code: 'RECORD_UNREADABLE' });
});

test('a schema that is no Avro at all is an unknown one', async () => {
  const { serde, registry } = await opened();
  const id = await registry.register('other', { type: 'no such type' });
  await serde.prepare([framed(id)]);
  expect(serde.decode(topics.movies, framed(id))).toMatchObject({ code: 'SCHEMA_UNKNOWN' });
});

test('every shortened record is unreadable, and so is one with bytes left over', async () => {
  const { serde } = await opened();
  const value = serde.encode(topics.movies, movie);
  await serde.prepare([value]);
  for (let length = 5; length < value.length; length += 1) {
    const decoded = serde.decode(topics.movies, value.subarray(0, length));
    expect(decoded, `${length} bytes`).toMatchObject({ ok: false, code: 'RECORD_UNREADABLE' });
  }
  const longer = Buffer.concat([value, Buffer.from([0])]);
  expect(serde.decode(topics.movies, longer)).toMatchObject({ code: 'RECORD_UNREADABLE' });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a lone zero', Buffer.from([0])],
  ['a frame that is too short', Buffer.from([0, 0, 0, 1])],
  ['JSON', Buffer.from('{"id":"m1"}')],
])('%s is not Avro', async (_, value) => {
  const { serde, state } = await opened();
  await serde.prepare([value]);
  expect(serde.decode(topics.movies, value)).toMatchObject({ ok: false, code: 'NOT_AVRO' });
  expect(state.asked).toBe(0);
});

test('no bytes make decoding throw', async () => {
  const { serde } = await opened();
  const known = serde.encode(topics.users, {
    id: 'u1',
    fullName: 'Анна',
    email: null,
    phone: null,
    telegramChatId: null,
    locale: null,
    timeZone: null,
    channels: ['email'],
    followedMovieIds: ['m1'],
    followedGenres: [],
  });
  const frame = [...known.subarray(0, 5)];
  await serde.prepare([known]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (content) => {
      const decoded = serde.decode(topics.users, Buffer.from([...frame, ...content]));
      expect(decoded.ok || decoded.code === 'RECORD_UNREADABLE').toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a value of the wrong shape is refused when it is written', async () => {
  const { serde } = await opened();
  expect(() => serde.encode(topics.movies, { ...movie, year: 'soon' } as never)).toThrow('invalid');
});
