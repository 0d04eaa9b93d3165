import { eventParams } from '../rendering/values.ts';
import { partsOfMovie, partsOfTemplate, refuseTooLarge } from '../rules/sizes.ts';
import { chars, id } from '../runtime/measured.ts';
import {
  defineProcessor,
  isFrom,
  type Message,
  type Refusal,
  refuse,
  type Step,
  sourceOf,
} from '../runtime/processor.ts';
import type { EventType, Movie, NotifyCommand, Template } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { type Topic, topics } from '../schemas/topics.ts';
import { planRequest } from './audience-request.ts';
import { broadcast, direct } from './command.ts';
import { digestOf, eventIdOf, eventsOnce } from './once.ts';
import type { PlanContext } from './plan-context.ts';
import { requireRow, requireTemplates } from './required-row.ts';

const emptyId = ({ name }: Topic) => `the field eventId of a record of ${name} is empty`;

/**
 * The movie that an event speaks of and the texts for it, or why there is nothing to say. `of`
 * names the event in the refusal.
 */
function subjectOf(
  { globals }: PlanContext,
  eventType: EventType,
  { movieId, of }: { readonly movieId: string; readonly of: string },
): { readonly movie: Movie; readonly templates: readonly Template[] } | Refusal {
  const what = `movie ${movieId} of ${of}`;
  const found = requireRow(globals.movies, movieId, { missing: 'MOVIE_UNKNOWN', what });
  if (!found.ok) return found.refusal;
  const movie = found.value;
  const large = refuseTooLarge(`the movie ${movie.id}`, partsOfMovie(movie));
  if (large) return large;
  const templates = requireTemplates(eventType, globals.templates, of);
  if (!templates.ok) return templates.refusal;
  for (const template of templates.value) {
    const tooLong = refuseTooLarge(`the template ${template.id}`, partsOfTemplate(template));
    if (tooLong) return tooLong;
  }
  return { movie, templates: templates.value };
}

type EventMessage = Message<
  typeof topics.episodeReleased | typeof topics.movieAdded | typeof topics.commentReplied
>;

/** What every command of an event has in common. */
function headOf(message: EventMessage, occurredAt: number) {
  const { value, redriven } = message;
  return {
    eventId: value.eventId,
    source: sourceOf(message),
    occurredAt,
    requestId: null,
    digest: digestOf(value),
    part: 0,
    redriven,
  };
}

function* planEpisode(
  message: Message<typeof topics.episodeReleased>,
  context: PlanContext,
): Iterable<Step> {
  const event = message.value;
  const large = refuseTooLarge('the event', [
    chars('episodeTitle', event.episodeTitle, limits.titleChars),
  ]);
  if (large) return yield large;
  const of = `the episode ${event.eventId}`;
  const subject = subjectOf(context, 'episodeReleased', { movieId: event.movieId, of });
  if ('kind' in subject) return yield subject;
  yield* broadcast(context, {
    ...headOf(message, event.releasedAt),
    ...subject,
    eventType: 'episodeReleased',
    audienceKind: 'movieFollowers',
    audienceKeys: [subject.movie.id],
    params: eventParams('episodeReleased', {
      season: String(event.season),
      episode: String(event.episode),
      episode_title: event.episodeTitle,
    }),
  });
}

function* planMovie(
  message: Message<typeof topics.movieAdded>,
  context: PlanContext,
): Iterable<Step> {
  const event = message.value;
  const of = `the new movie ${event.eventId}`;
  const subject = subjectOf(context, 'movieAdded', { movieId: event.movieId, of });
  if ('kind' in subject) return yield subject;
  yield* broadcast(context, {
    ...headOf(message, event.addedAt),
    ...subject,
    eventType: 'movieAdded',
    audienceKind: 'genreFollowers',
    audienceKeys: [...new Set(subject.movie.genres)],
    params: [],
  });
}

function* planReply(
  message: Message<typeof topics.commentReplied>,
  context: PlanContext,
): Iterable<Step> {
  const event = message.value;
  const of = `the reply ${event.eventId}`;
  const found = requireRow(context.globals.comments, event.parentCommentId, {
    missing: 'COMMENT_UNKNOWN',
    what: `comment ${event.parentCommentId} of ${of}`,
  });
  if (!found.ok) return yield found.refusal;
  const parent = found.value;
  if (parent.authorId === event.authorId) return;
  const large =
    refuseTooLarge('the event', [
      chars('authorName', event.authorName, limits.nameChars),
      chars('text', event.text, limits.textChars),
    ]) ??
    refuseTooLarge(`the comment ${parent.id}`, [
      id('authorId', parent.authorId),
      chars('text', parent.text, limits.textChars),
    ]);
  if (large) return yield large;
  const subject = subjectOf(context, 'commentReplied', { movieId: parent.movieId, of });
  if ('kind' in subject) return yield subject;
  const command: NotifyCommand = {
    ...headOf(message, event.repliedAt),
    ...subject,
    eventType: 'commentReplied',
    audienceKind: 'listed',
    audienceKeys: [parent.authorId],
    params: eventParams('commentReplied', {
      reply_author_name: event.authorName,
      reply_text: event.text,
      comment_text: parent.text,
    }),
  };
  yield* direct(context, command);
}

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
  once: eventsOnce,

  *process(message, context) {
    const eventId = eventIdOf(message.value);
    if (eventId === '') return yield refuse('EVENT_ID_MISSING', emptyId(message.topic));
    const large = refuseTooLarge('the event', [id('eventId', eventId)]);
    if (large) return yield large;
    if (isFrom(topics.episodeReleased, message)) yield* planEpisode(message, context);
    else if (isFrom(topics.movieAdded, message)) yield* planMovie(message, context);
    else if (isFrom(topics.commentReplied, message)) yield* planReply(message, context);
    else if (isFrom(topics.notificationRequested, message)) yield* planRequest(message, context);
  },
});
