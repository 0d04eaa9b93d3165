import { type Audience, isInAudience, wordsOf } from '../../rules/people.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { People, PeoplePartition } from '../read/people.ts';

/** How many an audience names, each once, and how many of them there are. */
export type AudienceCount = { readonly named: number; readonly known: number };

function countListed(people: People, userIds: ReadonlySet<string>): AudienceCount {
  let known = 0;
  for (const userId of userIds) {
    const partition = people[partitionOf(Buffer.from(userId), people.length)];
    if (partition?.users.rowStore.get(userId)) known += 1;
  }
  return { named: userIds.size, known };
}

/** Rows that nobody could read when they came are listed under no word: they are few. */
function countUnreadable({ users }: PeoplePartition, audience: Audience): number {
  let count = 0;
  for (const { key } of users.rowStore.unreadable()) {
    if (isInAudience(users.get(key), audience)) count += 1;
  }
  return count;
}

function countScanned({ users }: PeoplePartition, words: readonly string[]): number {
  const scan = users.rowStore.scan(words);
  let count = 0;
  while (scan.next()) count += 1;
  return count;
}

/** Followers of several are merged; of one thing they are counted by their list's length. */
function countFollowers(partition: PeoplePartition, audience: Audience): number {
  const { rowStore } = partition.users;
  const words = wordsOf(audience);
  if (words === null) return rowStore.count(null);
  const [word, ...others] = words;
  if (word === undefined) return 0;
  if (others.length > 0) return countScanned(partition, words);
  return rowStore.count(word) + countUnreadable(partition, audience);
}

/**
 * Counts an audience exactly, as the tables are now, and reads no row for it: quick enough to be
 * asked with every key that is pressed, so there is nothing to be cancelled.
 */
export function countAudience(people: People, audience: Audience): AudienceCount {
  if (audience.audienceKind === 'listed') {
    return countListed(people, new Set(audience.audienceKeys));
  }
  const counts = people.map((partition) => countFollowers(partition, audience));
  const named = counts.reduce((sum, count) => sum + count, 0);
  return { named, known: named };
}
