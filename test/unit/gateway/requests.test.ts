import { expect, test } from 'vitest';
import type { History, Page, RequestHistory } from '../../../gateway/read/history.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import { authorization, buildGateway, nowMs } from './built-gateway.ts';

const notificationId = '0f9f1c1e-6f4e-5c39-9f57-6a4b0c7f2e11';

const known: RequestHistory = {
  requestId: 'r-1',
  channel: 'email',
  templateId: '1',
  movieId: null,
  userIds: ['1', '2'],
  audience: null,
  requestedBy: 'admins',
  requestedAtMs: nowMs,
  announced: null,
  fanOut: null,
  counts: {
    rendered: 0,
    sending: 0,
    waiting: 0,
    delivered: 1,
    rejected: 0,
    suppressed: 1,
    unknown: 0,
    deadLettered: 0,
  },
  channels: [],
  changedAtMs: nowMs,
  notifications: [
    {
      notificationId,
      userId: '2',
      channel: null,
      state: 'suppressed',
      reason: 'unknownUser',
      attempts: 0,
      changedAtMs: nowMs,
    },
  ],
  nextAfter: notificationId,
};

function remembering(answer: RequestHistory | null) {
  const asked: Page[] = [];
  const history: History = {
    async requestOf(_requestId, page) {
      asked.push(page);
      return answer;
    },
  };
  return { history, asked };
}

async function get(history: History, query = '') {
  const { app } = await buildGateway({ history });
  const url = `/api/v1/requests/r-1${query}`;
  return app.inject({ method: 'GET', url, headers: { authorization } });
}

test('a request with its counts and a page of its notifications', async () => {
  const { history, asked } = remembering(known);
  const response = await get(history);
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    request_id: 'r-1',
    channel: 'email',
    template_id: '1',
    movie_id: null,
    user_ids: ['1', '2'],
    audience: null,
    requested_by: 'admins',
    requested_at: '2026-03-01T09:30:00.000Z',
    announcement: null,
    total: 2,
    counts: known.counts,
    channels: [],
    progress: {
      expected: 2,
      audience_share: null,
      under_way: 0,
      settled: 2,
      done: true,
      changed_at: '2026-03-01T09:30:00.000Z',
      finished_at: '2026-03-01T09:30:00.000Z',
    },
    notifications: [
      {
        notification_id: notificationId,
        user_id: '2',
        channel: null,
        state: 'suppressed',
        reason: 'unknownUser',
        attempts: 0,
        changed_at: '2026-03-01T09:30:00.000Z',
      },
    ],
    next_after: notificationId,
  });
  expect(asked).toEqual([{ limit: 100, after: null }]);
});

test('an announcement says what was said', async () => {
  const text = { locale: 'ru', subject: 'Тема', body: '<p>Завтра</p>' };
  const { history } = remembering({ ...known, announced: { locale: 'ru', texts: [text] } });
  expect((await get(history)).json().announcement).toEqual({ default_locale: 'ru', texts: [text] });
});

test('a page of another size, after a cursor', async () => {
  const { history, asked } = remembering(known);
  await get(history, `?limit=1000&after=${notificationId}`);
  expect(asked).toEqual([{ limit: 1000, after: notificationId }]);
});

test.each([
  ['limit', '?limit=0'],
  ['limit', '?limit=1001'],
  ['limit', '?limit=many'],
  ['after', '?after=1'],
  ['offset', '?offset=5'],
])('a wrong %s is a 400 that names it', async (field, query) => {
  const { history, asked } = remembering(known);
  const response = await get(history, query);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors[0].field).toBe(field);
  expect(asked).toEqual([]);
});

test('an unknown request: 404, and a word on the delay', async () => {
  const response = await get(remembering(null).history);
  expect(response.statusCode).toBe(404);
  expect(response.json().detail).toMatch(/r-1.*delay/);
});

test('PostgreSQL down: 503 without its address', async () => {
  const response = await get({
    requestOf: async () => {
      throw new VestnikError('DATABASE_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.7:5432');
    },
  });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBeDefined();
  expect(response.body).not.toContain('10.0.0.7');
});
