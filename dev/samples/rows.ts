import { allTopics, type Topic, topics, type ValueOf } from '../../schemas/topics.ts';
import { comments } from './comments.ts';
import { movies } from './movies.ts';
import { preferences, suppressions } from './preferences.ts';
import { templates } from './templates.ts';
import { users } from './users.ts';

/** A row of a table topic, as an upstream service would write it. */
export type SampleRow = {
  readonly topic: Topic;
  readonly key: string;
  readonly value: unknown;
};

const rowsOf = <T extends Topic>(
  topic: T,
  values: readonly ValueOf<T>[],
  keyOf: (value: ValueOf<T>) => string,
): SampleRow[] => values.map((value) => ({ topic, key: keyOf(value), value }));

/** Everything that a fresh system is filled with. */
export const sampleRows: readonly SampleRow[] = [
  ...rowsOf(topics.movies, movies, ({ id }) => id),
  ...rowsOf(topics.templates, templates, ({ id }) => id),
  ...rowsOf(topics.comments, comments, ({ id }) => id),
  ...rowsOf(topics.users, users, ({ id }) => id),
  ...rowsOf(topics.preferences, preferences, ({ userId }) => userId),
  ...rowsOf(topics.suppressions, suppressions, ({ userId }) => userId),
];

/** The topics that the samples are rows of. */
export const sampleTopics: readonly Topic[] = allTopics.filter((topic) =>
  sampleRows.some((row) => row.topic === topic),
);
