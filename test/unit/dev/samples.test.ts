import { beforeAll, describe, expect, test } from 'vitest';
import { comments } from '../../../dev/samples/comments.ts';
import { movies } from '../../../dev/samples/movies.ts';
import { preferences, suppressions } from '../../../dev/samples/preferences.ts';
import { sampleRows, sampleTopics } from '../../../dev/samples/rows.ts';
import { templates } from '../../../dev/samples/templates.ts';
import { users } from '../../../dev/samples/users.ts';
import { render, textFor } from '../../../rendering/render.ts';
import { createLog } from '../../../runtime/log.ts';
import { createSerde, type Serde } from '../../../runtime/serde.ts';
import type {
  Channel,
  EventType,
  Template,
  UpstreamEventType,
  User,
} from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';

const userIds = new Set(users.map(({ id }) => id));
const movieIds = new Set(movies.map(({ id }) => id));
const unknown = (ids: readonly string[], known: ReadonlySet<string>) =>
  ids.filter((id) => !known.has(id));
const repeated = (values: readonly (string | null)[]) => {
  const given = values.filter((value) => value !== null);
  return given.filter((value, at) => given.indexOf(value) !== at);
};

describe('every row', () => {
  let serde: Serde;
  beforeAll(async () => {
    const log = createLog({ level: 'silent', name: 'samples' });
    const clock = { nowMs: () => 0, sleep: async () => undefined };
    const { signal } = new AbortController();
    const registry = createMemoryRegistry();
    serde = await createSerde({ registry, topics: sampleTopics, log, clock, signal });
  });

  test.each(sampleTopics)('of $name is what its schema says', async (topic) => {
    const rows = sampleRows.filter((row) => row.topic === topic);
    expect(rows.length).toBeGreaterThan(0);
    const written = rows.map(({ value }) => serde.encode(topic, value as never));
    await serde.prepare(written);
    const read = written.map((bytes) => serde.decode(topic, bytes));
    expect(read.map((each) => (each.ok ? each.value : each))).toEqual(
      rows.map(({ value }) => value),
    );
  });

  test.each(sampleTopics)('of $name has a key of its own', (topic) => {
    expect(repeated(sampleRows.filter((row) => row.topic === topic).map(({ key }) => key))).toEqual(
      [],
    );
  });

  test('lies in a table that upstream writes, and every such table has rows', () => {
    const tables = Object.values(topics).filter(
      ({ kind, writers }) => kind === 'table' && writers.includes('upstream'),
    );
    expect(new Set(sampleTopics)).toEqual(new Set(tables));
  });
});

describe('people', () => {
  test('have the ids 1 to 50', () => {
    expect(users.map(({ id }) => Number(id))).toEqual(users.map((_, at) => at + 1));
    expect(users).toHaveLength(50);
  });

  test('share no address with each other', () => {
    expect(repeated(users.map(({ email }) => email))).toEqual([]);
    expect(repeated(users.map(({ phone }) => phone))).toEqual([]);
    expect(repeated(users.map(({ telegramChatId }) => telegramChatId))).toEqual([]);
  });

  test('have addresses that can be nobody’s', () => {
    for (const { email, phone } of users) {
      expect(email).toMatch(/^[a-z.]+@example\.(com|ru)$/);
      expect(phone ?? '+74950000001').toMatch(/^(\+74950000\d{3}|\+447700900\d{3})$/);
    }
  });

  test('have an address for each channel that they chose', () => {
    const addressless = users.filter((user) => {
      const address = { email: user.email, sms: user.phone, messenger: user.telegramChatId };
      return (
        user.channels.length === 0 ||
        user.channels.some((channel) => channel === 'unknown' || !address[channel])
      );
    });
    expect(addressless).toEqual([]);
  });

  test('1, 2 and 3 read Russian and get e-mail, for the first request goes to them', () => {
    for (const user of users.slice(0, 3)) {
      expect(user).toMatchObject({ locale: 'ru', channels: expect.arrayContaining(['email']) });
    }
    const firsts = ['1', '2', '3'];
    expect(preferences.filter(({ userId }) => firsts.includes(userId))).toEqual([]);
    expect(suppressions.filter(({ userId }) => firsts.includes(userId))).toEqual([]);
  });

  test('read both languages, on all channels', () => {
    for (const language of ['ru', 'en']) {
      const readers = users.filter(({ locale }) => locale?.startsWith(language));
      const channels = new Set(readers.flatMap((user) => user.channels));
      expect(channels).toEqual(new Set(['email', 'sms', 'messenger']));
    }
  });
});

describe('references', () => {
  const genres = new Set(movies.flatMap((movie) => movie.genres));

  test('of people lead to movies and to genres that a movie has', () => {
    expect(users.flatMap((user) => unknown(user.followedMovieIds, movieIds))).toEqual([]);
    expect(users.flatMap((user) => unknown(user.followedGenres, genres))).toEqual([]);
  });

  test('every movie has a follower, and every genre', () => {
    const followed = new Set(users.flatMap((user) => user.followedMovieIds));
    expect(unknown([...movieIds], followed)).toEqual([]);
  });

  test('of comments lead to movies, people and earlier comments on the same movie', () => {
    expect(
      unknown(
        comments.map(({ movieId }) => movieId),
        movieIds,
      ),
    ).toEqual([]);
    expect(
      unknown(
        comments.map(({ authorId }) => authorId),
        userIds,
      ),
    ).toEqual([]);
    for (const { parentCommentId, movieId, createdAt } of comments) {
      if (parentCommentId === null) continue;
      const parent = comments.find(({ id }) => id === parentCommentId);
      expect(parent).toMatchObject({ movieId });
      expect(parent?.createdAt).toBeLessThan(createdAt);
    }
  });

  test('whoever was replied to can be reached by messenger, and it was somebody else', () => {
    const replies = comments.filter(({ parentCommentId }) => parentCommentId !== null);
    expect(replies.length).toBeGreaterThan(0);
    for (const reply of replies) {
      const parent = comments.find(({ id }) => id === reply.parentCommentId);
      const author = users.find(({ id }) => id === parent?.authorId);
      expect(author?.channels).toContain('messenger');
      expect(author?.id).not.toBe(reply.authorId);
    }
  });

  test('of preferences and suppressions lead to people', () => {
    const named = [...preferences, ...suppressions].map(({ userId }) => userId);
    expect(unknown(named, userIds)).toEqual([]);
  });

  test('a suppressed address is one that the person still has', () => {
    for (const { userId, addresses } of suppressions) {
      const user = users.find(({ id }) => id === userId);
      const own = { email: user?.email, sms: user?.phone, messenger: user?.telegramChatId };
      for (const { channel, address } of addresses) {
        expect(channel === 'unknown' ? undefined : own[channel]).toBe(address);
      }
    }
  });
});

describe('templates', () => {
  const values: Readonly<Record<EventType, Readonly<Record<string, string>>>> = {
    episodeReleased: { season: '1', episode: '3', episode_title: 'Третья & <последняя>' },
    movieAdded: {},
    commentReplied: {
      reply_author_name: 'Ксения',
      reply_text: 'Да <всегда>',
      comment_text: 'Нет & никогда',
    },
    notificationRequested: {},
  };
  const contextOf = (user: User, eventType: UpstreamEventType) => ({
    ...(eventType === 'unknown' ? {} : values[eventType]),
    user_full_name: user.fullName,
    movie_title: 'Солярис',
    movie_year: '1972',
  });
  const renderFor = (template: Template, user: User, locale: string) => {
    const text = textFor(template, locale);
    if (!text) throw new Error(`template ${template.id} has no text in ${locale}`);
    return { text, result: render(template, text, contextOf(user, template.eventType)) };
  };

  test.each(templates)('$id ($eventType, $channel) renders for everybody', (template) => {
    for (const user of users) {
      for (const locale of ['ru', 'en']) {
        const { text, result } = renderFor(template, user, locale);
        expect(text.locale).toBe(locale);
        if (!result.ok) throw new Error(result.reason);
        expect(result.body).not.toMatch(/[{}]{2}|undefined|null/);
        expect(result.subject === null).toBe(template.channel !== 'email');
      }
    }
  });

  test.each(templates)('$id declares the names that it uses and no other', (template) => {
    const used = template.texts.flatMap(({ subject, body }) =>
      [...`${subject} ${body}`.matchAll(/\{\{ (\w+) \}\}/g)].map(([, name]) => name),
    );
    expect(
      unknown(
        used.flatMap((name) => name ?? []),
        new Set(template.params),
      ),
    ).toEqual([]);
  });

  test('there is one at most for a kind of event and a channel', () => {
    const places = templates.map(({ eventType, channel }) => `${eventType}/${channel}`);
    expect(repeated(places)).toEqual([]);
  });

  test('1 says the sentence of the first request, by e-mail; 2 and 3 by SMS and messenger', () => {
    const channels: readonly Channel[] = ['email', 'sms', 'messenger'];
    const [alexey] = users;
    if (!alexey) throw new Error('no user');
    for (const [at, channel] of channels.entries()) {
      const template = templates.find(({ id }) => id === String(at + 1));
      if (!template) throw new Error(`no template ${at + 1}`);
      expect(template).toMatchObject({ eventType: 'notificationRequested', channel });
      const { result } = renderFor(template, alexey, 'ru');
      const plain = result.ok ? result.body.replaceAll(/<\/?b>/g, '') : '';
      expect(plain).toContain('Уважаемый Алексей Воронцов, вышла новая серия Солярис');
    }
  });

  test('an SMS in Latin or Cyrillic letters fits into two parts', () => {
    const maxTwoParts = 2 * 67;
    const longest = movies.map(({ title }) => title).toSorted((a, b) => b.length - a.length)[0];
    for (const template of templates.filter(({ channel }) => channel === 'sms')) {
      for (const user of users) {
        const context = { ...contextOf(user, template.eventType), movie_title: longest ?? '' };
        const text = textFor(template, user.locale);
        const result = text && render(template, text, context);
        expect(result?.ok && result.body.length).toBeLessThanOrEqual(maxTwoParts);
      }
    }
  });

  test('a letter escapes what people wrote, and asks for nothing from elsewhere', () => {
    const [alexey] = users;
    if (!alexey) throw new Error('no user');
    for (const template of templates.filter(({ channel }) => channel === 'email')) {
      const { result } = renderFor(template, alexey, 'ru');
      const body = result.ok ? result.body : '';
      expect(body).not.toMatch(/<всегда>|<последняя>|<script|<link|<img|https?:/);
      expect(body).toMatch(/^<!doctype html>/);
    }
  });
});
