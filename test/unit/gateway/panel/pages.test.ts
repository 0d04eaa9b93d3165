import { describe, expect, test } from 'vitest';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import { type Minute, minutesFrom } from '../../../../gateway/read/overview.ts';
import { VestnikError } from '../../../../runtime/errors.ts';
import { askPanel, nobody } from './asked-panel.ts';
import { busyPeople, declinedId, hostile, keyId, notificationId } from './busy-parts.ts';
import { nowMs, panelParts } from './panel-parts.ts';

const requestId = '0199bbbb-0000-7000-8000-000000000001';

const letter = {
  writtenAtMs: nowMs,
  generation: 0,
  offset: 5,
  partition: 0,
  code: 'MOVIE_UNKNOWN',
  reason: hostile,
  process: hostile,
  topic: hostile,
  sourcePartition: 1,
  sourceOffset: 7,
  sourceTimestampMs: -1e20,
  key: hostile,
  leftOutBytes: 3,
  redrivenAtMs: null,
};

const counts = {
  rendered: 0,
  sending: 1,
  waiting: 0,
  delivered: 3,
  rejected: 0,
  suppressed: 0,
  unknown: 0,
  deadLettered: 0,
};

/** A system in which all that pages show has happened, with the worst of words. */
const busy: Partial<PanelParts> = {
  ...busyPeople,
  deadLetters: {
    list: async () => ({
      counts: [{ code: 'MOVIE_UNKNOWN', count: 1 }],
      letters: [letter],
      next: letter,
    }),
    one: async ({ offset }) => (offset === letter.offset ? letter : null),
  },
  history: {
    requestOf: async (id) =>
      id === requestId
        ? {
            requestId,
            channel: 'email',
            templateId: hostile,
            movieId: hostile,
            userIds: ['1'],
            audience: hostile,
            requestedBy: hostile,
            requestedAtMs: nowMs,
            announced: { locale: 'ru', texts: [{ locale: 'ru', subject: hostile, body: hostile }] },
            fanOut: { kind: 'ended' },
            counts,
            channels: [{ channel: null, counts }],
            changedAtMs: nowMs,
            notifications: [
              {
                notificationId: requestId,
                userId: hostile,
                channel: null,
                state: 'rejected',
                reason: hostile,
                attempts: 1,
                changedAtMs: nowMs,
              },
            ],
            nextAfter: requestId,
          }
        : null,
  },
  overview: {
    minutes: async (atMs) =>
      minutesFrom([{ minuteMs: nowMs, what: 'notification', channel: 'email', count: 7 }], atMs),
    requests: async () => [
      {
        requestId: hostile,
        channel: 'sms',
        templateId: hostile,
        audience: hostile,
        people: 0,
        requestedBy: hostile,
        requestedAtMs: nowMs,
        planned: 4,
        settled: 1,
      },
    ],
    fanOuts: async () => [
      {
        eventType: 'movieAdded',
        eventId: hostile,
        written: 7,
        channels: ['email'],
        firstWrittenAtMs: nowMs,
        lastWrittenAtMs: nowMs,
      },
    ],
    vendorTroubles: async () => [
      {
        channel: 'sms',
        kind: 'unavailable',
        code: null,
        reason: hostile,
        happenedAtMs: nowMs,
        sinceMs: nowMs,
      },
    ],
    openLetters: async () => ({ counts: [{ code: 'MOVIE_UNKNOWN', count: 1 }], more: false }),
  },
};

const paths = [
  '/',
  '/history',
  '/history?user=1',
  `/notifications/${notificationId}`,
  `/notifications/${declinedId}`,
  '/audit',
  '/access',
  `/access/keys/${keyId}/revoke`,
  '/password?done=yes',
  '/people',
  `/people/${encodeURIComponent(hostile)}`,
  `/people/${encodeURIComponent(hostile)}/erase`,
  '/dead-letters',
  '/dead-letters/0/0/5',
  '/dead-letters/redrives/looked',
  '/dead-letters/redrives/failed',
  '/send',
  `/requests/${requestId}`,
  '/system',
];
const looks = (['en', 'ru'] as const).flatMap((language) =>
  paths.map((path) => [language, path] as const),
);

describe.each([
  ['of a busy system', busy],
  ['of a system in which nothing happened', {}],
])('the pages %s', (_, parts) => {
  test.each(looks)('in %s: %s', async (language, path) => {
    const { open } = await askPanel(parts);
    const answer = await open(path, { 'accept-language': language });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain(`<html lang="${language}"`);
    expect(answer.body).not.toContain('<script>');
    expect(answer.body).not.toMatch(/ style=| on[a-z]+="|undefined|NaN|\[object/);
  });
});

test('every page forbids what is not its own', async () => {
  const { open } = await askPanel();
  const { headers } = await open('/');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
      "connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; " +
      "base-uri 'none'; frame-ancestors 'none'",
  );
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('what a page loads is there, and may be kept for ever', async () => {
  const { open } = await askPanel();
  const { body } = await open('/login', nobody);
  const links = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, link]) => link);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) {
    const { statusCode, headers } = await open(link ?? '', nobody);
    expect([link, statusCode]).toEqual([link, 200]);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['set-cookie']).toBeUndefined();
  }
});

test.each([
  '/assets/000000000000/../panel.ts',
  '/assets/000000000000/%2e%2e%2fpanel.ts',
  '/assets/000000000000/panel.ts',
])('%s is no file', async (path) => {
  const { open } = await askPanel();
  expect((await open(path, nobody)).statusCode).toBe(404);
});

describe('without what was asked for', () => {
  test('a person gets a page, and a program a problem', async () => {
    const { open } = await askPanel();
    const page = await open('/nope');
    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('There is no such page');
    const problem = await open('/nope', { accept: '*/*' });
    expect(problem.headers['content-type']).toContain('application/problem+json');
    expect(problem.headers['content-security-policy']).toContain("default-src 'none'; frame-");
    const api = await open('/api/v1/nope', { accept: 'text/html' });
    expect(api.headers['content-type']).toContain('application/problem+json');
  });

  test.each(['/dead-letters/0/0/9', '/requests/none'])('%s says so', async (path) => {
    const { open } = await askPanel(busy);
    const answer = await open(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain('in the history');
  });

  test('another method is refused in words, too', async () => {
    const { send } = await askPanel();
    const answer = await send('/system', {});
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toContain('GET');
    expect(answer.body).toContain('That cannot be done here');
  });
});

describe('without PostgreSQL', () => {
  const away = async () => {
    throw new VestnikError('DATABASE_UNAVAILABLE', 'secret detail');
  };
  const parts = {
    deadLetters: { list: away, one: away },
    history: { requestOf: away },
    overview: { ...panelParts().overview, minutes: away },
  };

  test('a page says what is away and that it can be tried again', async () => {
    const { open } = await askPanel(parts);
    const answer = await open('/dead-letters');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.body).toContain('PostgreSQL does not answer');
    expect(answer.body).not.toContain('secret detail');
  });

  test('the dashboard shows what else is known', async () => {
    const { open } = await askPanel(parts);
    const answer = await open('/');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('The history cannot be read now');
    expect(answer.body).toContain('This gateway');
  });
});

test('a defect of a page is told by its id only', async () => {
  const { overview } = panelParts();
  const broken = async () => {
    throw new TypeError('a secret in the stack');
  };
  const { open } = await askPanel({ overview: { ...overview, minutes: broken } });
  const answer = await open('/');
  expect(answer.statusCode).toBe(500);
  expect(answer.body).toContain('A defect of ours');
  expect(answer.body).not.toContain('a secret');
});

test('the configuration is shown without its secrets', async () => {
  const { open } = await askPanel();
  const { body } = await open('/system');
  expect(body).toContain('postgres://vestnik@127.0.0.1:5432/vestnik');
  expect(body).not.toContain('vestnik:vestnik@');
  expect(body).not.toContain('0:development');
});

test('a minute without anything is a minute all the same', () => {
  const counts = [
    { minuteMs: nowMs, what: 'notification', channel: 'email', count: 7 },
    { minuteMs: nowMs, what: 'event', channel: null, count: 2 },
    { minuteMs: nowMs, what: 'deadLettered', channel: 'sms', count: 1 },
  ] as const;
  const minutes: readonly Minute[] = minutesFrom(counts, nowMs + 59_000);
  expect(minutes.length).toBe(60);
  const shown = minutes.map(({ atMs, email, events, setAside }) => [atMs, email, events, setAside]);
  expect(shown.slice(-2)).toEqual([
    [nowMs - 60_000, 0, 0, 0],
    [nowMs, 7, 2, 1],
  ]);
});

test('the dashboard says which vendor is away, and how much waits for whom', async () => {
  const { facts } = panelParts();
  const lags = [
    { role: 'notify', topic: 'a', behind: 1200 },
    { role: 'notify', topic: 'b', behind: 34 },
  ] as const;
  const flow = async () => ({ lags, fanOuts: [] });
  const { open } = await askPanel({ ...busy, facts: { ...facts, flow } });
  const { body } = await open('/');
  expect(body).toContain('away or refusing us since');
  expect(body).toContain('Notify <b>1,234</b>');
});
