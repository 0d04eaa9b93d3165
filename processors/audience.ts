import { defineProcessor, isFrom, type Message, refuse, type Step } from '../runtime/processor.ts';
import type { Table } from '../runtime/table.ts';
import type { NotifyCommand, Template } from '../schemas/generated/records.ts';
import { topics } from '../schemas/topics.ts';
import { planRequest } from './audience-request.ts';
import { broadcast, direct } from './command.ts';
import type { PlanContext } from './plan-context.ts';

/** The templates of a kind of event, one for a channel: the one with the lowest id. */
function templatesFor(
  eventType: Template['eventType'],
  templates: Table<Template>,
): readonly Template[] {
  const chosen = new Map<string, Template>();
  for (const { value } of templates.rows()) {
    if (value.eventType === eventType && !chosen.has(value.channel)) {
      chosen.set(value.channel, value);
    }
  }
  return [...chosen.values()];
}

/** What every command of an event has in common. */
function headOf(message: Message, eventId: string, occurredAt: number) {
  const { topic, partition, offset } = message;
  return { eventId, source: { topic: topic.name, partition, offset }, occurredAt, requestId: null };
}

function* planEpisode(
  message: Message<typeof topics.episodeReleased>,
  context: PlanContext,
): Iterable<Step> {
  const event = message.value;
  const movie = context.globals.movies.get(event.movieId)?.value;
  if (!movie) return yield refuse('MOVIE_UNKNOWN', event.movieId);
  const templates = templatesFor('episodeReleased', context.globals.templates);
  if (templates.length === 0) return yield refuse('TEMPLATE_UNKNOWN', 'episodeReleased');
  yield* broadcast(context, {
    ...headOf(message, event.eventId, event.releasedAt),
    eventType: 'episodeReleased',
    audienceKind: 'movieFollowers',
    audienceKeys: [movie.id],
    params: [
      { name: 'season', value: String(event.season) },
      { name: 'episode', value: String(event.episode) },
      { name: 'episode_title', value: event.episodeTitle },
    ],
    movie,
    templates,
  });
}

function* planMovie(
  message: Message<typeof topics.movieAdded>,
  context: PlanContext,
): Iterable<Step> {
  const event = message.value;
  const movie = context.globals.movies.get(event.movieId)?.value;
  if (!movie) return yield refuse('MOVIE_UNKNOWN', event.movieId);
  const templates = templatesFor('movieAdded', context.globals.templates);
  if (templates.length === 0) return yield refuse('TEMPLATE_UNKNOWN', 'movieAdded');
  yield* broadcast(context, {
    ...headOf(message, event.eventId, event.addedAt),
    eventType: 'movieAdded',
    audienceKind: 'genreFollowers',
    audienceKeys: [...new Set(movie.genres)],
    params: [],
    movie,
    templates,
  });
}

function* planReply(
  message: Message<typeof topics.commentReplied>,
  context: PlanContext,
): Iterable<Step> {
  const event = message.value;
  const parent = context.globals.comments.get(event.parentCommentId)?.value;
  if (!parent) return yield refuse('COMMENT_UNKNOWN', event.parentCommentId);
  if (parent.authorId === event.authorId) return;
  const movie = context.globals.movies.get(parent.movieId)?.value;
  if (!movie) return yield refuse('MOVIE_UNKNOWN', parent.movieId);
  const templates = templatesFor('commentReplied', context.globals.templates);
  if (templates.length === 0) return yield refuse('TEMPLATE_UNKNOWN', 'commentReplied');
  const command: NotifyCommand = {
    ...headOf(message, event.eventId, event.repliedAt),
    eventType: 'commentReplied',
    audienceKind: 'listed',
    audienceKeys: [parent.authorId],
    params: [
      { name: 'reply_author_name', value: event.authorName },
      { name: 'reply_text', value: event.text },
      { name: 'comment_text', value: parent.text },
    ],
    movie,
    templates,
  };
  yield* direct(context, command);
}

/** A client or an upstream service that repeats itself does so within a day. */
const horizonMs = 24 * 60 * 60 * 1000;

/**
 * WHO might get it, with WHICH text. Turns an event into one command for each users-partition
 * concerned, in one transaction with the event's offset: after a crash all of them are there or
 * none. The command carries the movie and the templates, so that `notify` looks nothing up.
 */
export const audience = defineProcessor({
  name: 'audience',
  inputs: [
    topics.episodeReleased,
    topics.movieAdded,
    topics.commentReplied,
    topics.notificationRequested,
  ],
  tables: {},
  globals: { movies: topics.movies, templates: topics.templates, comments: topics.comments },
  outputs: [topics.directCommands, topics.broadcastCommands, topics.notificationDecisions],
  once: { idOf: ({ value }) => ('eventId' in value ? value.eventId : value.requestId), horizonMs },

  *process(message, context) {
    if (isFrom(topics.episodeReleased, message)) yield* planEpisode(message, context);
    else if (isFrom(topics.movieAdded, message)) yield* planMovie(message, context);
    else if (isFrom(topics.commentReplied, message)) yield* planReply(message, context);
    else if (isFrom(topics.notificationRequested, message)) yield* planRequest(message, context);
  },
});
