import { expect, test } from 'vitest';
import { anna, authorization, buildGateway, nowMs, tables, templates } from './built-gateway.ts';

const get = async (url: string, headers: Record<string, string> = {}) =>
  (await buildGateway()).app.inject({ method: 'GET', url: `/api/v1${url}`, headers });

test('a movie', async () => {
  const response = await get('/movies/1');
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    id: '1',
    title: 'Брат',
    english_title: null,
    genres: ['драма'],
    year: 1997,
    description: null,
  });
});

test('a comment', async () => {
  expect((await get('/comments/1')).json()).toEqual({
    id: '1',
    movie_id: '1',
    author_id: '1',
    parent_comment_id: null,
    text: 'Великий фильм',
    created_at: new Date(nowMs).toISOString(),
  });
});

test('a user, for those who have a key', async () => {
  expect((await get('/users/1', { authorization })).json()).toEqual({
    id: '1',
    full_name: anna.fullName,
    email: anna.email,
    phone: null,
    telegram_chat_id: null,
    locale: 'ru',
    time_zone: 'Europe/Moscow',
    channels: ['email'],
    followed_movie_ids: ['1'],
    followed_genres: ['драма'],
  });
});

test("a template, also in the seed's words", async () => {
  const [ru, en] = templates[0]?.texts ?? [];
  expect((await get('/templates/1', { authorization })).json()).toEqual({
    id: '1',
    version: 4,
    event_type: 'notificationRequested',
    channel: 'email',
    locale: 'ru',
    texts: [ru, en],
    params: ['user_full_name', 'movie_title'],
    jinja_dict: {
      ru: { subject: ru?.subject, body: ru?.body },
      en: { subject: en?.subject, body: en?.body },
    },
    jinja_params: ['user_full_name', 'movie_title'],
  });
});

test.each(['movie', 'comment', 'template', 'user'])(
  'a %s that is not there is named',
  async (it) => {
    const response = await get(`/${it}s/n-404`, { authorization });
    expect(response.statusCode).toBe(404);
    expect(response.json().detail).toContain(`${it} n-404`);
  },
);

test('an id that no row can have is a 400', async () => {
  const response = await get(`/movies/${'x'.repeat(256)}`);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors[0].field).toBe('id');
});

test('a row that nobody can read is told as such, and not the one before it', async () => {
  const fault = { code: 'SCHEMA_UNKNOWN', reason: 'schema id 9' } as const;
  const row = { key: '1', offset: 7, fault, place: 'movies-0 at 7', replaces: false };
  const unreadable = { get: () => row, rows: () => [row], rowsWith: () => [row] };
  const broken = { ...tables, movies: unreadable, users: unreadable, templates: unreadable };
  const source = { tables: () => broken, progress: () => ({ restored: 7, total: 7 }) };
  const { app, written } = await buildGateway({ source });
  const headers = { authorization };
  for (const url of ['/movies/1', '/users/1', '/templates/1']) {
    const { statusCode, body } = await app.inject({ url: `/api/v1${url}`, headers });
    expect(statusCode).toBe(503);
    expect(body).toContain('cannot be read (movies-0 at 7: SCHEMA_UNKNOWN, schema id 9)');
  }
  const payload = { template_id: '1', movie_id: '1', user_ids: ['1'] };
  const url = '/api/v1/notifications/email';
  const asked = await app.inject({ method: 'POST', url, headers, payload });
  expect(asked.statusCode).toBe(503);
  expect(asked.body).toContain('The newest record of template 1 cannot be read');
  expect(written).toEqual([]);
});
