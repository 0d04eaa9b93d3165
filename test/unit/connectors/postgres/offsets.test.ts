import { expect, test } from 'vitest';
import { openPosition, positionIn } from '../../../../connectors/postgres/offsets.ts';
import { createHealth } from '../../../../runtime/health.ts';
import { createLog } from '../../../../runtime/log.ts';
import type { Database } from '../../../../runtime/postgres.ts';

const range = { low: 100, high: 200, topicId: 'now' };

test.each([
  ['in the topic stays', 150, { nextOffset: 150, generation: 3 }],
  ['at the end stays', 200, { nextOffset: 200, generation: 3 }],
  ['at the beginning stays', 100, { nextOffset: 100, generation: 3 }],
  ['that retention passed goes on at the first record left', 7, { nextOffset: 100, generation: 3 }],
  ['behind the end is of a former topic', 201, { nextOffset: 100, generation: 4 }],
])('an offset %s', (_, nextOffset, expected) => {
  for (const topicId of ['now', null]) {
    expect(positionIn(range, { nextOffset, generation: 3, topicId })).toEqual(expected);
  }
});

test('whatever the offset of a topic that was made anew, it is read from its beginning', () => {
  for (const nextOffset of [7, 100, 150, 200, 201]) {
    const stored = { nextOffset, generation: 3, topicId: 'before' };
    expect(positionIn(range, stored)).toEqual({ nextOffset: 100, generation: 4 });
  }
});

/** The table of offsets and the end of a topic, both of which a rival moves on all the time. */
function rivalled(storedAtFirst: number | null) {
  let stored = storedAtFirst;
  let end = 100;
  const moveOn = () => {
    end += 10;
    if (stored !== null) stored = end;
  };
  const database = {
    query: async (text: TemplateStringsArray, ...parameters: readonly unknown[]) => {
      const [statement = ''] = text;
      moveOn();
      if (statement.includes('update')) throw new Error('the offset was put right');
      if (statement.includes('insert')) stored ??= Number(parameters[2]);
      const row = stored === null ? [] : [{ nextOffset: stored, generation: 0, topicId: 'id' }];
      moveOn();
      return row;
    },
  } as unknown as Database;
  const rangeOf = async () => {
    moveOn();
    const range = { low: 0, high: end };
    moveOn();
    return range;
  };
  return { database, rangeOf };
}

test.each([
  ['is at work', 50],
  ['begins at the same time', null],
])('a rival that %s does not make the topic seem made anew', async (_, storedAtFirst) => {
  const log = createLog({ level: 'silent', name: 'test' });
  const place = { topic: 'users', topicId: 'id', partition: 0, log, health: createHealth(log) };
  const { position, range } = await openPosition({ ...place, ...rivalled(storedAtFirst) });
  expect(position.generation).toBe(0);
  expect(position.nextOffset).toBeLessThanOrEqual(range.high);
});
