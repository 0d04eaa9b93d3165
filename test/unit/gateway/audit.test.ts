import { expect, test } from 'vitest';
import { auditEntry } from '../../../gateway/audit.ts';
import { limits } from '../../../schemas/limits.ts';
import { nowMs } from './built-gateway.ts';

const change = {
  entryId: 'e-1',
  atMs: nowMs,
  actor: { kind: 'key', id: 'k-1', name: 'robots' },
  action: 'api-key.created',
  subject: { kind: 'api-key', id: 'k-2' },
} as const;

test('who did what to what, and when', () => {
  expect(auditEntry({ ...change, detail: { scopes: ['people:read'] } })).toEqual({
    entryId: 'e-1',
    at: nowMs,
    actorKind: 'key',
    actorId: 'k-1',
    actorName: 'robots',
    action: 'api-key.created',
    subjectKind: 'api-key',
    subjectId: 'k-2',
    detail: '{"scopes":["people:read"]}',
  });
  expect(auditEntry(change).detail).toBeNull();
});

test('a detail is JSON however long it would be', () => {
  const { detail } = auditEntry({ ...change, detail: { note: 'x'.repeat(limits.detailChars) } });
  expect(JSON.parse(String(detail))).toEqual({ left_out_chars: limits.detailChars + 11 });
});
