import type { Channel, CommentReplied, EventType } from '../../schemas/generated/records.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import { comments } from '../samples/comments.ts';
import { movies } from '../samples/movies.ts';
import { users } from '../samples/users.ts';

/** An event as an upstream service publishes it. */
export type DemoEvent = {
  readonly eventType: EventType;
  readonly topic: Topic;
  readonly key: string;
  readonly value: unknown;
  /** The movie that its texts speak of. */
  readonly movieId: string;
  /** What each of its texts holds in every language, where that is not the title of the movie. */
  readonly sign?: string;
  /** Whom it concerns, before anybody's wishes are looked at. */
  readonly userIds: readonly string[];
};

/** What an administrator asks the gateway for. */
export type DemoRequest = {
  readonly channel: Channel;
  readonly templateId: string;
  readonly movieId: string;
  readonly userIds: readonly string[];
};

const episodeMovieId = '6';
const addedMovieId = '18';
const replyId = '4';
const requestMovieId = '1';

function found<T extends { readonly id: string }>(rows: readonly T[], id: string): T {
  const row = rows.find((each) => each.id === id);
  if (!row) throw new Error(`the samples have no row ${id}`);
  return row;
}

function idsOf(wanted: (user: (typeof users)[number]) => boolean): readonly string[] {
  return users.filter(wanted).map(({ id }) => id);
}

function replyEvent(eventId: string, nowMs: number): CommentReplied {
  const reply = found(comments, replyId);
  return {
    eventId,
    commentId: reply.id,
    parentCommentId: reply.parentCommentId ?? '',
    authorId: reply.authorId,
    authorName: found(users, reply.authorId).fullName,
    text: reply.text,
    repliedAt: nowMs,
  };
}

/** One event of each kind, each with an id that was never used before. */
export function demoEvents(newId: () => string, nowMs: number): readonly DemoEvent[] {
  const added = found(movies, addedMovieId);
  const reply = replyEvent(newId(), nowMs);
  const parent = found(comments, reply.parentCommentId);
  return [
    {
      eventType: 'episodeReleased',
      topic: topics.episodeReleased,
      key: episodeMovieId,
      value: {
        eventId: newId(),
        movieId: episodeMovieId,
        episodeId: 'sherlock-4-3',
        season: 4,
        episode: 3,
        episodeTitle: 'The Final Problem',
        releasedAt: nowMs,
      },
      movieId: episodeMovieId,
      userIds: idsOf((user) => user.followedMovieIds.includes(episodeMovieId)),
    },
    {
      eventType: 'movieAdded',
      topic: topics.movieAdded,
      key: added.id,
      value: { eventId: newId(), movieId: added.id, addedAt: nowMs },
      movieId: added.id,
      userIds: idsOf((user) => user.followedGenres.some((each) => added.genres.includes(each))),
    },
    {
      eventType: 'commentReplied',
      topic: topics.commentReplied,
      key: reply.commentId,
      value: reply,
      movieId: parent.movieId,
      sign: reply.authorName,
      userIds: [parent.authorId],
    },
  ];
}

/** One request for each channel; some of the people do not want it, or can no longer be reached. */
export const demoRequests: readonly DemoRequest[] = [
  { channel: 'email', templateId: '1', movieId: requestMovieId, userIds: ['1', '2', '3', '28'] },
  { channel: 'sms', templateId: '2', movieId: requestMovieId, userIds: ['1', '2', '8', '24'] },
  { channel: 'messenger', templateId: '3', movieId: requestMovieId, userIds: ['1', '3', '14'] },
];
