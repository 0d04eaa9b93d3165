import { VestnikError } from '../../runtime/errors.ts';
import type { OffsetRange } from '../../runtime/kafka/offsets.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../runtime/postgres.ts';

/** Where the projection of a topic partition goes on. */
export type Position = { readonly nextOffset: number; readonly generation: number };

/** The error of a process whose partition is projected by another one. */
export function fenced(topic: string, partition: number): VestnikError {
  return new VestnikError('PRODUCER_FENCED', `the offset of ${topic}-${partition} was moved`);
}

/**
 * Where to go on, given what is stored and what the topic holds. Records that retention took are
 * passed over. A position behind the end means that the topic was made anew: it is read from its
 * beginning, as another generation.
 */
export function positionIn({ low, high }: OffsetRange, stored: Position): Position {
  const { nextOffset, generation } = stored;
  if (nextOffset > high) return { nextOffset: low, generation: generation + 1 };
  return { nextOffset: Math.max(nextOffset, low), generation };
}

async function storedPosition(
  database: Database,
  place: { readonly topic: string; readonly partition: number },
  firstOffset: number,
): Promise<Position> {
  const { topic, partition } = place;
  await database.query`
    insert into projected_offsets (topic, partition, next_offset)
    values (${topic}, ${partition}, ${firstOffset}) on conflict do nothing`;
  const [stored] = await database.query<Position>`
    select next_offset as "nextOffset", generation from projected_offsets
    where topic = ${topic} and partition = ${partition}`;
  if (!stored) throw fenced(topic, partition);
  return stored;
}

/** The position in the database, put right when the topic does not hold it any more. */
export async function openPosition(options: {
  readonly database: Database;
  readonly topic: string;
  readonly partition: number;
  readonly range: OffsetRange;
  readonly log: Log;
}): Promise<Position> {
  const { database, topic, partition, range, log } = options;
  const stored = await storedPosition(database, options, range.low);
  const position = positionIn(range, stored);
  const { nextOffset, generation } = position;
  if (nextOffset === stored.nextOffset && generation === stored.generation) return position;
  log.warn({ topic, partition, stored, ...range }, 'the stored offset does not fit the topic');
  const moved = await database.query`
    update projected_offsets set next_offset = ${nextOffset}, generation = ${generation}
    where topic = ${topic} and partition = ${partition}
      and next_offset = ${stored.nextOffset} and generation = ${stored.generation}
    returning topic`;
  if (moved.length === 0) throw fenced(topic, partition);
  return position;
}
