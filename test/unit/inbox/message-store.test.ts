import { describe, expect, it } from 'vitest';
import type { ArrivedMessage } from '../../../dev/inbox/message.ts';
import { createMessageStore } from '../../../dev/inbox/message-store.ts';

const sms = (text: string, to = '+70000000001'): ArrivedMessage => ({
  channel: 'sms',
  from: '+15005550006',
  to,
  subject: null,
  text,
  html: null,
  headers: {},
  smsParts: { encoding: 'GSM-7', units: 1, unitsPerPart: 160, parts: 1 },
});

const mail = (subject: string): ArrivedMessage => ({
  ...sms('', 'Anna@example.ru'),
  channel: 'email',
  subject,
  smsParts: null,
});

const nowMs = () => Date.UTC(2026, 0, 2, 3, 4, 5);

describe('what the store keeps', () => {
  it('is the newest messages, and it counts those that were pushed out', () => {
    const store = createMessageStore({ nowMs, maxMessages: 3 });
    for (const text of ['a', 'b', 'c', 'd', 'e']) store.add(sms(text));
    expect(store.find({}).map(({ text }) => text)).toEqual(['c', 'd', 'e']);
    expect(store.get('2')).toBeUndefined();
    expect(store.state()).toMatchObject({
      received: 5,
      dropped: 2,
      counts: { email: 0, sms: 3, messenger: 0 },
    });
  });

  it('is bounded in bytes too, but a newest one that is larger alone stays', () => {
    const store = createMessageStore({ nowMs, maxBytes: 1_000 });
    for (let count = 0; count < 4; count += 1) store.add(sms('x'.repeat(200)));
    expect(store.find({})).toHaveLength(2);
    store.add(sms('y'.repeat(5_000)));
    expect(store.find({}).map(({ text }) => text.charAt(0))).toEqual(['y']);
    expect(store.state()).toMatchObject({ received: 5, dropped: 4 });
  });

  it('has ids that go on after clearing, and counts that begin anew', () => {
    const store = createMessageStore({ nowMs });
    store.add(sms('a'));
    store.clear();
    expect(store.state()).toMatchObject({ received: 0, dropped: 0, newest: 1 });
    expect(store.add(sms('b'))).toMatchObject({ id: '2', receivedAt: '2026-01-02T03:04:05.000Z' });
  });
});

describe('finding', () => {
  const store = createMessageStore({ nowMs });
  store.add(sms('Вышла Серия'));
  store.add(mail('Новая серия'));
  store.add(sms('другое', '+70000000002'));

  it.each([
    [{}, ['1', '2', '3']],
    [{ channel: 'sms' }, ['1', '3']],
    [{ to: 'anna@EXAMPLE.ru' }, ['2']],
    [{ search: 'СЕРИЯ' }, ['1', '2']],
    [{ search: '0002' }, ['3']],
    [{ search: 'серия', channel: 'email' }, ['2']],
    [{ channel: 'messenger' }, []],
  ] as const)('%j gives %j', (query, ids) => {
    expect(store.find(query).map(({ id }) => id)).toEqual(ids);
  });
});

it('tells its listeners of arrivals and clearings until they leave', () => {
  const store = createMessageStore({ nowMs });
  const revisions: number[] = [];
  const leave = store.subscribe(() => revisions.push(store.state().revision));
  store.add(sms('a'));
  store.clear();
  leave();
  store.add(sms('b'));
  expect(revisions).toEqual([1, 2]);
});
