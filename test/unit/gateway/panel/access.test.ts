import { describe, expect, test } from 'vitest';
import type { Access } from '../../../../gateway/panel/access.ts';
import type { AuditQuery } from '../../../../gateway/read/audit-log.ts';
import { askPanel } from './asked-panel.ts';
import { accountId, busyPeople, hostile, keyId } from './busy-parts.ts';
import { noAccess, nowMs, panelParts, viewer, viewerToken } from './panel-parts.ts';

const dayMs = 24 * 60 * 60 * 1000;
const busyAccess = busyPeople.access ?? noAccess;
const secret = `vst_${'s'.repeat(43)}`;
const link = { token: 't', path: '/login/link/t', hash: 'h', expiresAtMs: nowMs };

/** Access whose changes are made, and which. */
function notingAccess() {
  const made: unknown[] = [];
  const note = (value: object) =>
    (async (...[who, ...asked]: readonly unknown[]) => {
      made.push([(who as { id?: string }).id ?? who, ...asked]);
      return { ok: true, value };
    }) as never;
  const access: Access = {
    ...busyAccess,
    createKey: note({ key: { name: 'robots' }, secret }),
    revokeKey: note({}),
    createAccount: note({ account: { name: 'Анна' }, link }),
    changeAccount: note({}),
    linkFor: note(link),
    changePassword: note({ token: 'next', expiresAtMs: nowMs + dayMs }),
  };
  return { made, access };
}

describe('a key', () => {
  test('is made with what is ticked, and its secret is shown once', async () => {
    const { made, access } = notingAccess();
    const { sendText } = await askPanel({ access });
    const fields =
      'name=robots&scopes=people:read&scopes=admin&scopes=everything&expires=month' +
      '&requests_per_minute=60&notifications_per_day=';
    const answer = await sendText('/access/keys', fields);
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toContain(`data-copy="${secret}"`);
    expect(made).toEqual([
      [
        viewer.id,
        {
          name: 'robots',
          scopes: ['people:read', 'admin'],
          requestsPerMinute: 60,
          notificationsPerDay: null,
          expiresAtMs: nowMs + 30 * dayMs,
        },
      ],
    ]);
  });

  test.each([
    ['name=robots&expires=never', 422],
    ['name=robots&scopes=everything&expires=never', 422],
    ['name=&scopes=admin&expires=never', 400],
    ['name=a%0d%0ab&scopes=admin&expires=never', 400],
    ['name=robots&scopes=admin&expires=soon', 400],
    ['name=robots&scopes=admin&expires=never&requests_per_minute=-1', 400],
  ])('is not made of %s', async (fields, status) => {
    const { made, access } = notingAccess();
    const { sendText } = await askPanel({ access });
    expect((await sendText('/access/keys', fields)).statusCode).toBe(status);
    expect(made).toEqual([]);
  });

  test('is revoked only when its name is typed', async () => {
    const { made, access } = notingAccess();
    const { send } = await askPanel({ access });
    const path = `/access/keys/${keyId}/revoke`;
    const mistyped = await send(path, { name: 'other' });
    expect([mistyped.statusCode, made]).toEqual([422, []]);
    expect((await send(path, { name: hostile })).headers.location).toBe('/access');
    expect(made).toEqual([[viewer.id, keyId]]);
  });
});

describe('an account', () => {
  test('is added with a link for this site, shown once', async () => {
    const { made, access } = notingAccess();
    const { send } = await askPanel({ access });
    const form = { name: 'Анна', role: 'viewer' };
    const answer = await send('/access/accounts', form, { origin: 'https://panel.example' });
    expect(answer.statusCode).toBe(201);
    expect(answer.body).toContain('data-copy="https://panel.example/login/link/t"');
    expect(made).toEqual([[viewer.id, form]]);
  });

  test.each([
    [{ role: 'admin' }, { role: 'admin' }],
    [{ disabled: 'yes' }, { disabled: true }],
    [{ disabled: 'no' }, { disabled: false }],
  ])('is changed by %o', async (form, wanted) => {
    const { made, access } = notingAccess();
    const { send } = await askPanel({ access });
    const answer = await send(`/access/accounts/${accountId}`, form as Record<string, string>);
    expect(answer.headers.location).toBe('/access');
    expect(made).toEqual([[viewer.id, accountId, wanted]]);
  });

  test.each([
    [409, 'This is the last admin'],
    [403, 'You cannot give away what you may not do yourself'],
    [404, 'There is no such key or account any more'],
  ])('that cannot be changed (%i) says why', async (status, text) => {
    const changeAccount: Access['changeAccount'] = async () => ({
      ok: false,
      problem: { status, detail: 'no' },
    });
    const { send } = await askPanel({ access: { ...busyAccess, changeAccount } });
    const answer = await send(`/access/accounts/${accountId}`, { role: 'viewer' });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(text);
  });
});

describe('the password', () => {
  test('is changed, and the session with it', async () => {
    const { made, access } = notingAccess();
    const { send } = await askPanel({ access });
    const typed = 'correct horse battery';
    const answer = await send('/password', { old: '', new: typed, again: typed });
    expect(answer.headers.location).toBe('/password?done=yes');
    expect(String(answer.headers['set-cookie'])).toContain('__Host-vestnik=next');
    expect(made).toEqual([[{ token: viewerToken, oldPassword: null, newPassword: typed }]]);
  });

  test.each([
    [429, [], 'Too many tries'],
    [400, [{ field: 'old_password', message: '' }], 'The password now is not right'],
    [400, [{ field: 'new_password', message: '' }], 'fewer than 12 characters'],
  ])('is refused in words (%i)', async (status, errors, text) => {
    const changePassword: Access['changePassword'] = async () => ({
      ok: false,
      problem: { status, detail: 'no', members: { errors } },
    });
    const { send } = await askPanel({ access: { ...noAccess, changePassword } });
    const answer = await send('/password', { old: 'a', new: 'b', again: 'b' });
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([422, undefined]);
    expect(answer.body).toContain(text);
  });

  test('must be typed twice alike', async () => {
    const { send } = await askPanel();
    const answer = await send('/password', { old: '', new: 'one', again: 'other' });
    expect(answer.body).toContain('The two new passwords differ');
  });
});

const forms = [
  ['/access/keys', { name: 'a', expires: 'never', scopes: 'admin' }],
  [`/access/keys/${keyId}/revoke`, { name: hostile }],
  ['/access/accounts', { name: 'a', role: 'admin' }],
  [`/access/accounts/${accountId}`, { role: 'admin' }],
  [`/access/accounts/${accountId}/link`, {}],
] as const;

test.each(forms)('%s is for admins, and for forms of this session', async (path, form) => {
  const { sessions } = panelParts();
  const publisher = { ...viewer, scopes: new Set(['people:write', 'audit:read'] as const) };
  const { made, access } = notingAccess();
  const asAdmin = await askPanel({ access });
  expect((await asAdmin.send(path, { ...form, form_token: 'guessed' })).statusCode).toBe(403);
  const personOf = async () => publisher;
  const asPublisher = await askPanel({ access, sessions: { ...sessions, personOf } });
  expect((await asPublisher.send(path, form)).statusCode).toBe(403);
  expect((await asPublisher.open('/access')).statusCode).toBe(403);
  expect(made).toEqual([]);
});

test('the audit is asked for what the form says', async () => {
  const asked: AuditQuery[] = [];
  const list = async (query: AuditQuery) => {
    asked.push(query);
    return { entries: [], next: null };
  };
  const { open } = await askPanel({ auditLog: { list } });
  await open('/audit?action=person.erased&actor=1&subject=2&period=week');
  expect(asked).toEqual([
    {
      actorId: '1',
      action: 'person.erased',
      subjectKind: null,
      subjectId: '2',
      sinceMs: nowMs - 7 * dayMs,
      untilMs: null,
      limit: 50,
      after: null,
    },
  ]);
});
