import { expect, test } from 'vitest';
import {
  type FanOutPositions,
  fanOutStateOf,
  openFanOutEnds,
} from '../../../gateway/read/fan-out-ends.ts';
import { doneBehind } from '../../../gateway/read/flow.ts';
import { rowCursor } from '../../../rules/people.ts';

/** Its command is the tenth record of two partitions. */
const commands = [
  { partition: 0, offset: 10 },
  { partition: 1, offset: 10 },
];
const at = (offset: number, metadata = '') => ({ offset, metadata });
const behind = at(11);
const lane = 'sms-notifications-bulk';

const positions = (given: Partial<FanOutPositions> & { readonly end?: number; done?: number }) => ({
  commands: [behind, behind],
  ends: new Map([[lane, [given.end ?? 0]]]),
  projected: new Map([[lane, [given.done ?? 0]]]),
  ...given,
});

test('it is written once the committed offset is behind its command in every partition', () => {
  const state = (...places: FanOutPositions['commands']) =>
    fanOutStateOf(commands, { commands: places });
  expect(state(at(11), at(40))).toEqual({ kind: 'written' });
  expect(state(at(11), at(10))).toEqual({ kind: 'underWay', share: 0.5 });
  expect(state(at(3), at(10))).toEqual({ kind: 'underWay', share: 0 });
  const cursor = rowCursor('anna');
  expect(state(at(11), at(10, cursor))).toEqual({
    kind: 'underWay',
    share: (1 + doneBehind(cursor)) / 2,
  });
});

test('a partition that has not begun holds it open', () => {
  const [first] = commands;
  expect(fanOutStateOf(first ? [first] : [], { commands: [behind, at(90)] })).toEqual({
    kind: 'underWay',
    share: 0.5,
  });
});

test('nothing is known where nothing was begun, or nothing was ever committed', () => {
  expect(fanOutStateOf([], { commands: [behind, behind] })).toEqual({ kind: 'unknown' });
  expect(fanOutStateOf(commands, { commands: [behind, null] })).toEqual({ kind: 'unknown' });
});

test('it has ended when the history has what it wrote, whatever others write', async () => {
  let now: FanOutPositions | null = positions({ end: 100, done: 60 });
  const ends = openFanOutEnds(async () => now);
  expect(await ends.stateOf('r', commands)).toEqual({ kind: 'written' });
  now = positions({ end: 250, done: 99 });
  expect(await ends.stateOf('r', commands)).toEqual({ kind: 'written' });
  now = positions({ end: 900, done: 100 });
  expect(await ends.stateOf('r', commands)).toEqual({ kind: 'ended' });
  expect(await ends.stateOf('later', commands)).toEqual({ kind: 'written' });
  now = null;
  expect(await ends.stateOf('r', commands)).toEqual({ kind: 'unknown' });
});

test('one that is sent again is under way again, and has new ends', async () => {
  let now = positions({ end: 100, done: 100 });
  const ends = openFanOutEnds(async () => now);
  expect(await ends.stateOf('r', commands)).toEqual({ kind: 'ended' });
  const again = commands.map(({ partition }) => ({ partition, offset: 20 }));
  expect(await ends.stateOf('r', again)).toEqual({ kind: 'underWay', share: 0 });
  now = positions({ commands: [at(21), at(21)], end: 200, done: 100 });
  expect(await ends.stateOf('r', again)).toEqual({ kind: 'written' });
});

test('of more than a thousand the first is forgotten, and looked at anew', async () => {
  let now = positions({ end: 100, done: 60 });
  const ends = openFanOutEnds(async () => now);
  for (let index = 0; index <= 1000; index += 1) await ends.stateOf(`r-${index}`, commands);
  now = positions({ end: 200, done: 150 });
  expect(await ends.stateOf('r-1', commands)).toEqual({ kind: 'ended' });
  expect(await ends.stateOf('r-0', commands)).toEqual({ kind: 'written' });
});
