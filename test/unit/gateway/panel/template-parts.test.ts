import { describe, expect, test } from 'vitest';
import { askPanel } from './asked-panel.ts';
import { boris, draftForm, hostile, writtenTemplates } from './written-templates.ts';

const json = { accept: 'application/json' };
const text = (body: string) => [{ locale: 'ru', subject: null, body }];
const mail = (body: string) => [{ locale: 'ru', subject: 'Новое', body }];

/** A footer in two versions, the first of which is in a template; every word is hostile. */
async function busyParts(options: Parameters<typeof writtenTemplates>[0] = {}) {
  const written = writtenTemplates(options);
  const { templates, sharedParts } = written;
  const kind = { eventType: 'movieAdded', channel: 'email', locale: 'ru' } as const;
  await sharedParts.create(boris, 'footer', { channel: 'email', texts: text('<hr>') });
  await sharedParts.publish(boris, 'footer', { revision: 1, note: hostile });
  await templates.create(boris, 'one', {
    ...kind,
    texts: mail('<p>{{movie_title}}</p>{{> footer}}'),
  });
  await templates.publish(boris, 'one', { revision: 1, note: '' });
  await sharedParts.save(boris, 'footer', { revision: 2, texts: text('<p>Пока</p>') });
  await sharedParts.publish(boris, 'footer', { revision: 3, note: '' });
  await sharedParts.create(boris, 'frame', { channel: 'email', texts: text(hostile) });
  return written;
}

const paths = [
  '/template-parts',
  '/template-parts/new',
  '/template-parts/footer',
  '/template-parts/footer?language=de',
  '/template-parts/footer/versions',
  '/template-parts/frame',
  '/template-parts/frame/versions',
  '/templates/one?language=pt-BR',
];

test.each(['en', 'ru'])('in %s, every page shows hostile words as words', async (language) => {
  const { parts } = await busyParts();
  const { open } = await askPanel(parts);
  for (const path of paths) {
    const answer = await open(path, { 'accept-language': language });
    expect([path, answer.statusCode]).toEqual([path, 200]);
    expect(answer.body).toContain(`<html lang="${language}"`);
    expect(answer.body).not.toContain('<script>');
    expect(answer.body).not.toMatch(/ style=| on[a-z]+="|undefined|NaN|\[object/);
  }
});

test('without parts the list says what to do', async () => {
  const { open } = await askPanel();
  expect((await open('/template-parts')).body).toContain('No shared part yet');
});

describe('a part', () => {
  test('is begun, written, published, and has a history', async () => {
    const { parts } = writtenTemplates();
    const { send, open } = await askPanel(parts);
    const made = await send('/template-parts/new', { id: 'footer', channel: 'sms' });
    expect(made.headers.location).toBe('/template-parts/footer?done=created');
    const again = await send('/template-parts/new', { id: 'footer', channel: 'sms' });
    expect([again.statusCode, again.body]).toEqual([422, expect.stringContaining('already')]);
    const saved = await send('/template-parts/footer/draft', draftForm(1, text('Пока!')), json);
    expect(saved.json()).toMatchObject({ revision: 2 });
    const late = await send('/template-parts/footer/draft', draftForm(1, text('x')), json);
    expect(late.json()).toMatchObject({ conflict: { revision: 2 } });
    const done = await send('/template-parts/footer/publish', { revision: '2', note: 'Первая' });
    expect(done.headers.location).toBe('/template-parts/footer?done=published&count=1');
    expect((await open('/template-parts/footer/versions')).body).toContain('Первая');
    expect((await open('/template-parts/footer')).body).toContain('Пока!');
  });

  test.each(['', 'Footer', 'new', '../x'])('cannot be called %j', async (id) => {
    const { send } = await askPanel(writtenTemplates().parts);
    const answer = await send('/template-parts/new', { id, channel: 'sms' });
    expect(answer.statusCode).toBe(422);
  });

  test('says what is wrong and what it looks like, as one types', async () => {
    const { parts } = await busyParts();
    const { send } = await askPanel(parts);
    const form = { ...draftForm(4, text('\n{{ nope }}{{> footer}}')), shown: 'ru' };
    const answer = await send('/template-parts/footer/look', form, json);
    expect(answer.json().problems).toMatchObject([
      { from: { line: 2, column: 4 } },
      { message: 'A shared part leads back to itself: footer → footer.' },
    ]);
    const fine = { ...draftForm(4, text('Серия {{episode}}')), shown: 'ru' };
    const shown = await send('/template-parts/footer/look', fine, json);
    expect(shown.json().previewHtml).toContain('Серия 5');
  });

  test('that is used stays, and the archive asks for the name', async () => {
    const { parts } = await busyParts();
    const { send } = await askPanel(parts);
    const mistyped = await send('/template-parts/footer/archive', { typed_id: 'x' });
    expect(mistyped.statusCode).toBe(422);
    const used = await send('/template-parts/footer/archive', { typed_id: 'footer' });
    expect([used.statusCode, used.body]).toEqual([409, expect.stringContaining('mentioned')]);
    const free = await send('/template-parts/frame/archive', { typed_id: 'frame' });
    expect(free.headers.location).toContain('done=archived');
    const back = await send('/template-parts/frame/restore', {});
    expect(back.headers.location).toContain('done=restored');
    const gone = await send('/template-parts/frame/discard', { revision: '3' });
    expect(gone.headers.location).toBe('/template-parts');
  });
});

describe('templates with an older version', () => {
  test('are told of, and are published again by who types their number', async () => {
    const { parts, memory } = await busyParts();
    const { send, open } = await askPanel(parts);
    const { body } = await open('/template-parts/footer');
    expect(body).toMatch(/1\stemplate is published with an older version/);
    const wrong = await send('/template-parts/footer/renew', { count: '2' });
    expect([wrong.statusCode, wrong.body]).toEqual([409, expect.stringContaining('another one')]);
    const done = await send('/template-parts/footer/renew', { count: '1', note: 'Подвал' });
    expect(done.headers.location).toBe('/template-parts/footer?done=renewed&count=1');
    expect(memory.tables.templates.get('one')).toMatchObject({
      value: { version: 2, texts: mail('<p>{{movie_title}}</p><p>Пока</p>') },
    });
    expect((await open('/template-parts/footer')).body).not.toContain('older version');
    expect((await open('/templates/one')).body).toContain('{{&gt; footer}}');
  });

  test('that cannot be published are named, and who may not is not asked', async () => {
    const { parts, sharedParts } = await busyParts();
    await sharedParts.save(boris, 'footer', { revision: 4, texts: text('{{ season }}') });
    await sharedParts.publish(boris, 'footer', { revision: 5, note: '' });
    const { send } = await askPanel(parts);
    const answer = await send('/template-parts/footer/renew', { count: '1' });
    expect(answer.body).toContain('Not published, look at them: one.');
    const reader = await busyParts({ scopes: ['templates:read'] });
    const theirs = await askPanel(reader.parts);
    expect((await theirs.open('/template-parts/footer')).body).not.toContain('/renew');
    const tried = await theirs.send('/template-parts/footer/renew', { count: '1' });
    expect(tried.statusCode).toBe(403);
  });
});

test('the editor of a template completes the names of parts of its channel', async () => {
  const { parts, sharedParts } = await busyParts();
  const wraps = text('<b>{{> @partial-block}}</b>');
  await sharedParts.create(boris, 'box', { channel: 'email', texts: wraps });
  await sharedParts.publish(boris, 'box', { revision: 1, note: '' });
  const { open } = await askPanel(parts);
  const { body } = await open('/templates/one');
  expect(body).toContain('data-insert="{{&gt; footer}}"');
  expect(body).toContain('data-insert="{{#&gt; box}}…{{/box}}"');
  expect((await open('/templates/2')).body).not.toContain('{{&gt; footer}}');
});

test('a language can be added, and what is none is left out', async () => {
  const { parts } = await busyParts();
  const { open } = await askPanel(parts);
  expect((await open('/templates/one?language=pt-br')).body).toContain('data-locale="pt-BR"');
  const { body } = await open(`/templates/one?language=${encodeURIComponent(hostile)}`);
  expect(body.match(/data-locale=/g)).toHaveLength(2);
});
