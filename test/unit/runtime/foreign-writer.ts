import avro from 'avsc';
import { createLog } from '../../../runtime/log.ts';
import type { Registry } from '../../../runtime/registry.ts';
import { createSerde, schemaOf } from '../../../runtime/serde.ts';
import { allTopics, type Topic } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';
import { handClock } from './hand-clock.ts';

export type Field = { name: string; type: unknown; aliases?: string[]; default?: unknown };
export type Schema = { name: string; namespace?: string; fields: Field[] };
export type Change = (schema: Schema, field: (name: string) => Field) => void;

export async function opened(changes: Partial<Registry> = {}) {
  const registry = { ...createMemoryRegistry(), ...changes };
  const log = createLog({ level: 'silent', name: 'test' });
  const { signal } = new AbortController();
  const serde = await createSerde({ registry, topics: allTopics, log, clock: handClock(), signal });
  return { registry, serde };
}

/** Bytes that a program with another schema writes: avsc alone, as it comes. */
export function written(schema: object, value: unknown, id: number): Buffer {
  const type = avro.Type.forSchema(schema as never, { wrapUnions: false });
  const frame = Buffer.alloc(5);
  frame.writeInt32BE(id, 1);
  return Buffer.concat([frame, type.toBuffer(value)]);
}

/** What becomes of a value that a topic's other writer writes, with the schema changed so. */
export async function read(topic: Topic, value: object, change: Change) {
  const { registry, serde } = await opened();
  const schema = structuredClone(schemaOf(topic)) as Schema;
  change(schema, (name) => {
    const found = schema.fields.find((each) => each.name === name);
    if (!found) throw new Error(`no field ${name}`);
    return found;
  });
  const id = await registry.register('other', schema);
  const bytes = written(schema, value, id);
  await serde.prepare([bytes]);
  return serde.decode(topic, bytes);
}

export const noon = Date.parse('2026-01-15T12:00:00.123Z');
export const user = {
  id: 'u1',
  fullName: 'Анна',
  email: 'anna@example.com',
  phone: null,
  telegramChatId: null,
  locale: 'ru',
  timeZone: null,
  channels: ['email'],
  followedMovieIds: ['m1', 'брат'],
  followedGenres: ['drama'],
};
export const preference = {
  userId: 'u1',
  optedOutChannels: ['email'],
  optedOutEvents: [],
  updatedAt: noon,
};
export const episode = {
  eventId: 'e1',
  movieId: 'm1',
  episodeId: 'ep1',
  season: 1,
  episode: 3,
  episodeTitle: 'Третья',
  releasedAt: noon,
};
export const unreadable = (reason: string) => ({ ok: false, code: 'RECORD_UNREADABLE', reason });

export const grow =
  (name: string): Change =>
  (_, field) => {
    (field(name).type as { items: { symbols: string[] } }).items.symbols.push('push');
  };
export const become =
  (name: string, type: unknown): Change =>
  (_, field) => {
    const changed = field(name);
    changed.type = type;
    delete changed.default;
  };
