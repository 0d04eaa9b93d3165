import { describe, expect, test } from 'vitest';
import type { PeopleChanges } from '../../../../gateway/people/change-people.ts';
import { VestnikError } from '../../../../runtime/errors.ts';
import { askPanel } from './asked-panel.ts';
import { busyPeople, hostile } from './busy-parts.ts';
import { noChanges, panelParts, viewer } from './panel-parts.ts';

const path = `/people/${encodeURIComponent(hostile)}`;

/** Changes that are all made, and which. */
function notingChanges() {
  const made: unknown[] = [];
  const note =
    (name: string) =>
    async (...[who, id, asked]: readonly unknown[]) => {
      made.push([name, (who as { name: string }).name, id, asked]);
      return { ok: true, value: {} } as never;
    };
  const people: PeopleChanges = {
    changeWishes: note('wishes'),
    suppress: note('suppress'),
    lift: note('lift'),
    erase: note('erase'),
  };
  return { made, people };
}

describe('a person', () => {
  test('is found by id, or nobody is', async () => {
    const { open } = await askPanel(busyPeople);
    const found = await open(`/people?id=${encodeURIComponent(hostile)}`);
    expect([found.statusCode, found.headers.location]).toEqual([303, path]);
    const none = await open('/people?id=nobody');
    expect(none.body).toContain('Nobody is found by “nobody”');
    expect((await open('/people/nobody')).statusCode).toBe(404);
  });

  test('is found by what else one knows of them, and shown as text', async () => {
    const asked: string[] = [];
    const one = { userId: '7', fullName: hostile, email: 'anna@example.com', phone: null };
    const find = async (wanted: string) => {
      asked.push(wanted);
      return { people: [one], hasMore: true };
    };
    const { open } = await askPanel({ ...busyPeople, peopleSearch: { find } });
    const { body, statusCode } = await open('/people?id=+Anna+K+');
    expect([statusCode, asked]).toEqual([200, ['Anna K']]);
    expect(body).toContain('href="/people/7"');
    expect(body).toContain('anna@example.com');
    expect(body).toContain('There are more.');
    expect(body).not.toContain('<script>alert');
  });

  test('is told by the rules whether a request would reach them', async () => {
    const { open } = await askPanel(busyPeople);
    const { body } = await open(path);
    expect(body).toContain('The person opted out of everything on this channel.');
    expect(body).toContain('The person did not choose this channel');
  });

  test('is shown while the history is away', async () => {
    const away = async () => {
      throw new VestnikError('DATABASE_UNAVAILABLE', 'secret');
    };
    const { open } = await askPanel({ ...busyPeople, notificationSearch: { list: away } });
    const answer = await open(path);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('The history cannot be read now');
  });
});

describe('a form about a person', () => {
  test.each([
    ['wishes', 'channels=sms&channels=email&events=movieAdded'],
    ['wishes', ''],
  ])('changes %s: %s', async (name, ticks) => {
    const { made, people } = notingChanges();
    const { sendText } = await askPanel({ ...busyPeople, peopleChanges: people });
    const answer = await sendText(`${path}/${name}`, ticks);
    expect(answer.headers.location).toBe(`${path}?done=saved`);
    const params = new URLSearchParams(ticks);
    const wishes = {
      optedOutChannels: ['email', 'sms'].filter((each) => params.getAll('channels').includes(each)),
      optedOutEvents: params.getAll('events'),
    };
    expect(made).toEqual([['wishes', viewer.name, hostile, wishes]]);
  });

  test('suppresses an address, and lifts it with a reason', async () => {
    const { made, people } = notingChanges();
    const { send } = await askPanel({ ...busyPeople, peopleChanges: people });
    const added = { channel: 'email', address: ' ', reason: 'stopped' };
    const lifted = { channel: 'unknown', address: hostile, reason: 'askedByPerson' };
    await send(`${path}/suppressions`, added);
    await send(`${path}/suppressions/lift`, lifted);
    expect(made).toEqual([
      ['suppress', viewer.name, hostile, { channel: 'email', address: null, reason: 'stopped' }],
      ['lift', viewer.name, hostile, lifted],
    ]);
  });

  test.each([
    { channel: 'pigeon', address: 'a', reason: 'stopped' },
    { channel: 'email', address: 'a', reason: 'because' },
    { channel: 'email', address: 'a\r\nBcc: b', reason: 'stopped' },
  ])('changes nothing when it is wrong: %o', async (form) => {
    const { send } = await askPanel({ ...busyPeople, peopleChanges: noChanges });
    expect((await send(`${path}/suppressions`, form)).statusCode).toBe(400);
  });

  test('says that an address is needed', async () => {
    const suppress: PeopleChanges['suppress'] = async () => ({
      ok: false,
      problem: { status: 400, detail: 'address is required' },
    });
    const { send } = await askPanel({ ...busyPeople, peopleChanges: { ...noChanges, suppress } });
    const form = { channel: 'sms', address: '', reason: 'stopped' };
    const answer = await send(`${path}/suppressions`, form);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('The person has no address on this channel now');
  });

  test('erases only when the id is typed', async () => {
    const { made, people } = notingChanges();
    const { send } = await askPanel({ ...busyPeople, peopleChanges: people });
    const mistyped = await send(`${path}/erase`, { id: 'other' });
    expect([mistyped.statusCode, made]).toEqual([422, []]);
    const erased = await send(`${path}/erase`, { id: hostile });
    expect(erased.body).toContain('The person is erased');
    expect(made).toEqual([['erase', viewer.name, hostile, undefined]]);
  });

  const forms = ['wishes', 'suppressions', 'suppressions/lift', 'erase'];
  test.each(forms)('is for those who may: %s', async (form) => {
    const { sessions } = panelParts();
    const reader = { ...viewer, scopes: new Set(['people:read'] as const) };
    const parts = { ...busyPeople, sessions: { ...sessions, personOf: async () => reader } };
    const { open, send } = await askPanel(parts);
    expect((await send(`${path}/${form}`, {})).statusCode).toBe(403);
    const { body } = await open(path);
    expect(body).not.toContain(`action="${path.replaceAll("'", '&#x27;')}/suppressions`);
  });

  test.each(forms)('is refused without the token of the session: %s', async (form) => {
    const { send } = await askPanel({ ...busyPeople, peopleChanges: noChanges });
    const fields = { channel: 'email', address: 'a', reason: 'stopped', id: hostile };
    const answer = await send(`${path}/${form}`, { ...fields, form_token: 'guessed' });
    expect([400, 403]).toContain(answer.statusCode);
  });
});
