import { expect, test } from 'vitest';
import type { AuditQuery } from '../../../gateway/read/audit-log.ts';
import { authorization, buildGateway, nowMs } from './built-gateway.ts';

const url = '/api/v1/audit';
const time = '2026-03-01T09:30:00.000Z';
const line = {
  entryId: 'e 1',
  atMs: nowMs,
  actorKind: 'person',
  actorId: 'p-1',
  actorName: 'Ольга',
  action: 'template.published',
  subjectKind: 'template',
  subjectId: '1',
  detail: '{"version":3}',
};

async function ask(query: string, detail: string | null = line.detail) {
  const asked: AuditQuery[] = [];
  const { app } = await buildGateway({
    auditLog: {
      async list(each) {
        asked.push(each);
        return { entries: [{ ...line, detail }], next: line };
      },
    },
  });
  const get = (text: string) => app.inject({ url: `${url}${text}`, headers: { authorization } });
  return { response: await get(query), get, asked };
}

test('entries say who did what to what, and where to go on', async () => {
  const { response, get, asked } = await ask('');
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    entries: [
      {
        entry_id: 'e 1',
        at: time,
        actor: { kind: 'person', id: 'p-1', name: 'Ольга' },
        action: 'template.published',
        subject: { kind: 'template', id: '1' },
        detail: { version: 3 },
      },
    ],
    next_after: expect.stringMatching(/^[\w-]+$/),
  });
  await get(`?after=${response.json().next_after}`);
  expect(asked.at(-1)?.after).toEqual({ atMs: nowMs, entryId: 'e 1' });
});

test('asks for exactly what the request says', async () => {
  const query =
    '?actor_id=p-1&action=template.published&subject_kind=template&subject_id=1' +
    `&since=${time}&until=${time}&limit=3`;
  expect((await ask(query)).asked).toEqual([
    {
      actorId: 'p-1',
      action: 'template.published',
      subjectKind: 'template',
      subjectId: '1',
      sinceMs: nowMs,
      untilMs: nowMs,
      limit: 3,
      after: null,
    },
  ]);
});

test.each([null, 'no JSON'])('a detail %s is shown as it is', async (detail) => {
  expect((await ask('', detail)).response.json().entries[0].detail).toBe(detail);
});

test.each([
  ['after', 'MTIz'],
  ['actor_id', '%00'],
  ['until', '0000-01-01T00:00:00Z'],
])('refuses %s=%s with the name of the field', async (name, value) => {
  const { response, asked } = await ask(`?${name}=${value}`);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors[0].field).toBe(name);
  expect(asked).toEqual([]);
});
