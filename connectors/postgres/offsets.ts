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

type Place = { readonly topic: string; readonly partition: number };

async function storedPosition(database: Database, place: Place): Promise<Position | undefined> {
  const [stored] = await database.query<Position>`
    select next_offset as "nextOffset", generation from projected_offsets
    where topic = ${place.topic} and partition = ${place.partition}`;
  return stored;
}

/**
 * What is stored, and the range that the topic had *after* that was read. The other way round a
 * process that is still at work could have moved the offset up to an end that is not in the range:
 * the topic would seem to be made anew, and all of it would be written a second time.
 */
async function storedInRange(
  database: Database,
  place: Place,
  rangeOf: () => Promise<OffsetRange>,
): Promise<{ readonly stored: Position; readonly range: OffsetRange }> {
  const found = await storedPosition(database, place);
  const range = await rangeOf();
  if (found) return { stored: found, range };
  const { topic, partition } = place;
  await database.query`
    insert into projected_offsets (topic, partition, next_offset)
    values (${topic}, ${partition}, ${range.low}) on conflict do nothing`;
  const stored = await storedPosition(database, place);
  if (!stored) throw fenced(topic, partition);
  return { stored, range: await rangeOf() };
}

/** Where the projection goes on, and what the topic holds at this moment. */
export type Opening = { readonly position: Position; readonly range: OffsetRange };

/** The position in the database, put right when the topic does not hold it any more. */
export async function openPosition(options: {
  readonly database: Database;
  readonly topic: string;
  readonly partition: number;
  readonly rangeOf: () => Promise<OffsetRange>;
  readonly log: Log;
}): Promise<Opening> {
  const { database, topic, partition, rangeOf, log } = options;
  const { stored, range } = await storedInRange(database, options, rangeOf);
  const position = positionIn(range, stored);
  const { nextOffset, generation } = position;
  const opening = { position, range };
  if (nextOffset === stored.nextOffset && generation === stored.generation) return opening;
  log.warn({ topic, partition, stored, ...range }, 'the stored offset does not fit the topic');
  const moved = await database.query`
    update projected_offsets set next_offset = ${nextOffset}, generation = ${generation}
    where topic = ${topic} and partition = ${partition}
      and next_offset = ${stored.nextOffset} and generation = ${stored.generation}
    returning topic`;
  if (moved.length === 0) throw fenced(topic, partition);
  return opening;
}
