import type { People } from '../../../gateway/read/people.ts';
import { interests } from '../../../rules/people.ts';
import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import { indexed } from '../../../runtime/processor.ts';
import type { Serde } from '../../../runtime/serde.ts';
import type { Preference, Suppression, User } from '../../../schemas/generated/records.ts';
import { type Topic, topics, type ValueOf } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';
import { createMemoryTable } from '../../driver/memory-table.ts';

/** The tables of people in memory, and how a test fills them. */
export type MemoryPeople = {
  readonly people: People;
  readonly put: <T extends PeopleTopic>(topic: T, key: string, value: ValueOf<T> | null) => void;
  /** Bytes as they are: what nobody can read. */
  readonly putRaw: (topic: PeopleTopic, key: string, bytes: Buffer) => void;
};

type PeopleTopic = typeof topics.users | typeof topics.preferences | typeof topics.suppressions;

const partitionNumbers = Array.from({ length: topics.users.partitions }, (_, number) => number);

/** Opens the stores that the gateway has, filled by hand instead of from topics. */
export function openMemoryPeople(serde: Serde): MemoryPeople {
  const partitions = partitionNumbers.map((number) => ({
    users: createMemoryTable(indexed(topics.users, interests), serde, number),
    preferences: createMemoryTable(indexed(topics.preferences), serde, number),
    suppressions: createMemoryTable(indexed(topics.suppressions), serde, number),
  }));
  let offset = 0;
  function write(topic: Topic, key: string, bytes: Buffer | null): void {
    const there = partitions[partitionOf(Buffer.from(key), partitions.length)];
    const tables = Object.entries(there ?? {}) as [keyof typeof topics, { put: PutRow }][];
    for (const [name, table] of tables) {
      if (topics[name].name === topic.name) table.put(Buffer.from(key), bytes, offset);
    }
    offset += 1;
  }
  return {
    people: partitions,
    put: (topic, key, value) => write(topic, key, value && serde.encode(topic, value)),
    putRaw: write,
  };
}

type PutRow = (key: Buffer, value: Buffer | null, offset: number) => void;

/** Tables that hold these people and nobody else. */
export async function memoryPeople(rows: {
  readonly users: readonly User[];
  readonly preferences?: readonly Preference[];
  readonly suppressions?: readonly Suppression[];
}): Promise<People> {
  const { people, put } = openMemoryPeople(await createMemorySerde());
  for (const user of rows.users) put(topics.users, user.id, user);
  for (const each of rows.preferences ?? []) put(topics.preferences, each.userId, each);
  for (const each of rows.suppressions ?? []) put(topics.suppressions, each.userId, each);
  return people;
}
