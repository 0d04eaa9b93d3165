import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mismatches } from '../../../../runtime/deploy/deploy.ts';
import type { TopicSetup } from '../../../../runtime/kafka/topic-admin.ts';
import { allTopics, topics } from '../../../../schemas/topics.ts';

const setupOf = ({ partitions, cleanup }: TopicSetup): TopicSetup => ({ partitions, cleanup });
const asInMap = new Map(allTopics.map((topic) => [topic.name, setupOf(topic)]));

test('nothing differs where nothing exists, or where all is as in the map', () => {
  expect(mismatches(allTopics, new Map())).toEqual([]);
  expect(mismatches(allTopics, asInMap)).toEqual([]);
});

test('a wrong number of partitions is told, with the reason where others depend on it', () => {
  const existing = new Map([
    [topics.users.name, { partitions: 6, cleanup: 'compact' }],
    [topics.movies.name, { partitions: 6, cleanup: 'compact' }],
  ]);
  expect(mismatches([topics.users, topics.movies], existing)).toEqual([
    'users has 6 partitions, not 4, as all topics keyed like users must have',
    'movies has 6 partitions, not 1',
  ]);
});

test('a table that would forget its rows is told', () => {
  const existing = new Map([[topics.movies.name, { partitions: 1, cleanup: 'delete' }]]);
  expect(mismatches([topics.movies], existing)).toEqual([
    'movies has cleanup.policy delete, not compact',
  ]);
});

test('every difference is told, and nothing else', () => {
  const setup = fc.record({
    partitions: fc.integer({ min: 1, max: 5 }),
    cleanup: fc.constantFrom('delete', 'compact', 'compact,delete'),
  });
  const existing = fc.array(fc.tuple(fc.constantFrom(...asInMap.keys()), setup));
  fc.assert(
    fc.property(existing, (entries) => {
      const found = new Map<string, TopicSetup>(entries);
      const wrong = allTopics.flatMap(({ name, partitions, cleanup }) => {
        const actual = found.get(name);
        if (!actual) return [];
        return [actual.partitions !== partitions, actual.cleanup !== cleanup].filter(Boolean);
      });
      expect(mismatches(allTopics, found)).toHaveLength(wrong.length);
    }),
  );
});
