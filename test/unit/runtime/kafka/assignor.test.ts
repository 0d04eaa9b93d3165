import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignSlots, type Member } from '../../../../runtime/kafka/assignor.ts';

const member = (memberId: string, ...owned: number[]): Member => ({ memberId, owned });
const given = (members: readonly Member[], slots: number) =>
  Object.fromEntries(assignSlots(members, slots));

test('the only member gets everything', () => {
  expect(given([member('a')], 4)).toEqual({ a: [0, 1, 2, 3] });
});

test('a newcomer waits until the owner has let go, and nothing else moves', () => {
  const first = given([member('a', 0, 1, 2, 3), member('b')], 4);
  expect(first).toEqual({ a: [0, 1], b: [] });
  expect(given([member('a', 0, 1), member('b')], 4)).toEqual({ a: [0, 1], b: [2, 3] });
});

test('what a vanished member had goes to the others, who keep what they have', () => {
  expect(given([member('b', 2, 3), member('c', 4)], 6)).toEqual({ b: [2, 3, 1], c: [4, 0, 5] });
});

test('more members than slots: some get nothing', () => {
  const shares = given([member('a'), member('b'), member('c')], 2);
  expect(
    Object.values(shares)
      .flat()
      .toSorted((a, b) => a - b),
  ).toEqual([0, 1]);
});

/** Lets every member adopt its share and joins again, until nothing changes. */
function settle(members: readonly Member[], slots: number): { rounds: number; final: Member[] } {
  let current = [...members];
  for (let rounds = 1; ; rounds += 1) {
    const shares = assignSlots(current, slots);
    const next = current.map(({ memberId }) => member(memberId, ...(shares.get(memberId) ?? [])));
    if (JSON.stringify(next) === JSON.stringify(current) || rounds > 10) {
      return { rounds, final: next };
    }
    current = next;
  }
}

test('never two owners, always balanced in the end, within three rounds', () => {
  const groups = fc.record({
    slots: fc.integer({ min: 1, max: 20 }),
    owned: fc.array(fc.array(fc.nat(25), { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
  });
  fc.assert(
    fc.property(groups, ({ slots, owned }) => {
      const members = owned.map((list, index) => member(`m${index}`, ...list));
      const once = [...assignSlots(members, slots).values()].flat();
      expect(new Set(once).size).toBe(once.length);
      const { rounds, final } = settle(members, slots);
      expect(rounds).toBeLessThanOrEqual(4);
      const counts = final.map((each) => each.owned.length);
      expect(final.flatMap((each) => each.owned).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: slots }, (_, slot) => slot),
      );
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});
