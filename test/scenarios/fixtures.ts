import type {
  Channel,
  EventType,
  Movie,
  NotificationRequested,
  Preference,
  Suppression,
  Template,
  User,
} from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { type Expected, type Written, written } from './scenario.ts';

const noon = Date.parse('2026-01-15T12:00:00Z');

/** A template with one name in it, short enough to be expected by heart. */
function template(id: string, eventType: EventType, channel: Channel): Template {
  const params = ['user_full_name', 'movie_title', ...paramsOf(eventType)];
  const ruBody = ruBodies[eventType];
  const enBody = enBodies[eventType];
  const subject = (text: string) => (channel === 'email' ? text : null);
  return {
    id,
    version: 1,
    eventType,
    channel,
    locale: 'ru',
    texts: [
      { locale: 'ru', subject: subject('О фильме {{ movie_title }}'), body: ruBody },
      { locale: 'en', subject: subject('About {{ movie_title }}'), body: enBody },
    ],
    params,
  };
}

const ruBodies: Readonly<Record<EventType, string>> = {
  episodeReleased: 'Уважаемый {{ user_full_name }}, вышла серия {{ episode }}: {{ movie_title }}',
  movieAdded: 'Уважаемый {{ user_full_name }}, новый фильм {{ movie_title }}',
  commentReplied: '{{ user_full_name }}, вам ответил {{ reply_author_name }}: {{ reply_text }}',
  notificationRequested: 'Уважаемый {{ user_full_name }}, смотрите {{ movie_title }}',
};
const enBodies: Readonly<Record<EventType, string>> = {
  episodeReleased: 'Dear {{ user_full_name }}, episode {{ episode }} is out: {{ movie_title }}',
  movieAdded: 'Dear {{ user_full_name }}, a new movie {{ movie_title }}',
  commentReplied: '{{ user_full_name }}, {{ reply_author_name }} replied: {{ reply_text }}',
  notificationRequested: 'Dear {{ user_full_name }}, watch {{ movie_title }}',
};

function paramsOf(eventType: EventType): string[] {
  switch (eventType) {
    case 'episodeReleased':
      return ['season', 'episode', 'episode_title'];
    case 'commentReplied':
      return ['reply_author_name', 'reply_text', 'comment_text'];
    case 'movieAdded':
    case 'notificationRequested':
      return [];
  }
}

/** The templates all scenarios share; one for each kind of event, two channels for some. */
export const templates: readonly Template[] = [
  template('t-episode-email', 'episodeReleased', 'email'),
  template('t-episode-sms', 'episodeReleased', 'sms'),
  template('t-movie-email', 'movieAdded', 'email'),
  template('t-reply-messenger', 'commentReplied', 'messenger'),
  template('t-request-email', 'notificationRequested', 'email'),
  {
    ...template('t-broken', 'notificationRequested', 'email'),
    texts: [{ locale: 'ru', subject: 'Тема', body: 'Смотрите {{ movie_name }}' }],
    params: ['movie_name'],
  },
];

export const templateRows: readonly Written[] = templates.map((each) =>
  written(topics.templates, each.id, each),
);

/** People, movies and comments of one scenario. Ids carry its name, so scenarios never meet. */
export function world(name: string) {
  const id = (what: string) => `${name}-${what}`;
  const anna: User = {
    id: id('anna'),
    fullName: 'Анна Каренина',
    email: 'anna@example.com',
    phone: '+79160000001',
    telegramChatId: '1001',
    locale: 'ru',
    timeZone: 'Europe/Moscow',
    channels: ['email', 'sms'],
    followedMovieIds: [id('brother')],
    followedGenres: [id('drama')],
  };
  const john: User = {
    ...anna,
    id: id('john'),
    fullName: "John O'Neil",
    email: 'john@example.com',
    phone: null,
    telegramChatId: '1002',
    locale: 'en-GB',
    channels: ['email', 'sms', 'messenger'],
    followedGenres: [],
  };
  const brother: Movie = {
    id: id('brother'),
    title: 'Брат',
    englishTitle: 'Brother',
    genres: [id('drama'), id('crime')],
    year: 1997,
    description: null,
  };
  return {
    id,
    anna,
    john,
    brother,
    user: (user: User) => written(topics.users, user.id, user),
    movie: (movie: Movie) => written(topics.movies, movie.id, movie),
    preference: (userId: string, off: Partial<Preference>) =>
      written(topics.preferences, userId, {
        userId,
        optedOutChannels: [],
        optedOutEvents: [],
        updatedAt: noon,
        ...off,
      }),
    suppression: (userId: string, addresses: Suppression['addresses']) =>
      written(topics.suppressions, userId, { userId, addresses }),
    comment: (authorId: string) =>
      written(topics.comments, id('comment'), {
        id: id('comment'),
        movieId: id('brother'),
        authorId,
        parentCommentId: null,
        text: 'Великий фильм',
        createdAt: noon,
      }),
    episodeReleased: (movieId: string, eventId = id('event')) =>
      written(topics.episodeReleased, movieId, {
        eventId,
        movieId,
        episodeId: id('episode'),
        season: 1,
        episode: 3,
        episodeTitle: 'Третья',
        releasedAt: noon,
      }),
    movieAdded: (movieId: string) =>
      written(topics.movieAdded, movieId, { eventId: id('event'), movieId, addedAt: noon }),
    commentReplied: (authorId: string, parentCommentId = id('comment')) =>
      written(topics.commentReplied, id('reply'), {
        eventId: id('event'),
        commentId: id('reply'),
        parentCommentId,
        authorId,
        authorName: 'Джон',
        text: 'Согласен <всегда>',
        repliedAt: noon,
      }),
    requested: (
      userIds: readonly string[],
      changes: Partial<
        Pick<NotificationRequested, 'templateId' | 'movieId' | 'audience' | 'template'>
      > = {},
    ) =>
      written(topics.notificationRequested, id('event'), {
        requestId: id('event'),
        channel: 'email',
        templateId: 't-request-email',
        movieId: id('brother'),
        userIds,
        audience: null,
        template: null,
        requestedBy: 'test',
        requestedAt: noon,
        ...changes,
      }),
  };
}

type Text = { readonly address: string; readonly subject?: string; readonly body: string };

/** An expected notification of a fan-out or of a listed person. */
export function notification(
  lane: 'direct' | 'bulk',
  channel: Channel,
  userId: string,
  text: Text,
): Expected {
  return { kind: 'notification', lane, channel, userId, subject: null, ...text };
}

export function decision(
  userId: string,
  channel: Channel,
  reason: Extract<Expected, { kind: 'decision' }>['reason'],
): Expected {
  return { kind: 'decision', userId, channel, reason };
}

export const deadLettered = (
  code: Extract<Expected, { kind: 'dead-letter' }>['code'],
): Expected => ({ kind: 'dead-letter', code });
