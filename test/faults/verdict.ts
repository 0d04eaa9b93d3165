import { readIdsWithJava } from './java-ids.ts';
import { compare, type Ids, type Outcome, outputTopics, type Verdict } from './ledger.ts';
import type { Plant } from './plant.ts';

/** What came out, as the Java consumer reads it. Ids of other runs are left out. */
export async function readFound({ addresses, population }: Plant): Promise<Ids> {
  const { kafkaBrokers: brokers, kafkaClassPath: classPath } = addresses;
  const mark = `${population.name}-`;
  const read = (outcome: Outcome) =>
    readIdsWithJava({ classPath, brokers, topics: outputTopics[outcome], mark });
  return new Map([
    ['notification', await read('notification')],
    ['decision', await read('decision')],
  ]);
}

/** The verdict on each trial by its name. What belongs to no trial counts as `unasked`. */
export function judgeTrials(
  trials: readonly { readonly name: string; readonly expected: Ids }[],
  found: Ids,
): ReadonlyMap<string, Verdict> {
  const owners = new Map<string, string>();
  for (const { name, expected } of trials) {
    for (const id of [...expected.values()].flat()) owners.set(id, name);
  }
  const shares = new Map<string, Map<Outcome, string[]>>();
  for (const [outcome, ids] of found) {
    for (const id of ids) {
      const name = owners.get(id) ?? 'unasked';
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
