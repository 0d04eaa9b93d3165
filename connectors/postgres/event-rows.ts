import type {
  CommentReplied,
  EpisodeReleased,
  EventType,
  MovieAdded,
} from '../../schemas/generated/records.ts';
import type { Topic } from '../../schemas/topics.ts';
import { id, type Mapped, nearestTime, time, toRow } from './cells.ts';
import type { Place } from './rows.ts';

export type EventRow = {
  readonly source_topic: string;
  readonly source_partition: number;
  readonly generation: number;
  readonly source_offset: number;
  readonly event_type: EventType;
  readonly event_id: string;
  readonly subject_id: string;
  readonly occurred_at: string;
  readonly written_at: string;
};

/** What the row of an event says of it; its texts stay in the topic. */
type Said = {
  readonly type: EventType;
  readonly eventId: string;
  /** The movie, or the comment. */
  readonly subjectId: string;
  readonly occurredAt: number;
};

/** Makes rows of a topic's events. */
export const eventRowOf =
  <V>(topic: Topic, say: (value: V) => Said) =>
  (value: V, place: Place): Mapped<EventRow> => {
    const { type, eventId, subjectId, occurredAt } = say(value);
    return toRow({
      source_topic: topic.name,
      source_partition: place.partition,
      generation: place.generation,
      source_offset: place.offset,
      event_type: type,
      event_id: id(eventId),
      subject_id: id(subjectId),
      occurred_at: time(occurredAt),
      written_at: nearestTime(place.timestampMs),
    });
  };

export const episodeSaid = (value: EpisodeReleased): Said => ({
  type: 'episodeReleased',
  eventId: value.eventId,
  subjectId: value.movieId,
  occurredAt: value.releasedAt,
});
export const movieSaid = (value: MovieAdded): Said => ({
  type: 'movieAdded',
  eventId: value.eventId,
  subjectId: value.movieId,
  occurredAt: value.addedAt,
});
export const replySaid = (value: CommentReplied): Said => ({
  type: 'commentReplied',
  eventId: value.eventId,
  subjectId: value.commentId,
  occurredAt: value.repliedAt,
});
