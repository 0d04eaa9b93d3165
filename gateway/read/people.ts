import type { PartitionsOf } from '../../runtime/global-tables.ts';
import type { JoinedTable } from '../../runtime/table.ts';
import type { Preference, Suppression, User } from '../../schemas/generated/records.ts';
import type { gatewayTopics } from './tables.ts';

/** People whose keys belong in one partition, and what they want. */
export type PeoplePartition = {
  readonly users: JoinedTable<User>;
  readonly preferences: JoinedTable<Preference>;
  readonly suppressions: JoinedTable<Suppression>;
};

/** Everyone, partition by partition. */
export type People = readonly PeoplePartition[];

/** Joins what is co-partitioned: partition n of one with partition n of the others. */
export function joinPeople(partitions: PartitionsOf<typeof gatewayTopics>): People {
  const { users, preferences, suppressions } = partitions;
  return users.flatMap((each, index) => {
    const [wishes, bounced] = [preferences[index], suppressions[index]];
    if (!wishes || !bounced) return [];
    return [{ users: each, preferences: wishes, suppressions: bounced }];
  });
}
