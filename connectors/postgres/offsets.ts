import { tellRemade } from '../../runtime/begin-anew.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { Health } from '../../runtime/health.ts';
import type { OffsetRange } from '../../runtime/kafka/offsets.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../runtime/postgres.ts';

/** Where the projection of a topic partition goes on. */
export type Position = { readonly nextOffset: number; readonly generation: number };

/** What is stored: also the id of the topic that the offset counts in; null: it is not known. */
export type StoredPosition = Position & { readonly topicId: string | null };

/** The error of a process whose partition is projected by another one. */
export function fenced(topic: string, partition: number): VestnikError {
  return new VestnikError('PRODUCER_FENCED', `the offset of ${topic}-${partition} was moved`);
}

/**
 * Where to go on, given what is stored and what the topic holds. Records that retention took are
 * passed over. Another id means that the topic was made anew, and so does a position behind the
 * end: it is read from its beginning, as another generation.
 */
export function positionIn(
  { low, high, topicId }: OffsetRange & { readonly topicId: string },
  stored: StoredPosition,
): Position {
  const { nextOffset, generation } = stored;
  const remade = stored.topicId !== null && stored.topicId !== topicId;
  if (remade || nextOffset > high) return { nextOffset: low, generation: generation + 1 };
  return { nextOffset: Math.max(nextOffset, low), generation };
}

type Place = { readonly topic: string; readonly partition: number };

async function storedPosition(
  database: Database,
  place: Place,
): Promise<StoredPosition | undefined> {
  const [stored] = await database.query<StoredPosition>`
    select next_offset as "nextOffset", generation, topic_id as "topicId" from projected_offsets
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
  place: Place & { readonly topicId: string },
  rangeOf: () => Promise<OffsetRange>,
): Promise<{ readonly stored: StoredPosition; readonly range: OffsetRange }> {
  const found = await storedPosition(database, place);
  const range = await rangeOf();
  if (found) return { stored: found, range };
  const { topic, partition, topicId } = place;
  await database.query`
    insert into projected_offsets (topic, partition, next_offset, topic_id)
    values (${topic}, ${partition}, ${range.low}, ${topicId}) on conflict do nothing`;
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
  /** As it is before the offset is read. */
  readonly topicId: string;
  readonly rangeOf: () => Promise<OffsetRange>;
  readonly log: Log;
  readonly health: Health;
}): Promise<Opening> {
  const { database, topic, partition, topicId, rangeOf, log } = options;
  const { stored, range } = await storedInRange(database, options, rangeOf);
  const position = positionIn({ ...range, topicId }, stored);
  const { nextOffset, generation } = position;
  const opening = { position, range };
  const fits = nextOffset === stored.nextOffset && generation === stored.generation;
  if (fits && stored.topicId === topicId) return opening;
  if (generation !== stored.generation) tellRemade(options, { topic, partition });
  else if (!fits) log.warn({ topic, partition, stored, ...range }, 'records were not projected');
  const moved = await database.query`
    update projected_offsets
    set next_offset = ${nextOffset}, generation = ${generation}, topic_id = ${topicId}
    where topic = ${topic} and partition = ${partition}
      and next_offset = ${stored.nextOffset} and generation = ${stored.generation}
    returning topic`;
  if (moved.length === 0) throw fenced(topic, partition);
  return opening;
}
