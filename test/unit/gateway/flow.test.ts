import { describe, expect, test } from 'vitest';
import { doneBehind, type Flow, flowOf, shareFlow } from '../../../gateway/read/flow.ts';
import { rowCursor } from '../../../rules/people.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { murmur2 } from '../../../runtime/kafka/partitioner.ts';
import { topics } from '../../../schemas/topics.ts';

const at = (topic: string, partition: number, offset: number, cursor = '') => ({
  place: { role: 'notify' as const, topic, partition },
  offset,
  cursor,
});
const broadcasts = topics.broadcastCommands.name;
const directs = topics.directCommands.name;

test('a role is behind by what it has not worked on, over all partitions of a topic', () => {
  const ends = new Map([
    [directs, [10, 20]],
    [broadcasts, [5, 5]],
  ]);
  const positions = [at(directs, 0, 7), at(directs, 1, 20), at(broadcasts, 0, 9)];
  expect(flowOf(positions, ends)).toEqual({
    lags: [
      { role: 'notify', topic: directs, behind: 3 },
      { role: 'notify', topic: broadcasts, behind: 0 },
    ],
    fanOuts: [],
  });
});

test('a fan-out is under way where a cursor lies beside an offset before the end', () => {
  const ends = new Map([[broadcasts, [8, 8, 8]]]);
  const cursor = rowCursor('anna');
  const positions = [
    at(broadcasts, 0, 6, cursor),
    at(broadcasts, 1, 8, cursor),
    at(broadcasts, 2, 6),
  ];
  expect(flowOf(positions, ends).fanOuts).toEqual([
    { partition: 0, done: doneBehind(cursor), commands: 2 },
  ]);
});

test('a cursor says which part of the people is done', () => {
  const people = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
  const inOrder = people.toSorted((a, b) => murmur2(Buffer.from(a)) - murmur2(Buffer.from(b)));
  for (const [index, key] of inOrder.entries()) {
    expect(Math.abs(doneBehind(rowCursor(key)) - index / people.length)).toBeLessThan(0.05);
  }
  expect(doneBehind('')).toBe(0);
  expect(doneBehind(null)).toBe(0);
});

describe('the flow is asked for', () => {
  const flow: Flow = { lags: [], fanOuts: [] };

  test('once by all who ask within two seconds, and then again', async () => {
    let nowMs = 0;
    let asked = 0;
    const share = shareFlow(
      async () => {
        asked += 1;
        return flow;
      },
      { ...systemClock, nowMs: () => nowMs },
    );
    expect(await Promise.all([share(), share()])).toEqual([flow, flow]);
    nowMs = 1999;
    await share();
    expect(asked).toBe(1);
    nowMs = 2000;
    await share();
    expect(asked).toBe(2);
  });

  test('and is null when nobody answers', async () => {
    const share = shareFlow(() => Promise.reject(new Error('no broker')), systemClock);
    expect(await share()).toBeNull();
  });
});
