import { describe, expect, test } from 'vitest';
import { renewUsers } from '../../../gateway/parts/renew-users.ts';
import type { Person } from '../../../gateway/templates/authored.ts';
import { topics } from '../../../schemas/topics.ts';
import { tablesWith } from './built-gateway.ts';
import { memoryTemplates, openMemoryParts, openMemoryTemplates } from './memory-templates.ts';

const anna: Person = { kind: 'person', id: 'a', name: 'Анна' };
const ivan: Person = { kind: 'person', id: 'i', name: 'Иван' };

const textOf = (body: string, subject: string | null = null) => [{ locale: 'ru', subject, body }];
const footer = { channel: 'sms', texts: textOf('Ваш «Вестник»') } as const;
const movieSms = {
  eventType: 'movieAdded',
  channel: 'sms',
  locale: 'ru',
  texts: textOf('{{movie_title}}. {{> footer}}'),
} as const;

function opened(options: { readonly fourEyes?: boolean } = {}) {
  const memory = memoryTemplates();
  let nowMs = Date.parse('2026-03-01T10:00:00Z');
  const given = {
    memory,
    tables: tablesWith(memory),
    fourEyes: options.fourEyes ?? false,
    nowMs: () => (nowMs += 60_000),
  };
  const parts = openMemoryParts(given);
  const templates = openMemoryTemplates(given);
  const published = (id: string) => memory.tables.templates.get(id);
  const revisionOf = (id: string) => {
    const found = parts.find(id);
    return found.ok ? (found.value.head?.revision ?? 0) : 0;
  };
  /** Publishes what somebody wrote, so that it is there. */
  const publishPart = async (id: string, body: string, by = anna) => {
    const made = await parts.create(anna, id, { channel: 'sms', texts: textOf(body) });
    if (!made.ok) await parts.save(anna, id, { revision: revisionOf(id), texts: textOf(body) });
    return parts.publish(by, id, { revision: revisionOf(id), note: 'Новая' });
  };
  const lastChange = () =>
    memory.changes
      .at(-1)
      ?.map(({ topic, key }) => `${topic.name} ${topic === topics.audit ? '' : key}`);
  return { memory, parts, templates, published, publishPart, lastChange };
}

/** A template that is published with version 1 of a footer, of which there is a second one. */
async function outdated(options: { readonly fourEyes?: boolean } = {}) {
  const world = opened(options);
  await world.publishPart('footer', 'Ваш «Вестник»', ivan);
  await world.templates.create(anna, 't1', movieSms);
  await world.templates.publish(ivan, 't1', { revision: 1, note: '' });
  await world.publishPart('footer', 'Наш «Вестник»', ivan);
  return world;
}

describe('a shared part from its beginning', () => {
  test('is a draft, is published, changed, and has a history', async () => {
    const { parts, lastChange } = opened();
    const made = await parts.create(anna, 'footer', footer);
    expect(made).toMatchObject({ ok: true, value: { head: { revision: 1, state: 'open' } } });
    const done = await parts.publish(ivan, 'footer', { revision: 1, note: 'Первая' });
    expect(done).toMatchObject({
      ok: true,
      value: {
        head: { revision: 2, state: 'ended', texts: [], lastVersion: 1 },
        version: { version: 1, texts: footer.texts, authorName: 'Анна', publisherName: 'Иван' },
      },
    });
    expect(lastChange()).toEqual(['part-versions footer:1', 'part-drafts footer', 'audit ']);
    await parts.save(ivan, 'footer', { revision: 2, texts: textOf('Ещё') });
    await parts.publish(anna, 'footer', { revision: 3, note: 'Вторая' });
    expect(parts.versions('footer', 10)).toMatchObject({
      ok: true,
      value: [
        { version: 2, note: 'Вторая' },
        { version: 1, note: 'Первая' },
      ],
    });
  });

  test('whoever was slower is told who was faster', async () => {
    const { parts } = opened();
    await parts.create(anna, 'footer', footer);
    await parts.save(ivan, 'footer', { revision: 1, texts: textOf('x') });
    const late = await parts.save(anna, 'footer', { revision: 1, texts: textOf('y') });
    expect(late).toMatchObject({
      problem: { status: 409, members: { conflict: { by: 'Иван', revision: 2 } } },
    });
    const taken = await parts.create(anna, 'footer', footer);
    expect(taken).toMatchObject({ problem: { status: 409 } });
  });

  test('one that is wrong is not published, and says where', async () => {
    const { parts } = opened();
    await parts.create(anna, 'footer', { channel: 'sms', texts: textOf('\n{{> footer}}') });
    const done = await parts.publish(anna, 'footer', { revision: 1, note: '' });
    expect(done).toMatchObject({
      problem: { status: 422, members: { problems: [{ code: 'partCircle', line: 2, column: 1 }] } },
    });
  });

  test('with four eyes, somebody else publishes it', async () => {
    const { parts } = opened({ fourEyes: true });
    await parts.create(anna, 'footer', footer);
    const own = await parts.publish(anna, 'footer', { revision: 1, note: '' });
    expect(own).toMatchObject({ problem: { status: 403 } });
    const other = await parts.publish(ivan, 'footer', { revision: 1, note: '' });
    expect(other).toMatchObject({ ok: true });
  });

  test('a discarded one is gone, and an archived one comes back as it was', async () => {
    const { parts } = opened();
    await parts.create(anna, 'footer', footer);
    await parts.discard(anna, 'footer', { revision: 1 });
    expect(parts.list()).toEqual({ ok: true, value: [] });
    await parts.create(anna, 'footer', footer);
    await parts.publish(anna, 'footer', { revision: 3, note: '' });
    await parts.archive(anna, 'footer');
    expect(parts.list()).toMatchObject({ value: [{ state: 'archived', version: null }] });
    await parts.restore(anna, 'footer');
    expect(parts.list()).toMatchObject({ value: [{ state: 'published', version: 1 }] });
  });
});

describe('a template with a shared part', () => {
  test('is published as a text of its own, and remembers how it was written', async () => {
    const { templates, published, publishPart } = opened();
    await publishPart('footer', 'Ваш «Вестник»');
    await templates.create(anna, 't1', movieSms);
    const done = await templates.publish(anna, 't1', { revision: 1, note: '' });
    const texts = textOf('{{movie_title}}. Ваш «Вестник»');
    expect(published('t1')).toMatchObject({ value: { texts, params: ['movie_title'] } });
    expect(done).toMatchObject({
      value: {
        version: { texts, sources: movieSms.texts, parts: [{ partId: 'footer', version: 1 }] },
      },
    });
  });

  test('cannot be published without the part, nor the part be archived with it', async () => {
    const { templates, parts, publishPart } = opened();
    await templates.create(anna, 't1', movieSms);
    const early = await templates.publish(anna, 't1', { revision: 1, note: '' });
    expect(early).toMatchObject({
      problem: {
        status: 422,
        members: { problems: [{ code: 'unknownPart', line: 1, column: 18 }] },
      },
    });
    await publishPart('footer', 'x');
    const mentioned = await parts.archive(anna, 'footer');
    expect(mentioned).toMatchObject({ problem: { status: 409, members: { used_in: ['t1'] } } });
    await templates.archive(anna, 't1', { note: '' });
    expect(await parts.archive(anna, 'footer')).toMatchObject({ ok: true });
  });

  test('a part that is published meanwhile is not what was looked at', async () => {
    const { templates, parts, publishPart, memory } = opened();
    await publishPart('footer', 'x');
    await templates.create(anna, 't1', movieSms);
    const tables = tablesWith(memory);
    let looks = 0;
    const slow = openMemoryTemplates({
      memory,
      tables,
      workers: {
        async work(task) {
          looks += 1;
          await publishPart('footer', 'y');
          const { answerTo } = await import('../../../gateway/templates/work.ts');
          return { kind: 'done', value: answerTo(task) as never };
        },
        close: async () => undefined,
      },
    });
    const done = await slow.publish(anna, 't1', { revision: 1, note: '' });
    expect([looks, done]).toMatchObject([1, { problem: { status: 503 } }]);
    expect(parts.uses('footer')).toMatchObject({ value: { templates: [{ publishedWith: null }] } });
  });

  test('previews show the part, conditions in it too, or say that it is not there', async () => {
    const { templates, publishPart } = opened();
    await publishPart('footer', '{{#if movie_description}}Есть{{else}}Нет{{/if}}');
    await templates.create(anna, 't1', movieSms);
    const wishes = { userId: null, movieId: null, commentId: null, values: {}, conditions: true };
    const shown = await templates.preview('t1', { kind: 'draft' }, wishes);
    expect(shown).toMatchObject({
      value: [
        { shown: { text: expect.stringContaining('Есть') } },
        { leftOut: ['movie_description'], shown: { text: expect.stringContaining('Нет') } },
      ],
    });
    const texts = textOf('{{> nothing}}');
    const missing = await templates.preview('t1', { kind: 'unsaved', locale: 'ru', texts }, wishes);
    expect(missing).toMatchObject({
      value: [{ ok: false, reason: expect.stringContaining('shared part “nothing”') }],
    });
  });

  test('a draft is compared with what was written, versions with what was sent', async () => {
    const { templates } = await outdated();
    await templates.renew(ivan, 't1', { note: '' });
    const one = { kind: 'version', version: 1 } as const;
    const sent = templates.diff('t1', one, { kind: 'version', version: 2 });
    expect(sent).toMatchObject({ value: [{ body: [{ kind: 'changed' }] }] });
    const { texts } = movieSms;
    const written = templates.diff('t1', one, { kind: 'unsaved', locale: 'ru', texts });
    expect(written).toMatchObject({ value: [{ body: [{ kind: 'same' }] }] });
  });
});

describe('a newer version of a part', () => {
  test('changes nothing that is published, until somebody publishes it again', async () => {
    const { templates, parts, published } = await outdated();
    expect(published('t1')).toMatchObject({ value: { version: 1 } });
    expect(parts.list()).toMatchObject({ value: [{ usedIn: 1, outdated: 1 }] });
    const done = await renewUsers(
      ivan,
      'footer',
      { count: 1, note: 'Подвал' },
      { parts, templates },
    );
    expect(done).toEqual({
      ok: true,
      value: { renewed: [{ templateId: 't1', version: 2 }], refused: [] },
    });
    expect(published('t1')).toMatchObject({
      value: { version: 2, texts: textOf('{{movie_title}}. Наш «Вестник»') },
    });
    expect(templates.version('t1', 2)).toMatchObject({
      value: {
        kind: 'published',
        sourceVersion: 1,
        previousVersion: 1,
        note: 'Подвал',
        sources: movieSms.texts,
        parts: [{ partId: 'footer', version: 2 }],
        authorName: 'Анна',
        publisherName: 'Иван',
      },
    });
    expect(parts.list()).toMatchObject({ value: [{ usedIn: 1, outdated: 0 }] });
  });

  test('leaves a draft that is open as it is', async () => {
    const { templates } = await outdated();
    const texts = textOf('Черновик {{> footer}}');
    await templates.save(anna, 't1', { revision: 2, locale: 'ru', texts });
    await templates.renew(ivan, 't1', { note: '' });
    expect(templates.find('t1')).toMatchObject({
      value: {
        head: { state: 'open', texts, revision: 3, lastVersion: 2 },
        published: { version: 2 },
      },
    });
    const later = await templates.publish(ivan, 't1', { revision: 3, note: '' });
    expect(later).toMatchObject({ value: { version: { version: 3 } } });
  });

  test('is published by who counted right, once, and with four eyes by another', async () => {
    const { templates, parts, published } = await outdated({ fourEyes: true });
    const known = { parts, templates };
    const counted = await renewUsers(ivan, 'footer', { count: 2, note: '' }, known);
    expect(counted).toMatchObject({ problem: { status: 409, members: { templates: ['t1'] } } });
    const own = await renewUsers(anna, 'footer', { count: 1, note: '' }, known);
    expect(own).toMatchObject({ value: { renewed: [], refused: [{ problem: { status: 403 } }] } });
    expect(published('t1')).toMatchObject({ value: { version: 1 } });
    expect(await templates.renew(ivan, 't1', { note: '' })).toMatchObject({ ok: true });
    expect(await templates.renew(ivan, 't1', { note: '' })).toMatchObject({
      problem: { status: 409 },
    });
  });

  test('one that would break a template keeps the others from nothing', async () => {
    const { templates, parts, publishPart } = await outdated();
    await templates.create(anna, 't2', { ...movieSms, eventType: 'episodeReleased' });
    await templates.publish(ivan, 't2', { revision: 1, note: '' });
    await publishPart('footer', 'Серия {{episode}}');
    const done = await renewUsers(ivan, 'footer', { count: 2, note: '' }, { parts, templates });
    expect(done).toMatchObject({
      value: {
        renewed: [{ templateId: 't2', version: 2 }],
        refused: [{ templateId: 't1', problem: { status: 422 } }],
      },
    });
  });

  test('a rolled back template has the parts that it had then', async () => {
    const { templates } = await outdated();
    await templates.renew(ivan, 't1', { note: '' });
    const back = await templates.rollBack(ivan, 't1', { version: 1, note: '' });
    expect(back).toMatchObject({
      value: { version: { version: 3, parts: [{ partId: 'footer', version: 1 }] } },
    });
  });
});
