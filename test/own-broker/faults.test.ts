import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { isClean, type Verdict } from '../faults/ledger.ts';
import { mutantSituations } from '../faults/mutants.ts';
import { openPlant, type Plant } from '../faults/plant.ts';
import { killAt } from '../faults/situations/kills.ts';
import { wire } from '../faults/situations/wire.ts';
import { judgeTrials, readFound } from '../faults/verdict.ts';

/** A short cut of `npm run test:faults`: a few faults, and a mutant that the check must catch. */
const people = 600;
const seed = 20_260_115;
const named = (name: string) => {
  const found = [...wire, ...mutantSituations].find((each) => each.name === name);
  if (!found) throw new Error(`no situation ${name}`);
  return found;
};
const engine = [
  killAt('afterSend', 'middle'),
  killAt('afterCommit', 'last'),
  named('lost-reply-EndTxn-reset'),
];
const mutant = named('mutant-cursor-forgotten');

let plant: Plant;
let verdicts: ReadonlyMap<string, Verdict>;

beforeAll(async () => {
  plant = await openPlant({ addresses: inject('infra'), name: 'faults', people, seed });
  for (const { run } of [...engine, mutant]) {
    await run(plant);
    for (const trial of plant.trials) await trial.close();
  }
  verdicts = judgeTrials(plant.trials, await readFound(plant));
});

afterAll(async () => {
  for (const trial of plant?.trials ?? []) await trial.close();
  await plant?.close();
});

test.each(engine)('$name: nothing is lost, nothing doubles', ({ name }) => {
  expect(verdicts.get(name)).toMatchObject({ lost: 0, ghost: 0, duplicate: 0 });
  expect(verdicts.get(name)?.found).toBeGreaterThan(people);
});

test('an engine that forgets its cursor does not pass', () => {
  const verdict = verdicts.get(mutant.name);
  expect(verdict && isClean(verdict)).toBe(false);
});

test('the faults were reached: kills, a resumed fan-out, a commit of unknown outcome', () => {
  const { kills, resumedFanOuts, unknownCommitted } = plant.counters;
  expect(Math.min(kills, resumedFanOuts, unknownCommitted)).toBeGreaterThan(0);
  expect(verdicts.has('unasked')).toBe(false);
});
