import { describe, expect, test } from 'vitest';
import type { Person } from '../../../../gateway/templates/authored.ts';
import { stateOf } from '../../../../gateway/templates/authored.ts';
import type { Template } from '../../../../schemas/generated/records.ts';
import { topics } from '../../../../schemas/topics.ts';
import { tablesWith } from '../built-gateway.ts';
import { memoryTemplates, openMemoryTemplates } from '../memory-templates.ts';

const anna: Person = { kind: 'person', id: 'a', name: 'Анна' };
const ivan: Person = { kind: 'person', id: 'i', name: 'Иван' };

const textOf = (body: string) => [{ locale: 'ru', subject: null, body }];
const fresh = {
  eventType: 'episodeReleased',
  channel: 'sms',
  locale: 'ru',
  texts: textOf('{{movie_title}}: {{episode}}'),
} as const;
const upstreamRow: Template = {
  ...fresh,
  id: 't1',
  version: 4,
  texts: textOf('{{movie_title}}'),
  params: ['movie_title'],
};

function opened(options: { published?: readonly Template[]; fourEyes?: boolean } = {}) {
  const memory = memoryTemplates(options.published ?? []);
  let nowMs = Date.parse('2026-03-01T10:00:00Z');
  const templates = openMemoryTemplates({
    memory,
    tables: tablesWith(memory),
    fourEyes: options.fourEyes ?? false,
    nowMs: () => (nowMs += 60_000),
  });
  const state = () => {
    const found = templates.find('t1');
    return found.ok ? stateOf(found.value) : found.problem;
  };
  const published = () => memory.tables.templates.get('t1');
  /** Topic and key of each record of the last change. */
  const lastChange = () =>
    memory.changes.at(-1)?.map(({ topic, key, value }) => {
      return `${topic.name} ${topic === topics.audit ? '' : key}${value === null ? ' gone' : ''}`;
    });
  return { memory, templates, state, published, lastChange };
}

describe('a template from its beginning', () => {
  test('is a draft, is published, and is changed', async () => {
    const { templates, state, published, lastChange } = opened();
    const created = await templates.create(anna, 't1', fresh);
    expect(created).toMatchObject({ ok: true, value: { head: { revision: 1, state: 'open' } } });
    expect(state()).toBe('draft');
    expect(published()).toBeUndefined();

    const done = await templates.publish(ivan, 't1', { revision: 1, note: 'Первая' });
    expect(done).toMatchObject({
      ok: true,
      value: {
        head: { revision: 2, state: 'ended', texts: [], lastVersion: 1 },
        version: {
          version: 1,
          kind: 'published',
          previousVersion: null,
          texts: fresh.texts,
          params: ['movie_title', 'episode'],
          note: 'Первая',
          authorName: 'Анна',
          publisherName: 'Иван',
        },
      },
    });
    expect(lastChange()).toEqual([
      'template-versions t1:1',
      'templates t1',
      'template-drafts t1',
      'audit ',
    ]);
    expect(published()).toMatchObject({
      value: { ...fresh, id: 't1', version: 1, params: ['movie_title', 'episode'] },
    });
    expect(state()).toBe('published');

    const next = { revision: 2, locale: 'ru', texts: textOf('Новое: {{movie_title}}') };
    await templates.save(anna, 't1', next);
    expect(state()).toBe('changed');
    await templates.publish(anna, 't1', { revision: 3, note: '' });
    expect(published()).toMatchObject({ value: { version: 2, texts: next.texts } });
    const history = templates.versions('t1', 10);
    expect(history).toMatchObject({ ok: true, value: [{ version: 2 }, { version: 1 }] });
  });

  test('is there once', async () => {
    const { templates } = opened({ published: [upstreamRow] });
    const again = await templates.create(anna, 't1', fresh);
    expect(again).toMatchObject({ ok: false, problem: { status: 409 } });
  });

  test('leaves only its revision behind when it is discarded', async () => {
    const { templates, state } = opened();
    await templates.create(anna, 't1', fresh);
    await templates.discard(anna, 't1', { revision: 1 });
    expect(state()).toBeNull();
    const again = await templates.create(ivan, 't1', fresh);
    expect(again).toMatchObject({ ok: true, value: { head: { revision: 3 } } });
  });
});

describe('two people', () => {
  test('the second to save is told who was faster, and nothing is lost', async () => {
    const { templates } = opened();
    await templates.create(anna, 't1', fresh);
    const input = { revision: 1, locale: 'ru', texts: textOf('раз') };
    await templates.save(ivan, 't1', input);
    expect(await templates.save(anna, 't1', { ...input, texts: textOf('два') })).toMatchObject({
      ok: false,
      problem: {
        status: 409,
        detail: 'Иван saved revision 2 meanwhile. Read it again, and then decide.',
        members: { conflict: { by: 'Иван', revision: 2, at: expect.stringMatching(/^2026/) } },
      },
    });
    expect(templates.find('t1')).toMatchObject({ value: { head: { texts: textOf('раз') } } });
  });

  test('the second to publish is told who published', async () => {
    const { templates } = opened();
    await templates.create(anna, 't1', fresh);
    await templates.publish(ivan, 't1', { revision: 1, note: '' });
    expect(await templates.publish(anna, 't1', { revision: 1, note: '' })).toMatchObject({
      ok: false,
      problem: {
        status: 409,
        detail: 'Иван published version 1 meanwhile. Read it again, and then decide.',
      },
    });
  });

  test('with four eyes the author does not publish, and somebody else does', async () => {
    const { templates } = opened({ fourEyes: true });
    await templates.create(anna, 't1', fresh);
    const input = { revision: 1, note: '' };
    expect(await templates.publish(anna, 't1', input)).toMatchObject({ problem: { status: 403 } });
    const namesake = { ...anna, kind: 'key' } as const;
    expect(await templates.publish(namesake, 't1', input)).toMatchObject({ ok: true });
  });
});

describe('what is wrong', () => {
  test('can be saved and not be published', async () => {
    const { templates, published } = opened();
    await templates.create(anna, 't1', { ...fresh, texts: textOf('{{ movie_titel }}') });
    expect(await templates.publish(anna, 't1', { revision: 1, note: '' })).toMatchObject({
      ok: false,
      problem: {
        status: 422,
        members: { problems: [{ code: 'misspeltName', line: 1, column: 4, end_column: 15 }] },
      },
    });
    expect(published()).toBeUndefined();
    const checked = await templates.check('t1', { kind: 'draft' });
    expect(checked).toMatchObject({ value: [{ code: 'misspeltName' }] });
  });

  test.each([
    ['check', 404],
    ['publish', 404],
  ] as const)('%s without a draft: %d', async (action, status) => {
    const { templates } = opened({ published: [upstreamRow] });
    const done =
      action === 'check'
        ? await templates.check('t1', { kind: 'draft' })
        : await templates.publish(anna, 't1', { revision: 0, note: '' });
    expect(done).toMatchObject({ ok: false, problem: { status } });
  });

  test('a template that nobody knows', async () => {
    const { templates } = opened();
    const input = { revision: 0, locale: 'ru', texts: [] };
    const missing = { ok: false, problem: { status: 404 } };
    expect(await templates.save(anna, 't1', input)).toMatchObject(missing);
    expect(await templates.rollBack(anna, 't1', { version: 1, note: '' })).toMatchObject(missing);
    expect(await templates.archive(anna, 't1', { note: '' })).toMatchObject(missing);
    expect(templates.versions('t1', 1)).toMatchObject(missing);
    expect(templates.version('t1', 1)).toMatchObject(missing);
  });
});

describe('a template that another service wrote', () => {
  test('becomes a step of the history when it is replaced, and can be rolled back to', async () => {
    const { templates, published, lastChange } = opened({ published: [upstreamRow] });
    await templates.save(anna, 't1', { revision: 0, locale: 'ru', texts: textOf('Наше') });
    await templates.publish(anna, 't1', { revision: 1, note: '' });
    expect(lastChange()?.slice(0, 2)).toEqual(['template-versions t1:4', 'template-versions t1:5']);
    expect(templates.versions('t1', 10)).toMatchObject({
      value: [
        { version: 5, previousVersion: 4 },
        { version: 4, kind: 'adopted', publisherId: 'upstream', texts: upstreamRow.texts },
      ],
    });
    await templates.rollBack(ivan, 't1', { version: 4, note: 'Рано' });
    expect(published()).toMatchObject({ value: { version: 6, texts: upstreamRow.texts } });
    expect(templates.version('t1', 6)).toMatchObject({
      value: { kind: 'rolledBack', sourceVersion: 4, authorId: 'upstream', publisherName: 'Иван' },
    });
  });

  test('that it writes again is a step too, and is not written over', async () => {
    const { templates, memory } = opened({ published: [upstreamRow] });
    await templates.save(anna, 't1', { revision: 0, locale: 'ru', texts: textOf('Наше') });
    await templates.publish(anna, 't1', { revision: 1, note: '' });
    memory.put(topics.templates, 't1', { ...upstreamRow, version: 9 });
    await templates.rollBack(anna, 't1', { version: 5, note: '' });
    const history = templates.versions('t1', 10);
    expect(history).toMatchObject({
      value: [{ version: 10 }, { version: 9, kind: 'adopted' }, { version: 5 }, { version: 4 }],
    });
  });
});

describe('rolling back', () => {
  test('lets an open draft go on', async () => {
    const { templates, state } = opened();
    await templates.create(anna, 't1', fresh);
    await templates.publish(anna, 't1', { revision: 1, note: '' });
    await templates.save(anna, 't1', { revision: 2, locale: 'ru', texts: textOf('Далее') });
    await templates.rollBack(ivan, 't1', { version: 1, note: '' });
    expect(state()).toBe('changed');
    const head = { revision: 3, texts: textOf('Далее'), lastVersion: 2, authorName: 'Анна' };
    expect(templates.find('t1')).toMatchObject({ value: { head } });
  });
});

describe('archiving', () => {
  test('takes the row away, keeps the history, and can be undone', async () => {
    const { templates, state, published, lastChange } = opened();
    await templates.create(anna, 't1', fresh);
    await templates.publish(anna, 't1', { revision: 1, note: '' });
    await templates.archive(ivan, 't1', { note: 'Не нужен' });
    expect(lastChange()).toContain('templates t1 gone');
    expect(state()).toBe('archived');
    expect(published()).toBeUndefined();
    const archived = { ok: false, problem: { status: 409 } };
    const draft = { revision: 3, locale: 'ru', texts: [] };
    expect(await templates.save(anna, 't1', draft)).toMatchObject(archived);
    expect(await templates.archive(anna, 't1', { note: '' })).toMatchObject(archived);
    expect(await templates.rollBack(anna, 't1', { version: 1, note: '' })).toMatchObject(archived);
    expect(await templates.create(anna, 't1', fresh)).toMatchObject(archived);

    await templates.restore(anna, 't1', { version: null, note: 'Нужен' });
    expect(published()).toMatchObject({ value: { version: 3, texts: fresh.texts } });
    expect(templates.versions('t1', 10)).toMatchObject({
      value: [
        { version: 3, kind: 'restored', sourceVersion: 2 },
        { version: 2, kind: 'archived', note: 'Не нужен', texts: fresh.texts },
        { version: 1 },
      ],
    });
  });

  test('of a draft that was never published keeps its texts', async () => {
    const { templates, state } = opened();
    await templates.create(anna, 't1', fresh);
    await templates.archive(anna, 't1', { note: '' });
    expect(state()).toBe('archived');
    await templates.restore(anna, 't1', { version: null, note: '' });
    expect(templates.find('t1')).toMatchObject({
      value: { head: { state: 'open', texts: fresh.texts, revision: 3 } },
    });
    const again = await templates.restore(anna, 't1', { version: null, note: '' });
    expect(again).toMatchObject({ problem: { status: 409 } });
  });
});
