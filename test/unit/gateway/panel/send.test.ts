import { describe, expect, test } from 'vitest';
import { scopesOf } from '../../../../gateway/credentials/roles.ts';
import { isWanted } from '../../../../gateway/read/movie-search.ts';
import { tables, templates } from '../built-gateway.ts';
import { nobody } from './asked-panel.ts';
import { confirmed, hostile, key, openPanel, toThree } from './opened-sending.ts';
import { viewer } from './panel-parts.ts';

describe('who may send', () => {
  test.each(['/send', '/send/announced'])('%s leads nobody to the log-in', async (path) => {
    const { open } = await openPanel();
    const answer = await open(path, nobody);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`/login?next=${encodeURIComponent(path)}`);
  });

  test('who may only read learns what lacks, and sends nothing', async () => {
    const { open, send, records } = await openPanel({
      ...viewer,
      scopes: scopesOf('viewer'),
    });
    expect((await open('/send')).body).toContain('notifications:write');
    for (const path of ['/send', '/send/look', '/send/now', '/send/count']) {
      expect([path, (await send(path, confirmed)).statusCode]).toEqual([path, 403]);
    }
    expect((await open('/')).body).not.toContain('href="/send"');
    expect(records).toEqual([]);
  });

  test('a form of another site or another session sends nothing', async () => {
    const { send, records } = await openPanel();
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    expect((await send('/send/now', confirmed, elsewhere)).statusCode).toBe(403);
    const forged = { ...confirmed, form_token: 'forged' };
    expect((await send('/send/now', forged)).statusCode).toBe(403);
    expect(records).toEqual([]);
  });
});

describe('the first two steps', () => {
  test('a form that is opened has a key of its own', async () => {
    const { open } = await openPanel();
    const keyIn = (body: string) => /name="key" value="([^"]+)"/.exec(body)?.[1];
    const [one, other] = [await open('/send'), await open('/send')];
    expect(keyIn(one.body)).toMatch(/^[0-9a-f-]{36}$/);
    expect(keyIn(one.body)).not.toBe(keyIn(other.body));
    expect(one.headers['cache-control']).toBe('private, no-cache');
  });

  test('a way back from the look loses nothing', async () => {
    const { send } = await openPanel();
    const { body } = await send('/send', {
      ...toThree,
      kind: 'announcement',
      channels: 'sms',
      body_ru: 'Первая\r\nвторая',
      genre: 'драма',
    });
    expect(body).toContain('name="kind" value="announcement" checked');
    expect(body).toContain('name="channels" value="sms" checked');
    expect(body).toContain('Первая\nвторая</textarea>');
    expect(body).toContain('1\n2\n3\n404</textarea>');
    expect(body).toContain('name="about_id" value="1" checked');
    expect(body).toContain(`name="key" value="${key}"`);
  });

  test('the count is exact, and says which lines name nobody', async () => {
    const { send } = await openPanel();
    const listed = await send('/send/count', {
      who: 'listed',
      ids: 'user_id\n1\n1\n2\n404\n\u0007',
    });
    expect(listed.body).toContain('<b>2</b> people');
    expect(listed.body).toContain('Line 5: nobody has the id “404”');
    expect(listed.body).toContain('Line 6: this can be no id');
    const all = await send('/send/count', { who: 'all' });
    expect(all.body).toContain('<b>3</b> people');
    const followers = await send('/send/count', { who: 'movie', followed_id: '1' });
    expect(followers.body).toContain('<b>3</b> people');
    const none = await send('/send/count', { who: 'genre', genre: 'комедия' });
    expect(none.body).toContain('<b>0</b> people');
  });

  test('movies are found by a part of the title', async () => {
    const { send } = await openPanel();
    const found = await send('/send/movies/followed', { followed_search: 'БРА' });
    expect(found.body).toContain('name="followed_id" value="1"');
    const none = await send('/send/movies/followed', { followed_search: 'сестра' });
    expect(none.body).toContain('No movie is called like that.');
    expect((await send('/send/movies/other', {})).statusCode).toBe(400);
  });

  test.each([
    ['Ёлки', 'елки'],
    ['Амели', 'АМЕЛИ'],
    ['Léon', 'leon'],
  ])('%s is found as %s', (title, wanted) => {
    const movie = { id: '9', title, englishTitle: null, genres: [], year: 1, description: null };
    expect(isWanted(movie, wanted)).toBe(true);
    expect(isWanted(movie, `${wanted}!`)).toBe(false);
  });

  test.each([
    ['no template', { ...toThree, template_id: '' }, 'Choose a template.'],
    ['no movie', { ...toThree, about_id: '' }, 'This template speaks of a movie'],
    ['nobody', { ...toThree, ids: ' ' }, 'Name at least one person.'],
    ['a wrong line', { ...toThree, ids: '1\n"2' }, 'Line 2: a quote is opened'],
    ['no movie to follow', { ...toThree, who: 'movie' }, 'whose followers get it'],
    ['no genre', { ...toThree, who: 'genre' }, 'Name a genre.'],
    ['no channel', { ...toThree, kind: 'announcement', body_en: 'x' }, 'at least one channel'],
    [
      'no subject of a mail',
      { ...toThree, kind: 'announcement', channels: 'email', body_en: 'x' },
      'English, line 1, character 1. An e-mail must have a subject.',
    ],
    [
      'a loop in an announcement',
      { ...toThree, kind: 'announcement', channels: 'sms', body_en: '{{#each a}}{{/each}}' },
      'English, line 1, character 4.',
    ],
    ['an unknown movie', { ...toThree, about_id: '404' }, 'There is no movie 404.'],
  ])('%s is told in words, and nothing is lost', async (_, form, text) => {
    const { send, records } = await openPanel();
    const answer = await send('/send/look', form);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(text);
    expect(answer.body).toContain(`name="key" value="${key}"`);
    expect(records).toEqual([]);
  });
});

describe('the look', () => {
  test('says how many get it, who not and why, what they read and how long it takes', async () => {
    const { send, records } = await openPanel();
    const { statusCode, body } = await send('/send/look', toThree);
    expect(statusCode).toBe(200);
    expect(body).toContain('<b>2</b> people get it');
    expect(body).toContain('<b>1</b> <span>nobody has this id</span>');
    expect(body).toContain('<b>1</b> <span>chose it, and left no address</span>');
    expect(body).toContain('Уважаемый Анна Каренина');
    expect(body).toContain('Takes less than a minute');
    expect(body).toContain('EMAIL_PER_SECOND');
    expect(body).toContain('type how many go out: <b>2</b>');
    expect(records).toEqual([]);
  });

  test('shows samples in frames that may do nothing, and no name as markup', async () => {
    const { send } = await openPanel();
    const { body, headers } = await send('/send/look', toThree);
    expect(body).toContain('<iframe sandbox name="sample-email-0"');
    expect(body).not.toContain('<script>');
    // The name is escaped by the rules of mails, and once more within the page.
    expect(body).toContain('&amp;lt;script');
    expect(headers['content-security-policy']).toContain("script-src 'self'; style-src 'self';");
    const shown = await send('/send/frame', { look: 'mail', html: '<p>Dear reader</p>' });
    expect(shown.body).toContain('<p>Dear reader</p>');
    expect(shown.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('of an SMS it counts the parts', async () => {
    const { send } = await openPanel();
    const { body } = await send('/send/look', { ...toThree, template_id: '2' });
    expect(body).toContain('<b>1\u00a0part</b>');
    expect(body).toContain(' 1\u00a0part to pay for.');
    expect(body).toContain('UCS-2');
    expect(body).toContain('SMS_PER_SECOND');
  });

  test('what is published can be tried at an address first', async () => {
    const { send, records } = await openPanel();
    const wrong = await send('/send/test', { ...toThree, address: `${hostile}@x` });
    expect(wrong.body).toContain('This is no address: write it as name@example.com.');
    expect(wrong.body).not.toContain('<script>');
    expect(records).toEqual([]);
    const sent = await send('/send/test', { ...toThree, address: 'vera@example.com' });
    expect(sent.body).toContain('The test is on its way to vera@example.com.');
    expect(records.map(({ value }) => value)).toMatchObject([
      { address: 'vera@example.com', test: true, subject: expect.stringContaining('[Test]') },
      { action: 'template.tested', actorId: viewer.id },
    ]);
  });

  test('an announcement can be tried on each of its channels', async () => {
    const scopes = new Set(['notifications:write'] as const);
    const { send, records } = await openPanel({ ...viewer, scopes });
    const said: [string, string][] = [
      ...Object.entries({ key, kind: 'announcement', who: 'listed', ids: '1' }),
      ...Object.entries({ subject_en: 'Now', body_en: 'Dear {{ user_full_name }}' }),
      ['channels', 'email'],
      ['channels', 'sms'],
    ];
    const looked = await send('/send/look', said);
    expect(looked.body).toContain('<option value="sms">');
    const at = Object.entries({ address: '+79160000001', try_channel: 'sms' });
    const sent = await send('/send/test', [...said, ...at]);
    expect(sent.body).toContain('The test is on its way to +79160000001.');
    expect(sent.body).toContain('<option value="sms" selected>');
    expect(records.map(({ value }) => value)).toMatchObject([
      { address: '+79160000001', channel: 'sms', body: '[Test] Dear Anna Karenina' },
      { action: 'announcement.tested' },
    ]);
  });

  test('who may not write templates tries none', async () => {
    const scopes = new Set(['notifications:write', 'people:read'] as const);
    const { send, records } = await openPanel({ ...viewer, scopes });
    expect((await send('/send/look', toThree)).body).not.toContain('action="/send/test"');
    const answer = await send('/send/test', { ...toThree, address: 'vera@example.com' });
    expect(answer.statusCode).toBe(403);
    expect(records).toEqual([]);
  });

  test('when nobody would get it, there is nothing to confirm', async () => {
    const { send } = await openPanel();
    const { body } = await send('/send/look', { ...toThree, ids: '2' });
    expect(body).toContain('Nobody would get it');
    expect(body).not.toContain('name="typed"');
  });

  test('who may not read people sees no samples', async () => {
    const scopes = new Set(['notifications:write'] as const);
    const { send } = await openPanel({ ...viewer, scopes });
    const { body } = await send('/send/look', toThree);
    expect(body).toContain('there are no samples');
    expect(body).not.toContain('Анна Каренина');
  });
});

test('titles and texts of records are never markup', async () => {
  const row = <V extends { readonly id: string }>(value: V) => ({
    key: value.id,
    value,
    offset: 0,
  });
  const movie = {
    id: '1',
    title: hostile,
    englishTitle: null,
    genres: [hostile],
    year: 1997,
    description: hostile,
  };
  const [template] = templates;
  const text = { locale: 'ru', subject: hostile, body: 'x' };
  const rows = {
    ...tables,
    movies: { ...tables.movies, get: () => row(movie), rows: () => [row(movie)] },
    templates: {
      ...tables.templates,
      rows: () =>
        template ? [row({ ...template, texts: [text, { ...text, subject: 'x<i>' }] })] : [],
    },
  };
  const { open, send } = await openPanel(viewer, rows);
  const page = await open('/send');
  expect(page.body).toContain('&lt;script&gt;');
  expect(page.body).not.toContain('<script>');
  const echoed = await send('/send', {
    kind: hostile,
    template_id: hostile,
    subject_ru: hostile,
    body_ru: hostile,
    about_search: hostile,
    who: 'genre',
    ids: hostile,
    genre: hostile,
    key: hostile,
  });
  expect(echoed.statusCode).toBe(200);
  expect(echoed.body).not.toContain('<script>');
  const count = await send('/send/count', { ids: `${hostile}\n1` });
  expect(count.body).not.toContain('<script>');
});
