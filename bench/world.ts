import { partitionOf } from '../runtime/kafka/partitioner.ts';
import type {
  Channel,
  Comment,
  CommentReplied,
  EpisodeReleased,
  Movie,
  Template,
  User,
} from '../schemas/generated/records.ts';
import { topics } from '../schemas/topics.ts';
import type { Scale } from './options.ts';
import { createRandom, type Random } from './random.ts';
import { episodeTitles, firstNames, lastNames, templates, titleWords } from './words.ts';

/** All data of a run, as pure functions of its seed. */
export type World = {
  readonly scale: Scale;
  /** Users from 0 to `scale.huge` - 1. */
  user(index: number): User;
  /** How many notifications an episode brings this user: the channels that have a template. */
  notificationsOf(index: number): number;
  /** One user in each partition of the users topic; an event for `watched.probe` reaches them. */
  readonly probes: readonly User[];
  readonly movies: readonly Movie[];
  readonly templates: readonly Template[];
  readonly comments: readonly Comment[];
  /** Movies that nobody follows at first, to find out when a contender has read a row. */
  readonly canaries: readonly string[];
  /** Ids of the movies that are not in W1. */
  readonly watched: Readonly<Record<'all' | 'half' | 'small' | 'probe', string>>;
  episode(movieId: string, nonce: number): EpisodeReleased;
  reply(nonce: number): CommentReplied;
  /** A user of W1 with one movie replaced, for the n-th pass over all of them. */
  updated(index: number, pass: number): User;
};

/** Streams of random numbers, so that no kind of data depends on how much there is of another. */
const streams = { movies: 1, probes: 2, comments: 3, events: 0x2000_0000, users: 0x4000_0000 };

/** 55 + 15 + 2 × 30 = 130 notifications for a hundred people. */
const channelShares: readonly (readonly [share: number, channels: readonly Channel[]])[] = [
  [55, ['email']],
  [15, ['messenger']],
  [30, ['email', 'sms']],
];
const localeShares = { russian: 70, english: 95 } as const;
const percent = 100;
const releasedAt = Date.parse('2026-01-15T18:00:00Z');
const timeZones = ['Europe/Moscow', 'Europe/Samara', 'Asia/Yekaterinburg', 'Europe/London'];
const genres = ['series', 'drama', 'crime', 'comedy', 'sci-fi'];
const firstYear = 1960;
const years = 66;
/** Four that are watched, and more canaries than a run uses. */
const extraMovies = 4 + 40;
const maxEpisode = 24;
const maxSeason = 9;

function channelsBy(roll: number): readonly Channel[] {
  let bound = 0;
  for (const [share, channels] of channelShares) {
    bound += share;
    if (roll < bound) return channels;
  }
  return [];
}

function localeBy(roll: number): string | null {
  if (roll < localeShares.russian) return 'ru';
  return roll < localeShares.english ? 'en' : null;
}

function movieOf(random: Random, index: number): Movie {
  const [{ adjective }, { noun }] = [random.pick(titleWords), random.pick(titleWords)];
  return {
    id: random.uuid(),
    title: `${adjective.ru} ${noun.ru} ${index}`,
    englishTitle: `${adjective.en} ${noun.en} ${index}`,
    genres: [random.pick(genres)],
    year: firstYear + random.below(years),
    description: null,
  };
}

function personOf(random: Random, index: number): Omit<User, 'followedMovieIds'> {
  const id = random.uuid();
  const channels = channelsBy(random.below(percent));
  const locale = localeBy(random.below(percent));
  const language = locale === 'en' ? 'en' : 'ru';
  const digits = String(index).padStart(9, '0');
  return {
    id,
    fullName: `${random.pick(firstNames[language])} ${random.pick(lastNames[language])}`,
    email: `reader.${digits}@mail${random.below(percent)}.example.com`,
    phone: `+79${digits}`,
    telegramChatId: `${random.below(percent) + percent}${digits}`,
    locale,
    timeZone: random.pick(timeZones),
    channels: [...channels],
    followedGenres: [],
  };
}

/** Makes the data of a run. Rows are made when they are asked for: a million do not fit twice. */
export function createWorld(scale: Scale, seed: number): World {
  const catalogue = createRandom(seed, streams.movies);
  const movies = Array.from({ length: scale.movies }, (_, index) => movieOf(catalogue, index));
  const extra = Array.from({ length: extraMovies }, (_, index) =>
    movieOf(catalogue, scale.movies + index),
  );
  const [all = '', half = '', small = '', probe = '', ...canaries] = extra.map(({ id }) => id);
  const watched = { all, half, small, probe };

  const person = (index: number) => {
    const random = createRandom(seed, streams.users + index);
    return { ...personOf(random, index), random };
  };
  function fanMovies(random: Random): string[] {
    const chosen = new Set<number>();
    while (chosen.size < scale.moviesPerFan) chosen.add(random.below(scale.movies));
    return [...chosen].map((index) => movies[index]?.id ?? '');
  }
  function user(index: number): User {
    const { random, ...rest } = person(index);
    const followedMovieIds = [all];
    if (index < scale.half) followedMovieIds.push(half);
    if (index < scale.small) followedMovieIds.push(small);
    if (index < scale.fans) followedMovieIds.push(...fanMovies(random));
    return { ...rest, followedMovieIds };
  }

  function findProbes(): User[] {
    const random = createRandom(seed, streams.probes);
    const found = new Map<number, User>();
    while (found.size < topics.users.partitions) {
      const made = personOf(random, found.size);
      const partition = partitionOf(Buffer.from(made.id), topics.users.partitions);
      const row: User = { ...made, channels: ['email'], followedMovieIds: [probe] };
      if (!found.has(partition)) found.set(partition, row);
    }
    return [...found.values()];
  }

  /** Authors read by messenger, the channel of the only template for replies. */
  function makeComments(): Comment[] {
    const random = createRandom(seed, streams.comments);
    const made: Comment[] = [];
    while (made.length < scale.comments) {
      const author = person(random.below(scale.fans));
      if (!author.channels.includes('messenger')) continue;
      const { id: movieId } = random.pick(movies);
      const text = 'Пересматриваю каждую весну, и каждый раз как впервые.';
      const comment = { id: random.uuid(), movieId, authorId: author.id, parentCommentId: null };
      made.push({ ...comment, text, createdAt: releasedAt });
    }
    return made;
  }
  const comments = makeComments();

  return {
    scale,
    user,
    notificationsOf: (index) => person(index).channels.length,
    probes: findProbes(),
    movies: [...movies, ...extra],
    templates,
    comments,
    canaries,
    watched,
    episode(movieId, nonce) {
      const random = createRandom(seed, streams.events + nonce);
      return {
        eventId: random.uuid(),
        movieId,
        episodeId: random.uuid(),
        season: 1 + random.below(maxSeason),
        episode: 1 + random.below(maxEpisode),
        episodeTitle: random.pick(episodeTitles),
        releasedAt,
      };
    },
    reply(nonce) {
      const random = createRandom(seed, streams.events + nonce);
      return {
        eventId: random.uuid(),
        commentId: random.uuid(),
        parentCommentId: random.pick(comments).id,
        authorId: random.uuid(),
        authorName: 'Мария Белова',
        text: 'Согласна с каждым словом!',
        repliedAt: releasedAt,
      };
    },
    updated(index, pass) {
      const before = user(index);
      const kept = before.followedMovieIds.slice(0, -1);
      return { ...before, followedMovieIds: [...kept, `replaced-${pass}-${index % percent}`] };
    },
  };
}
