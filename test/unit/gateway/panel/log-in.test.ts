import { describe, expect, test } from 'vitest';
import { isSameSite } from '../../../../gateway/panel/guards.ts';
import { safePath } from '../../../../gateway/panel/safe-path.ts';
import { askPanel, nobody } from './asked-panel.ts';
import { panelParts, viewer } from './panel-parts.ts';

describe('who is not logged in', () => {
  test('is asked to, and led back afterwards', async () => {
    const { open, send } = await askPanel();
    const refused = await open('/dead-letters?code=NOT_AVRO', nobody);
    expect(refused.statusCode).toBe(303);
    expect(refused.headers.location).toBe('/login?next=%2Fdead-letters%3Fcode%3DNOT_AVRO');

    const next = '/dead-letters?code=NOT_AVRO';
    const answer = await send('/login', { name: 'vera', password: 'secret', next }, nobody);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(next);
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Host-vestnik=veras-token; Path=\/; Expires=.*; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('has the page loaded anew when a script asks for a part of it', async () => {
    const { open } = await askPanel();
    const answer = await open('/live', { ...nobody, 'hx-request': 'true' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['hx-refresh']).toBe('true');
  });

  test('is told neither which was wrong nor shown the password again', async () => {
    const { send } = await askPanel();
    const guess = { name: '<b>vera', password: 'guess-1234' };
    const answer = await send('/login', guess, nobody);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('There is no such name with this password');
    expect(answer.body).toContain('value="&lt;b&gt;vera"');
    expect(answer.body).not.toContain('guess-1234');
  });

  test('is told how long to wait', async () => {
    const { sessions } = panelParts();
    const slow = async () => ({ kind: 'throttled', retryAfterS: 40 }) as const;
    const { send } = await askPanel({ sessions: { ...sessions, logIn: slow } });
    const answer = await send('/login', { name: 'vera', password: 'secret' }, nobody);
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('40');
    expect(answer.body).toContain('Try again in 40 s');
  });
});

describe('a link', () => {
  test('is not used up by looking at it', async () => {
    const used: string[] = [];
    const { sessions } = panelParts();
    const useLink = async (token: string) => {
      used.push(token);
      return null;
    };
    const { open, send } = await askPanel({ sessions: { ...sessions, useLink } });
    expect((await open('/login/link/once', nobody)).statusCode).toBe(200);
    expect(used).toEqual([]);
    const spent = await send('/login/link/once', {}, nobody);
    expect(used).toEqual(['once']);
    expect(spent.statusCode).toBe(422);
    expect(spent.body).toContain('used already');
  });

  test('lets in', async () => {
    const { send } = await askPanel();
    const answer = await send('/login/link/link', {}, nobody);
    expect(answer.headers.location).toBe('/');
    expect(String(answer.headers['set-cookie'])).toContain('__Host-vestnik=veras-token');
  });
});

test('a log-out ends the session and forgets the cookie', async () => {
  const ended: string[] = [];
  const { sessions } = panelParts();
  const end = async (token: string) => void ended.push(token);
  const { send } = await askPanel({ sessions: { ...sessions, end } });
  const answer = await send('/logout', {});
  expect(ended).toEqual(['veras-token']);
  expect(answer.headers.location).toBe('/login');
  expect(String(answer.headers['set-cookie'])).toContain('__Host-vestnik=; ');
});

test('a session that is over is forgotten, and its pages are closed', async () => {
  const { sessions } = panelParts();
  const { open } = await askPanel({ sessions: { ...sessions, personOf: async () => null } });
  const answer = await open('/');
  expect(answer.headers.location).toBe('/login');
  expect(String(answer.headers['set-cookie'])).toContain('__Host-vestnik=; ');
});

test('a page that needs another role names the right, and is not in the sections', async () => {
  const { sessions } = panelParts();
  const guest = { ...viewer, scopes: new Set([]) };
  const { open } = await askPanel({ sessions: { ...sessions, personOf: async () => guest } });
  const refused = await open('/dead-letters');
  expect(refused.statusCode).toBe(403);
  expect(refused.body).toContain('dead-letters:read');
  const home = await open('/');
  expect(home.body).toContain('href="/system"');
  expect(home.body).not.toContain('href="/dead-letters"');
});

describe('a form from elsewhere', () => {
  const elsewhere: readonly (readonly [string, Record<string, string>])[] = [
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling of this site', { 'sec-fetch-site': 'same-site' }],
    ['no page at all', { 'sec-fetch-site': 'none' }],
  ];

  test.each(elsewhere)('of %s changes nothing', async (_, headers) => {
    const ended: string[] = [];
    const { sessions } = panelParts();
    const end = async (token: string) => void ended.push(token);
    const { send } = await askPanel({ sessions: { ...sessions, end } });
    const answer = await send('/logout', {}, headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('The form came from elsewhere');
    expect(ended).toEqual([]);
  });

  test('is one without the token of the session, too', async () => {
    const { send } = await askPanel();
    expect((await send('/logout', { form_token: 'guessed' })).statusCode).toBe(403);
    expect((await send('/logout', { form_token: '' })).statusCode).toBe(403);
  });

  test.each([
    [{ origin: 'https://panel.example', host: 'panel.example' }, true],
    [{ origin: 'https://evil.example', host: 'panel.example' }, false],
    [{ origin: 'null', host: 'panel.example' }, false],
    [{ host: 'panel.example' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://a.b', host: 'a.b' }, false],
  ] as const)('is known by Origin where a browser says no more: %o', (headers, expected) => {
    expect(isSameSite(headers)).toBe(expected);
  });
});

test.each([
  [undefined, '/'],
  ['/dead-letters?code=A#b', '/dead-letters?code=A'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
])('after the log-in %s leads to %s', (next, path) => {
  expect(safePath(next)).toBe(path);
});
