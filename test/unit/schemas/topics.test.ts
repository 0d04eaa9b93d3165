import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { topology } from '../../../processors/topology.ts';
import type { Processor } from '../../../runtime/processor.ts';
import { loadSchemas } from '../../../schemas/load.ts';
import { allTopics, lanes, type Role, type Topic } from '../../../schemas/topics.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Where a role is at home; null for those outside: other services, people, and all of us. */
const homes: Readonly<Record<Role, string | null>> = {
  upstream: null,
  everyone: null,
  redrive: null,
  gateway: 'gateway/start.ts',
  audience: 'processors/audience.ts',
  notify: 'processors/notify.ts',
  email: 'connectors/email',
  sms: 'connectors/sms',
  messenger: 'connectors/messenger',
  postgres: 'connectors/postgres',
};

test('names are unique, and legal on a broker and in a registry', () => {
  const names = allTopics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

describe.each(allTopics)('$name', (topic) => {
  test('has a key, a schema that exists, and is kept for a while', () => {
    expect(topic.key).not.toBe('');
    const known = topic.schema === null || loadSchemas().has(`ru.vestnik.${topic.schema}`);
    expect(known).toBe(true);
    expect(topic.schema === null).toBe(topic.kind === 'raw');
    expect(topic.partitions).toBeGreaterThan(0);
    expect(topic.retentionMs).toBeGreaterThan(0);
  });

  test('is compacted exactly when it is a table', () => {
    expect(topic.cleanup === 'compact').toBe(topic.kind === 'table');
  });

  test('has writers and readers, and each is somewhere', () => {
    const roles = [...topic.writers, ...topic.readers];
    expect(topic.writers.length).toBeGreaterThan(0);
    expect(topic.readers.length).toBeGreaterThan(0);
    const homeless = roles.filter((role) => {
      const home = homes[role];
      return home !== null && !existsSync(join(root, home));
    });
    expect(homeless).toEqual([]);
  });
});

test('topics that are joined partition by partition agree on their number and their keys', () => {
  const groups = Map.groupBy(allTopics, ({ coPartition }) => coPartition);
  groups.delete(null);
  expect(groups.size).toBeGreaterThan(0);
  for (const group of groups.values()) {
    expect(group.length).toBeGreaterThan(1);
    expect(new Set(group.map(({ partitions }) => partitions)).size).toBe(1);
    // Commands and memories go to a partition that their writer names.
    const keyed = group.filter(({ key, kind }) => key !== 'partition' && kind !== 'memory');
    expect(new Set(keyed.map(({ key }) => key)).size).toBe(1);
  }
});

test('every channel has its two lanes, with as many partitions as journals need', () => {
  for (const [channel, { direct, bulk }] of Object.entries(lanes)) {
    expect([direct.readers[0], bulk.readers[0]]).toEqual([channel, channel]);
    expect(direct.partitions).toBe(bulk.partitions);
    const journal = allTopics.filter(({ kind }) => kind === 'journal');
    expect(journal.map(({ partitions }) => partitions)).toEqual([direct.partitions]);
  }
});

function readBy({ inputs, tables, globals, once }: Processor): readonly Topic[] {
  const joined: readonly Topic[] = Object.values(tables).map(({ topic }) => topic);
  return [...inputs, ...joined, ...Object.values(globals), ...(once ? [once.memory] : [])];
}
const writtenBy = ({ outputs, once }: Processor): readonly Topic[] =>
  once?.scope === 'partition' ? [...outputs, once.memory] : outputs;
const namesOf = (list: readonly Topic[]) => list.map(({ name }) => name).toSorted();

describe.each(topology)('$name', (processor) => {
  const role = processor.name as Role;

  test('reads what the map says that it reads', () => {
    const inMap = allTopics.filter(({ readers }) => readers.includes(role));
    expect(namesOf(readBy(processor))).toEqual(namesOf(inMap));
  });

  test('writes what the map says that it writes', () => {
    const inMap = allTopics.filter(({ writers }) => writers.includes(role));
    expect(namesOf(writtenBy(processor))).toEqual(namesOf(inMap));
  });
});
