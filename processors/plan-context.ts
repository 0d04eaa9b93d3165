import type { Table } from '../runtime/table.ts';
import type { Comment, Movie, Template } from '../schemas/generated/records.ts';
import type { Topic } from '../schemas/topics.ts';

/** The global tables that say what an event speaks of. */
export type AudienceTables = {
  readonly movies: Table<Movie>;
  readonly templates: Table<Template>;
  readonly comments: Table<Comment>;
};

/** What the planning of an event may look at. */
export type PlanContext = {
  readonly globals: AudienceTables;
  partitionsOf(topic: Topic): number;
};
