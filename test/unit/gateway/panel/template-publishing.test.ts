import { describe, expect, test } from 'vitest';
import { askPanel } from './asked-panel.ts';
import { draftForm, russian, writtenTemplates } from './written-templates.ts';

const draft = draftForm(0, russian('Новое', '<p>{{ movie_title }}</p>\r\n<p>Два</p>'));

describe('publishing', () => {
  test('is one button with a note, and the history has it', async () => {
    const { parts } = writtenTemplates();
    const { send, open } = await askPanel(parts);
    await send('/templates/1/draft', draft);
    const answer = await send('/templates/1/publish', { revision: '1', note: ' Короче ' });
    expect(answer.headers.location).toBe('/templates/1?done=published&version=5');
    const { body } = await open('/templates/1/versions');
    expect(body).toContain('Короче');
    const rolled = await send('/templates/1/rollback', { version: '4', note: '' });
    expect(rolled.headers.location).toBe('/templates/1?done=rolledBack&version=6');
  });

  test('of a text with problems is refused with the list', async () => {
    const { parts, memory } = writtenTemplates();
    const { send } = await askPanel(parts);
    await send('/templates/1/draft', draftForm(0, russian('Новое', '{{ nope }}')));
    const answer = await send('/templates/1/publish', { revision: '1', note: '' });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('It has problems');
    expect(memory.changes).toHaveLength(1);
  });

  test('wants a second person where four eyes are set', async () => {
    const { parts } = writtenTemplates({ fourEyes: true });
    const { send, open } = await askPanel(parts);
    await send('/templates/1/draft', draft);
    expect((await open('/templates/1')).body).toContain('somebody else has to publish it');
    const answer = await send('/templates/1/publish', { revision: '1', note: '' });
    expect(answer.statusCode).toBe(403);
  });

  test('a draft is dropped, and the published text stays', async () => {
    const { parts } = writtenTemplates();
    const { send, open } = await askPanel(parts);
    await send('/templates/1/draft', draft);
    const answer = await send('/templates/1/discard', { revision: '1' });
    expect(answer.headers.location).toBe('/templates/1?done=discarded');
    expect((await open('/templates/1')).body).toContain('Dear {{ user_full_name }}');
  });

  test('the archive asks for the name, and gives back', async () => {
    const { parts, memory } = writtenTemplates();
    const { send } = await askPanel(parts);
    const mistyped = await send('/templates/1/archive', { typed_id: '2' });
    expect(mistyped.statusCode).toBe(422);
    expect(memory.changes).toEqual([]);
    const answer = await send('/templates/1/archive', { typed_id: '1' });
    expect(answer.headers.location).toContain('/templates/1?done=archived');
    const back = await send('/templates/1/restore', {});
    expect(back.headers.location).toContain('/templates/1?done=restored');
  });
});
