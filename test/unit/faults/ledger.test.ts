import { describe, expect, test } from 'vitest';
import { compare, expectedOf, type Ids, isClean, type Outcome } from '../../faults/ledger.ts';
import { populate } from '../../faults/population.ts';
import { judgeTrials } from '../../faults/verdict.ts';

const people = 200;
const population = populate('ledger', people, 1);
const asked = expectedOf({ kind: 'episode', eventId: 'event' }, population);

function idsOf(records: readonly (readonly [Outcome, string])[]): Map<Outcome, string[]> {
  const ids = new Map<Outcome, string[]>();
  for (const [outcome, id] of records) ids.set(outcome, [...(ids.get(outcome) ?? []), id]);
  return ids;
}

const judge = (found: Ids) => compare(idsOf(asked), found);

test('the input decides what must come out: two records a person, both kinds among them', () => {
  const expected = idsOf(asked);
  expect(asked).toHaveLength(people * 2);
  expect(expected.get('notification')?.length).toBeGreaterThan(people);
  expect(expected.get('decision')?.length).toBeGreaterThan(0);
});

test('a seed says it all; another one is another input', () => {
  expect(populate('ledger', people, 1)).toEqual(population);
  expect(populate('ledger', people, 2)).not.toEqual(population);
});

test('what is as it must be is clean', () => {
  const verdict = judge(idsOf(asked));
  expect(verdict).toEqual({
    expected: asked.length,
    found: asked.length,
    lost: 0,
    ghost: 0,
    duplicate: 0,
  });
  expect(isClean(verdict)).toBe(true);
});

/** Each is one wrong record in what the checker is given. */
const mutants = {
  'one dropped': { found: asked.slice(1), wrong: { lost: 1, ghost: 0, duplicate: 0 } },
  'one doubled': {
    found: [...asked, ...asked.slice(0, 1)],
    wrong: { lost: 0, ghost: 0, duplicate: 1 },
  },
  'one that nobody asked for': {
    found: [...asked, ['notification', 'nobody'] as const],
    wrong: { lost: 0, ghost: 1, duplicate: 0 },
  },
  'one replaced by its neighbour': {
    found: [...asked.slice(1), ...asked.slice(1, 2)],
    wrong: { lost: 1, ghost: 0, duplicate: 1 },
  },
  'a decision sent as a notification': {
    found: asked.map(([outcome, id], index) =>
      index === asked.findIndex(([each]) => each === 'decision')
        ? (['notification', id] as const)
        : ([outcome, id] as const),
    ),
    wrong: { lost: 1, ghost: 1, duplicate: 0 },
  },
  nothing: { found: [], wrong: { lost: asked.length, ghost: 0, duplicate: 0 } },
};

describe('the checker sees', () => {
  test.each(Object.entries(mutants))('%s', (_, { found, wrong }) => {
    const verdict = judge(idsOf(found));
    expect(verdict).toMatchObject(wrong);
    expect(isClean(verdict)).toBe(false);
  });
});

test('nothing expected and nothing found proves nothing', () => {
  expect(isClean(compare(new Map(), new Map()))).toBe(false);
});

test('each record counts for the trial that it belongs to, and a stranger for none', () => {
  const other = expectedOf({ kind: 'episode', eventId: 'other' }, population);
  const trials = [
    { name: 'whole', expected: idsOf(asked) },
    { name: 'broken', expected: idsOf(other) },
  ];
  const found = idsOf([...asked, ...other.slice(1), ['decision', 'stranger'] as const]);
  const verdicts = judgeTrials(trials, found);
  expect(verdicts.get('whole')).toMatchObject({ lost: 0, ghost: 0, duplicate: 0 });
  expect(verdicts.get('broken')).toMatchObject({ lost: 1, ghost: 0, duplicate: 0 });
  expect(verdicts.get('unasked')).toMatchObject({ ghost: 1 });
});
