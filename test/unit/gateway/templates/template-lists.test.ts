import { expect, test } from 'vitest';
import type { Person } from '../../../../gateway/templates/authored.ts';
import type { Template } from '../../../../schemas/generated/records.ts';
import { tablesWith } from '../built-gateway.ts';
import { memoryTemplates, openMemoryTemplates } from '../memory-templates.ts';

const anna: Person = { kind: 'person', id: 'a', name: 'Анна' };
const textOf = (body: string) => [{ locale: 'ru', subject: null, body }];
const fresh = {
  eventType: 'episodeReleased',
  channel: 'sms',
  locale: 'ru',
  texts: textOf('{{movie_title}}: {{episode}}'),
} as const;

function opened(published: readonly Template[] = []) {
  const memory = memoryTemplates(published);
  return openMemoryTemplates({ memory, tables: tablesWith(memory) });
}

test('a comparison takes drafts and versions', async () => {
  const templates = opened();
  await templates.create(anna, 't1', fresh);
  await templates.publish(anna, 't1', { revision: 1, note: '' });
  const texts = textOf('{{movie_title}}: серия {{episode}}');
  await templates.save(anna, 't1', { revision: 2, locale: 'ru', texts });
  const diff = templates.diff('t1', { kind: 'version', version: 1 }, { kind: 'draft' });
  expect(diff).toEqual({
    ok: true,
    value: [
      {
        locale: 'ru',
        subject: [],
        body: [
          {
            kind: 'changed',
            words: [
              { kind: 'same', text: '{{movie_title}}: ' },
              { kind: 'added', text: 'серия ' },
              { kind: 'same', text: '{{episode}}' },
            ],
          },
        ],
      },
    ],
  });
});

test('a list says where each template stands', async () => {
  const templates = opened([{ ...fresh, id: 'up', version: 4, params: ['movie_title'] }]);
  for (const id of ['t1', 't2', 't3']) await templates.create(anna, id, fresh);
  await templates.publish(anna, 't2', { revision: 1, note: '' });
  await templates.discard(anna, 't3', { revision: 1 });
  const all = { eventType: null, channel: null, state: null };
  const idsOf = (filter: Parameters<typeof templates.list>[0], limit = 10, after = '') => {
    const listed = templates.list(filter, { limit, after: after || null });
    return listed.ok ? listed.value.templates.map(({ id, state }) => `${id} ${state}`) : [];
  };
  expect(idsOf(all)).toEqual(['t1 draft', 't2 published', 'up published']);
  expect(idsOf({ ...all, state: 'draft' })).toEqual(['t1 draft']);
  expect(idsOf({ ...all, channel: 'email' })).toEqual([]);
  expect(idsOf({ ...all, eventType: 'episodeReleased' }, 1)).toEqual(['t1 draft']);
  expect(idsOf(all, 10, 't1')).toEqual(['t2 published', 'up published']);
  expect(templates.list(all, { limit: 2, after: null })).toMatchObject({ value: { next: 't2' } });
});
