import type { Suppression, User } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { templates, world } from './fixtures.ts';
import { type Written, written } from './scenario.ts';

/*
 * Records of every type that are valid and extreme, in a world of their own.
 */
export const extremesName = 'extremes';
const w = world(extremesName);
const megabyte = 1024 * 1024;
export const everyChannel = ['email', 'sms', 'messenger'] as const;

/** Texts of every kind that a schema allows; the large ones shrink below what a broker takes. */
export const texts: Readonly<Record<string, string>> = {
  empty: '',
  blank: ' \t ',
  nul: 'a\0b',
  surrogate: 'a\ud800b',
  separators: 'a\u2028b\u2029c\r\nBcc: x@example.com',
  template: '{{user_full_name}} {{{x}}} {{#if}}',
  encodedWord: '=?UTF-8?B?YQBi?=',
  markup: '<b>&amp;</b><script>1</script>',
  emoji: '😀'.repeat(400),
  cjk: '王'.repeat(999),
  'just too long': 'я'.repeat(1001),
  'a tenth of a record': 'я'.repeat(50_000),
  'nearly a record': 'я'.repeat(520_000),
  'more than a record': 'я'.repeat(3 * megabyte),
};

/** Someone, or something, for each of the texts, in every field that a notification uses. */
export function rowsOf(label: string, text: string): readonly Written[] {
  const id = w.id(label);
  const user: User = {
    ...w.anna,
    id,
    fullName: text,
    email: text,
    phone: text,
    telegramChatId: text,
    locale: text,
    timeZone: text,
    channels: everyChannel,
    followedMovieIds: [w.brother.id, id],
    followedGenres: [text],
  };
  const named: User = { ...w.anna, id: `${id}-named`, fullName: text, channels: ['email'] };
  const suppressed: Suppression['addresses'] = [
    { channel: 'email', address: w.anna.email ?? '', reason: text, since: 0 },
  ];
  const movie = { ...w.brother, id, title: text, englishTitle: text, description: text };
  const template = { ...templates[0], id: `z-${id}`, params: [text], locale: text };
  return [
    w.user(user),
    w.user(named),
    w.user({ ...w.anna, id: `${id}-suppressed`, channels: ['email'] }),
    w.suppression(`${id}-suppressed`, suppressed),
    w.movie({ ...movie, genres: [text] }),
    written(topics.templates, template.id, { ...template, texts: [] } as never),
    written(topics.comments, id, {
      id,
      movieId: w.brother.id,
      authorId: w.anna.id,
      parentCommentId: text,
      text,
      createdAt: 0,
    }),
  ];
}

/** Events with such a text in each of their fields, or about such rows. */
export function eventsOf(label: string, text: string): readonly Written[] {
  const id = w.id(label);
  const changed = ({ topic, key, value }: Written, what: string, changes: object): Written => ({
    topic,
    key,
    value: {
      ...(value as object),
      [topic.name === topics.notificationRequested.name ? 'requestId' : 'eventId']: `${id} ${what}`,
      ...changes,
    },
  });
  const episode = w.episodeReleased(w.brother.id);
  const reply = w.commentReplied(w.john.id, id);
  return [
    changed(episode, 'title', { episodeTitle: text }),
    changed(w.episodeReleased(id), 'of such a movie', {}),
    changed(episode, 'id', { eventId: `${text}${label}` }),
    changed(episode, 'movie', { movieId: text }),
    changed(w.movieAdded(id), 'of such genres', {}),
    changed(reply, 'to such a comment', {}),
    changed(w.commentReplied(w.john.id), 'reply', { authorName: text, text }),
    changed(w.requested([w.anna.id, text]), 'to such a person', {}),
    changed(w.requested([]), 'to such an audience', { audience: text }),
    changed(w.requested([w.anna.id]), 'with such a template', { templateId: text }),
    changed(w.requested([w.anna.id]), 'by such a person', { requestedBy: text }),
  ];
}

const extremeTimes = [0, -1, 8_640_000_000_000_000, 2 ** 52, -62_135_596_800_001];

/** Events with numbers and times at the ends of what their types hold. */
export function eventsOfNumbers(): readonly Written[] {
  const episode = w.episodeReleased(w.brother.id).value as object;
  const numbers = [2 ** 31 - 1, -(2 ** 31), 0];
  const timed = extremeTimes.map((releasedAt) => ({
    releasedAt,
    eventId: w.id(`time ${releasedAt}`),
  }));
  const counted = numbers.map((season) => ({
    season,
    episode: season,
    eventId: w.id(`n ${season}`),
  }));
  return [...timed, ...counted].map((changes) =>
    written(topics.episodeReleased, w.brother.id, { ...episode, ...changes } as never),
  );
}

/** Lists of all lengths: people of a request, genres of a movie, interests of a person. */
export function recordsOfLists(): readonly Written[] {
  const many = Array.from({ length: 20_000 }, (_, n) => w.id(`nobody-${n}`));
  const movie = { ...w.brother, id: w.id('many-genres'), genres: many };
  const request = (count: number) => ({
    ...w.requested(many.slice(0, count)),
    value: {
      ...(w.requested(many.slice(0, count)).value as object),
      requestId: w.id(`list ${count}`),
    },
  });
  return [
    w.movie(movie),
    w.user({ ...w.anna, id: w.id('interested'), followedMovieIds: many, followedGenres: many }),
    w.user({ ...w.anna, id: w.id('often'), channels: Array(30_000).fill('email') }),
    w.preference(w.id('often'), { optedOutChannels: Array(30_000).fill('sms') }),
    {
      ...w.movieAdded(movie.id),
      value: { eventId: w.id('genres'), movieId: movie.id, addedAt: 0 },
    },
    ...[1, 1000, 20_000].map(request),
  ];
}
