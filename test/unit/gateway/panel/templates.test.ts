import { describe, expect, test } from 'vitest';
import { sessionCookieName } from '../../../../gateway/credentials/sessions.ts';
import type { Identity } from '../../../../gateway/http/identity.ts';
import { askPanel, nobody } from './asked-panel.ts';
import { panelParts, viewer } from './panel-parts.ts';
import { boris, draftForm, hostile, russian, writtenTemplates } from './written-templates.ts';

const json = { accept: 'application/json' };
const draft = draftForm(0, russian('Новое', '<p>{{ movie_title }}</p>\r\n<p>Два</p>'));

/** A template with every kind of step, written by somebody whose every word is hostile. */
async function busyTemplates() {
  const written = writtenTemplates();
  const { templates } = written;
  const texts = russian(hostile, `<p>${hostile}</p>`);
  const kind = { eventType: 'movieAdded', channel: 'email' } as const;
  await templates.create(boris, 'new-movie', { ...kind, locale: 'ru', texts });
  const fine = russian('{{ movie_title }}', '<p>{{ movie_title }}</p>');
  await templates.save(boris, 'new-movie', { revision: 1, locale: 'ru', texts: fine });
  await templates.publish(boris, 'new-movie', { revision: 2, note: hostile });
  const more = russian('{{ movie_title }}!', '<p>{{ movie_title }}, {{ movie_year }}</p>');
  await templates.save(boris, 'new-movie', { revision: 3, locale: 'ru', texts: more });
  await templates.publish(boris, 'new-movie', { revision: 4, note: '' });
  await templates.rollBack(boris, 'new-movie', { version: 1, note: hostile });
  await templates.save(boris, 'new-movie', { revision: 5, locale: 'ru', texts });
  await templates.archive(boris, '3', { note: hostile });
  await templates.create(boris, hostile, { ...kind, channel: 'messenger', locale: 'ru', texts });
  return written;
}

const paths = [
  '/templates',
  '/templates?state=archived',
  '/templates?event=commentReplied',
  '/templates/new',
  '/templates/new-movie?conditions=on&user_id=1&movie_id=1',
  `/templates/${encodeURIComponent(hostile)}?user_id=${encodeURIComponent(hostile)}`,
  '/templates/1',
  '/templates/2',
  '/templates/3',
  '/templates/new-movie/versions',
  '/templates/1/versions',
  '/templates/new-movie/versions/1',
  '/templates/new-movie/versions/3',
  '/templates/new-movie/diff',
  '/templates/new-movie/diff?from=1&to=2',
];

test.each(['en', 'ru'])('in %s, every page shows hostile words as words', async (language) => {
  const { parts } = await busyTemplates();
  const { open } = await askPanel(parts);
  for (const path of paths) {
    const answer = await open(path, { 'accept-language': language });
    expect([path, answer.statusCode]).toEqual([path, 200]);
    expect(answer.body).toContain(`<html lang="${language}"`);
    expect(answer.body).not.toContain('<script>');
    expect(answer.body).not.toMatch(/ style=| on[a-z]+="|undefined|NaN|\[object/);
  }
});

test('without templates the list says what to do', async () => {
  const { open } = await askPanel();
  expect((await open('/templates')).body).toContain('No template yet');
});

describe('who may do what', () => {
  const reader = ['templates:read'] as const;
  const writer = [...reader, 'templates:write'] as const;

  test('nobody without a log-in', async () => {
    const { open } = await askPanel(writtenTemplates().parts);
    expect((await open('/templates/1', nobody)).headers.location).toContain('/login?next=');
  });

  const publishing = ['/publish', '/archive', '/restore', '/rollback'];

  test.each([
    [reader, 'templates:write', ['/draft', '/discard']],
    [reader, 'templates:publish', publishing],
    [writer, 'templates:publish', publishing],
  ] as const)('%o lack %s', async (given, lacking, actions) => {
    const { parts, memory } = writtenTemplates({ scopes: given });
    const { send } = await askPanel(parts);
    for (const action of actions) {
      const answer = await send(`/templates/1${action}`, { ...draft, typed_id: '1', version: '4' });
      expect([action, answer.statusCode]).toEqual([action, 403]);
      expect(answer.body).toContain(lacking);
    }
    expect(memory.changes).toEqual([]);
  });

  test('a reader sees no button that changes anything', async () => {
    const { parts } = writtenTemplates({ scopes: reader });
    const { open } = await askPanel(parts);
    const { body } = await open('/templates/1');
    expect(body).toContain('You may read it');
    expect(body).not.toMatch(/action="[^"]*\/(publish|archive|discard|restore)"/);
    expect(body).toMatch(/<textarea[^>]* readonly>/);
    expect((await open('/templates/new')).statusCode).toBe(403);
  });

  test('no other site may POST anything, nor a form without the token', async () => {
    const { parts, memory } = writtenTemplates();
    const { send } = await askPanel(parts);
    for (const action of ['/draft', '/look', '/discard', ...publishing]) {
      const url = `/templates/1${action}`;
      const crossSite = { 'sec-fetch-site': 'cross-site' };
      expect((await send(url, draft, crossSite)).statusCode).toBe(403);
      expect((await send(url, { ...draft, form_token: 'guess' })).statusCode).toBe(403);
    }
    expect(memory.changes).toEqual([]);
  });
});

describe('a draft', () => {
  test('is begun with a few words that could be published', async () => {
    const { parts, templates } = writtenTemplates();
    const { send } = await askPanel(parts);
    const form = { id: 'hello', event: 'commentReplied', channel: 'messenger' };
    const answer = await send('/templates/new', form);
    expect(answer.headers.location).toBe('/templates/hello?done=created');
    expect(await templates.check('hello', { kind: 'draft' })).toEqual({ ok: true, value: [] });
  });

  test('is not begun under a name that is none, or is taken', async () => {
    const { parts, memory } = writtenTemplates();
    const { send } = await askPanel(parts);
    for (const [id, event, text] of [
      ['', 'movieAdded', 'A name has 1 to 100'],
      ['../etc', 'movieAdded', 'A name has 1 to 100'],
      ['new', 'movieAdded', 'A name has 1 to 100'],
      ['x', '__proto__', 'A name has 1 to 100'],
      ['1', 'movieAdded', 'There is a template of this name'],
    ] as const) {
      const answer = await send('/templates/new', { id, event, channel: 'sms' });
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toContain(text);
    }
    expect(memory.changes).toEqual([]);
  });

  test('is saved by the button, with lines as they are everywhere', async () => {
    const { parts, templates } = writtenTemplates();
    const { send } = await askPanel(parts);
    const answer = await send('/templates/1/draft', { ...draft, movie_id: '1' });
    expect(answer.headers.location).toBe('/templates/1?done=saved&movie_id=1');
    const found = templates.find('1');
    expect(found).toMatchObject({
      value: { head: { revision: 1, texts: [{ body: '<p>{{ movie_title }}</p>\n<p>Два</p>' }] } },
    });
  });

  test('is saved by the script, which learns the revision', async () => {
    const { parts } = writtenTemplates();
    const { send } = await askPanel(parts);
    const answer = await send('/templates/1/draft', draft, json);
    expect(answer.json()).toMatchObject({ revision: 1, by: viewer.name });
  });

  test('of two editors is not lost: the slower one is told, and keeps the text', async () => {
    const { parts, templates } = writtenTemplates();
    const { send, open } = await askPanel(parts);
    const texts = russian('Чужое', '<p>Чужое</p>');
    await templates.save(boris, '1', { revision: 0, locale: 'ru', texts });
    const told = await send('/templates/1/draft', draft, json);
    expect(told.statusCode).toBe(409);
    expect(told.json()).toMatchObject({ conflict: { revision: 1 } });
    const head = await open('/templates/1/head', json);
    expect(head.json()).toMatchObject({ revision: 1 });
    const page = await send('/templates/1/draft', draft);
    expect(page.statusCode).toBe(409);
    expect(page.body).toContain('saved the draft meanwhile');
    expect(page.body).toContain('&lt;p&gt;Два&lt;/p&gt;');
    expect(page.body).toContain('name="revision" value="1"');
  });

  test('that two have open: each is told of the other', async () => {
    const { parts } = writtenTemplates();
    const usual = panelParts();
    const people: Readonly<Record<string, Identity>> = { vera: viewer, boris };
    const sessions = {
      ...usual.sessions,
      personOf: async (token: string) => people[token] ?? null,
    };
    const { open } = await askPanel({ ...parts, sessions });
    const headFor = async (token: string, id = '1') => {
      const cookie = `${sessionCookieName}=${token}`;
      return (await open(`/templates/${id}/head`, { ...json, cookie })).json();
    };
    expect(await headFor('vera')).toMatchObject({ others: '' });
    expect(await headFor('boris', '2')).toMatchObject({ others: '' });
    expect(await headFor('boris')).toMatchObject({ others: `Also open here: ${viewer.name}.` });
    expect(await headFor('vera')).toMatchObject({ others: `Also open here: ${boris.name}.` });
  });

  test('that is too long is not saved', async () => {
    const { parts, memory } = writtenTemplates();
    const { send } = await askPanel(parts);
    const long = draftForm(0, russian('Новое', 'ы'.repeat(100_001)));
    const answer = await send('/templates/1/draft', long);
    expect(answer.statusCode).toBe(413);
    expect(answer.body).toContain('A text is too long');
    expect(memory.changes).toEqual([]);
  });

  test('of nothing that is there is a page that says so', async () => {
    const { send, open } = await askPanel(writtenTemplates().parts);
    expect((await open('/templates/nope')).statusCode).toBe(404);
    expect((await open('/templates/nope/versions')).statusCode).toBe(404);
    expect((await open('/templates/1/versions/9')).statusCode).toBe(404);
    expect((await send('/templates/nope/draft', draft)).statusCode).toBe(404);
  });
});

describe('as one types', () => {
  test('problems come with their place, and a preview with what it costs', async () => {
    const { parts } = writtenTemplates();
    const { send } = await askPanel(parts);
    const body = '<p>{{ movie_titel }}</p>\n{{#if movie_year}}{{ movie_year }}{{/if}}';
    const form = draftForm(0, russian('Новое', body));
    const look = await send('/templates/1/look', { ...form, shown: 'ru' }, json);
    const { problems, problemsHtml, previewHtml } = look.json();
    expect(problems[0]).toMatchObject({ locale: 'ru', part: 'body', from: { line: 1 } });
    expect(problemsHtml).toContain('movie_title');
    expect(previewHtml).toContain('about ten times as slowly');
  });

  test('each condition is shown with and without', async () => {
    const { parts } = writtenTemplates();
    const { send } = await askPanel(parts);
    const form = draftForm(0, russian('Новое', '<p>{{#if movie_year}}год{{/if}}.</p>'));
    const look = await send('/templates/1/look', { ...form, conditions: 'on', shown: 'ru' }, json);
    expect(look.json().previewHtml).toContain('Without “movie_year”');
  });

  test('what the event would bring is made up, or typed', async () => {
    const { parts, templates } = writtenTemplates();
    const texts = russian('Серия {{ episode }}', '<p>{{ movie_title }}, сезон {{ season }}</p>');
    const kind = { eventType: 'episodeReleased', channel: 'email', locale: 'ru', texts } as const;
    await templates.create(boris, 'serial', kind);
    const { open, send } = await askPanel(parts);
    const page = await open('/templates/serial?value_season=7');
    expect(page.body).toMatch(/name="value_season" value="7"[^>]*placeholder="2"/);
    expect(page.body).toContain('Место встречи изменить нельзя, сезон 7');
    const typed = {
      ...draftForm(1, texts),
      shown: 'ru',
      value_season: '31',
      value_constructor: 'x',
    };
    const look = await send('/templates/serial/look', typed, json);
    expect(look.json().previewHtml).toContain('сезон 31');
    expect(look.json().previewHtml).toContain('Серия 5');
    const draftOf = { ...draftForm(1, texts), value_season: '31' };
    const saved = await send('/templates/serial/draft', draftOf);
    expect(saved.headers.location).toContain('value_season=31');
  });

  test('an SMS says why a letter costs', async () => {
    const { parts } = writtenTemplates();
    const { open } = await askPanel(parts);
    const { body } = await open('/templates/2');
    expect(body).toContain('UCS-2');
    expect(body).toContain('Cyrillic');
  });

  test('a preview is shut in', async () => {
    const { send, open } = await askPanel(writtenTemplates().parts);
    const html = '<script>alert(1)</script>';
    const { headers, body } = await send('/templates/frame', { look: 'mail', html });
    expect(headers['content-security-policy']).toBe(
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; " +
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    );
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    expect(body).toContain(html);
    const page = await open('/templates/1');
    expect(page.body).toContain('<iframe sandbox name="frame-0"');
  });
});

test('the modules of the editor know each other by path', async () => {
  const { open } = await askPanel();
  const { body } = await open('/login', nobody);
  const [, assets] = /href="(\/assets\/[^/]+)\/tokens.css"/.exec(body) ?? [];
  const view = await open(`${assets}/vendor/codemirror-view.js`, nobody);
  expect(view.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(view.headers['cache-control']).toContain('immutable');
  const named = [...view.body.matchAll(/^import .* from '([^']+)';$/gm)].map(([, name]) => name);
  expect(named).toContain('./codemirror-state.js');
  for (const name of named) {
    expect((await open(`${assets}/vendor/${name?.slice(2)}`, nobody)).statusCode).toBe(200);
  }
});
