import { describe, expect, test } from 'vitest';
import { compare, expectedOf, type Ids, isClean, type Outcome } from '../../faults/ledger.ts';
import { letterId } from '../../faults/letters.ts';
import { populate, silence } from '../../faults/population.ts';
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

describe('where the input changes under the work', () => {
  const id = 'in-doubt';
  const judged = (outcome: Outcome, found: Ids) => {
    const trials = [{ name: 'trial', expected: new Map([[outcome, [id]]]) }];
    return judgeTrials(trials, found).get('trial');
  };
  const once = new Map<Outcome, string[]>([['decision', [id]]]);
  const twice = new Map<Outcome, string[]>([...once, ['notification', [id]]]);

  test.each<[Outcome, string, Ids, object]>([
    ['either', 'one of both', once, { lost: 0, ghost: 0, duplicate: 0 }],
    ['either', 'both', twice, { lost: 0, ghost: 0, duplicate: 1 }],
    ['either', 'neither', new Map(), { lost: 1, ghost: 0, duplicate: 0 }],
    ['maybe', 'one of both', once, { lost: 0, ghost: 0, duplicate: 0 }],
    ['maybe', 'both', twice, { lost: 0, ghost: 0, duplicate: 1 }],
    ['maybe', 'neither', new Map(), { lost: 0, ghost: 0, duplicate: 0 }],
    ['never', 'one', once, { lost: 0, ghost: 1, duplicate: 0 }],
    ['never', 'none', new Map(), { lost: 0, ghost: 0, duplicate: 0 }],
  ])('%s, and there is %s', (outcome, _, found, verdict) => {
    expect(judged(outcome, found)).toMatchObject(verdict);
  });
});

test('a letter counts for the trial whose record it is about, and must say where that lay', () => {
  const facts = { poison: 'trial/1', code: 'NOT_AVRO', topic: 'users', partition: 3, offset: 7 };
  const trials = [{ name: 'trial', expected: new Map([['letter' as const, [letterId(facts)]]]) }];
  const verdict = (changes: Partial<typeof facts>) =>
    judgeTrials(trials, new Map([['letter', [letterId({ ...facts, ...changes })]]])).get('trial');
  expect(verdict({})).toMatchObject({ lost: 0, ghost: 0, duplicate: 0 });
  expect(verdict({ offset: 8 })).toMatchObject({ lost: 1, ghost: 1 });
  expect(verdict({ code: 'KEY_MISSING' })).toMatchObject({ lost: 1, ghost: 1 });
});

test('who has a row that cannot be used gets decisions and nothing else', () => {
  const [someone] = population.people;
  const silent = silence(population, new Set([someone?.user.id ?? '']));
  const changed = expectedOf({ kind: 'episode', eventId: 'event' }, silent);
  expect(changed.slice(0, 2).map(([outcome]) => outcome)).toEqual(['decision', 'decision']);
  expect(changed.slice(2)).toEqual(asked.slice(2));
});
