import { readIdsWithJava } from './java-ids.ts';
import { compare, type Ids, type Outcome, outputTopics, type Verdict } from './ledger.ts';
import { readLettersWithJava } from './letters.ts';
import type { Plant } from './plant.ts';

/** What came out, as the Java consumer reads it. Ids of other runs are left out. */
export async function readFound({ addresses, population }: Plant): Promise<Ids> {
  const { kafkaBrokers: brokers, kafkaClassPath: classPath } = addresses;
  const mark = `${population.name}-`;
  const read = (outcome: keyof typeof outputTopics) =>
    readIdsWithJava({ classPath, brokers, topics: outputTopics[outcome], mark });
  return new Map([
    ['notification', await read('notification')],
    ['decision', await read('decision')],
    ['letter', await readLettersWithJava({ classPath, brokers })],
  ]);
}

const shownStrangers = 10;

/** Under which outcome an id counts: what is in doubt is one thing, whatever became of it. */
type Owner = { readonly name: string; readonly outcome: Outcome };

function ownersOf(trials: readonly { readonly name: string; readonly expected: Ids }[]) {
  const owners = new Map<string, Owner>();
  for (const { name, expected } of trials) {
    for (const [outcome, ids] of expected) {
      for (const id of ids) owners.set(id, { name, outcome });
    }
  }
  const byPoison = (id: string) => trials.find(({ name }) => id.startsWith(`${name}/`))?.name;
  return (found: Outcome, id: string): Owner => {
    const owner = owners.get(id);
    if (!owner) return { name: byPoison(id) ?? 'unasked', outcome: found };
    const inDoubt = owner.outcome === 'either' || owner.outcome === 'maybe';
    return { name: owner.name, outcome: inDoubt ? owner.outcome : found };
  };
}

/** What belongs to no trial, some of it: to be seen by who looks for the reason. */
export function strangersIn(
  trials: readonly { readonly name: string; readonly expected: Ids }[],
  found: Ids,
): readonly string[] {
  const ownerOf = ownersOf(trials);
  const all = [...found].flatMap(([kind, ids]) => ids.map((id) => ({ kind, id })));
  const strange = all.filter(({ kind, id }) => ownerOf(kind, id).name === 'unasked');
  return strange.slice(0, shownStrangers).map(({ kind, id }) => `${kind} ${id}`);
}

/** The verdict on each trial by its name. What belongs to no trial counts as `unasked`. */
export function judgeTrials(
  trials: readonly { readonly name: string; readonly expected: Ids }[],
  found: Ids,
): ReadonlyMap<string, Verdict> {
  const ownerOf = ownersOf(trials);
  const shares = new Map<string, Map<Outcome, string[]>>();
  for (const [kind, ids] of found) {
    for (const id of ids) {
      const { name, outcome } = ownerOf(kind, id);
      const share = shares.get(name) ?? new Map<Outcome, string[]>();
      shares.set(name, share.set(outcome, share.get(outcome) ?? []));
      share.get(outcome)?.push(id);
    }
  }
  const verdicts = trials.map(
    ({ name, expected }) => [name, compare(expected, shares.get(name) ?? new Map())] as const,
  );
  const unasked = shares.get('unasked');
  if (!unasked) return new Map(verdicts);
  return new Map([...verdicts, ['unasked', compare(new Map(), unasked)] as const]);
}
