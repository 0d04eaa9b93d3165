import { expect, test } from 'vitest';
import { createLog } from '../../../runtime/log.ts';
import { watchTopics } from '../../../runtime/topic-watch.ts';
import { clientOf } from './kafka/fake-cluster.ts';

const log = createLog({ level: 'silent', name: 'test' });

/** A watch over a topic that a test can change, on a clock that never comes round by itself. */
async function watched() {
  const leaders = [0, 0];
  const ids = { now: 'one' };
  const kafka = clientOf({ topic: 'users', leaders, nodes: {}, topicId: () => ids.now });
  const rounds: (() => void)[] = [];
  const sleep = () => new Promise<void>((resolve) => rounds.push(resolve));
  const clock = { nowMs: () => 0, sleep };
  const watch = await watchTopics({ kafka, topics: ['users'], log, clock });
  return { watch, leaders, ids, nextRound: () => rounds.shift()?.() };
}

test('topics that stay what they are let a role go on', async () => {
  const { watch, nextRound } = await watched();
  nextRound();
  await watch.look();
  expect(watch.partitionsOf('users')).toBe(2);
  expect(() => watch.partitionsOf('movies')).toThrow(/the partitions of movies were not counted/);
  watch.close();
});

test('more partitions end the role, with both counts', async () => {
  const { watch, leaders, nextRound } = await watched();
  leaders.push(0);
  nextRound();
  await expect(watch.changed).rejects.toMatchObject({
    code: 'PARTITIONS_CHANGED',
    message: expect.stringContaining('users had 2 partitions and has 3') as string,
  });
});

test('a topic that was made anew makes the role begin anew', async () => {
  const { watch, ids, nextRound } = await watched();
  ids.now = 'two';
  await expect(watch.look()).rejects.toMatchObject({ code: 'TOPIC_REMADE', retryable: true });
  nextRound();
  await expect(watch.changed).rejects.toMatchObject({ code: 'TOPIC_REMADE' });
});

test('a topic that is not there at the moment is waited for', async () => {
  const { watch, leaders } = await watched();
  leaders.length = 0;
  await expect(watch.look()).resolves.toBeUndefined();
  watch.close();
});

test('a topic that is not there at the start is missing', async () => {
  const kafka = clientOf({ topic: 'users', leaders: [0], nodes: {} });
  const clock = { nowMs: () => 0, sleep: async () => undefined };
  const opening = watchTopics({ kafka, topics: ['users', 'movies'], log, clock });
  await expect(opening).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
});
