import { type Audience, type Person, peopleOf } from '../../rules/people.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { Found } from '../../runtime/table.ts';
import type { Preference, Suppression } from '../../schemas/generated/records.ts';
import type { People, PeoplePartition } from '../read/people.ts';

/** Someone that an audience names, and what they want. `row` is missing when nobody has the id. */
export type Candidate = Pick<Person, 'userId' | 'row'> & {
  readonly preference: Found<Preference> | undefined;
  readonly suppression: Found<Suppression> | undefined;
};

function* inPartition(
  { users, preferences, suppressions }: PeoplePartition,
  audience: Audience,
): Iterable<Candidate> {
  for (const { userId, row } of peopleOf(audience, users, null)) {
    const preference = preferences.get(userId);
    yield { userId, row, preference, suppression: suppressions.get(userId) };
  }
}

/**
 * All that an audience names, each once, as the processors find them. Rows may change between two
 * of them: whoever is met later is met as they are then.
 */
export function* candidatesOf(people: People, audience: Audience): Iterable<Candidate> {
  if (audience.audienceKind !== 'listed') {
    for (const partition of people) yield* inPartition(partition, audience);
    return;
  }
  const shares = Map.groupBy(new Set(audience.audienceKeys), (userId) =>
    partitionOf(Buffer.from(userId), people.length),
  );
  for (const [partition, audienceKeys] of shares) {
    const there = people[partition];
    if (there) yield* inPartition(there, { ...audience, audienceKeys });
  }
}
