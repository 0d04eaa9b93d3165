import { expect, test } from 'vitest';
import type { LetterLine } from '../../../../gateway/read/dead-letters.ts';
import { contentOf, type LetterContent } from '../../../../gateway/read/letter-content.ts';
import { topics } from '../../../../schemas/topics.ts';
import { createMemorySerde } from '../../../driver/memory-serde.ts';
import { anna } from '../built-gateway.ts';
import { askPanel } from './asked-panel.ts';
import { hostile } from './busy-parts.ts';
import { noLetters, nowMs, panelParts, viewer } from './panel-parts.ts';

const letter: LetterLine = {
  writtenAtMs: nowMs,
  generation: 0,
  offset: 5,
  partition: 0,
  code: 'MOVIE_UNKNOWN',
  reason: null,
  process: null,
  topic: topics.users.name,
  sourcePartition: 0,
  sourceOffset: 1,
  sourceTimestampMs: null,
  key: null,
  leftOutBytes: 0,
  redrivenAtMs: null,
};

test('a value is shown in the words of its schema', async () => {
  const serde = await createMemorySerde();
  const content = contentOf(serde.encode(topics.users, anna), topics.users.name, serde);
  expect(content.kind).toBe('decoded');
  expect(JSON.parse('text' in content ? content.text : '')).toEqual(anna);
});

test.each([
  [null, topics.users.name, { kind: 'absent' }],
  [Buffer.from('no Avro\n'), topics.users.name, { kind: 'unreadable', text: 'no Avro·' }],
  [Buffer.from('x'), 'users.v9', { kind: 'unreadable', text: 'x' }],
  [Buffer.from('x'), topics.deadLetters.name, { kind: 'unreadable', text: 'x' }],
  [Buffer.from('x'), null, { kind: 'unreadable', text: 'x' }],
])('of %j from %j it says so', async (bytes, topic, expected) => {
  expect(contentOf(bytes, topic, await createMemorySerde())).toMatchObject(expected);
});

async function pageWith(content: LetterContent | null, identity = viewer) {
  const { sessions } = panelParts();
  const asked: LetterLine[] = [];
  const { open } = await askPanel({
    deadLetters: { ...noLetters, one: async () => letter },
    letterContent: async (line) => {
      asked.push(line);
      return content;
    },
    sessions: { ...sessions, personOf: async () => identity },
  });
  return { asked, body: (await open('/dead-letters/0/0/5')).body };
}

test('the page of a letter shows what it holds, as text', async () => {
  const { body, asked } = await pageWith({ kind: 'decoded', text: `{"id": "${hostile}"}` });
  expect(asked).toEqual([letter]);
  expect(body).toContain('&lt;script&gt;alert(1)');
  expect(body).not.toContain('<script>alert');
});

test.each<readonly [LetterContent | null, string]>([
  [{ kind: 'unreadable', reason: 'NOT_AVRO', text: 'x·y' }, 'Nobody can read it (NOT_AVRO)'],
  [{ kind: 'absent' }, 'There is nothing here'],
  [null, 'does not answer'],
])('of %j it says why not', async (content, says) => {
  expect((await pageWith(content)).body).toContain(says);
});

test('who may not read people is not shown it, and it is not read', async () => {
  const scopes = new Set(['dead-letters:read'] as const);
  const { body, asked } = await pageWith({ kind: 'decoded', text: 'x' }, { ...viewer, scopes });
  expect(asked).toEqual([]);
  expect(body).toContain('may not read what is written about people');
});
