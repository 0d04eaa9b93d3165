import { expect, test } from 'vitest';
import type { User } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { anna, authorization, type BuiltGateway, buildGateway, nowMs } from './built-gateway.ts';
import { memoryPeople } from './memory-people.ts';

const body = {
  channels: ['email', 'sms', 'messenger'],
  texts: {
    ru: { subject: 'Профилактика <ночью>', body: 'Анна & Ко,\n{{user_full_name}}!\n\nДо завтра' },
    en: { subject: 'Maintenance', body: 'Dear {{{ user_full_name }}}' },
  },
  user_ids: '1',
};
const uuid = (version: number) => new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}`);

function announce({ app }: BuiltGateway, changes: object = {}, headers = {}) {
  return app.inject({
    method: 'POST',
    url: '/api/v1/announcements',
    headers: { authorization, ...headers },
    body: { ...body, ...changes },
  });
}

test('it is a request a channel, with its text inside, all written together', async () => {
  const gateway = await buildGateway();
  const response = await announce(gateway);
  expect(response.statusCode).toBe(202);
  const { requests } = response.json();
  expect(requests.map(({ channel }: { channel: string }) => channel)).toEqual(body.channels);
  expect(gateway.records.map(({ topic }) => topic)).toEqual(
    body.channels.map(() => topics.notificationRequested),
  );
  for (const [index, written] of gateway.written.entries()) {
    const { request_id: requestId, status_url: statusUrl } = requests[index];
    expect(requestId).toMatch(uuid(7));
    expect(statusUrl).toBe(`/api/v1/requests/${requestId}`);
    expect(written).toMatchObject({
      requestId,
      templateId: `announcement:${requestId}`,
      userIds: ['1'],
      audience: null,
      movieId: null,
      requestedBy: 'admins',
      requestedAt: nowMs,
      template: { id: `announcement:${requestId}`, version: 1, locale: 'ru' },
    });
  }
});

test('of one text are made the mail, the SMS and the message', async () => {
  const gateway = await buildGateway();
  await announce(gateway);
  const ruOf = (channel: string) =>
    gateway.written.find((each) => each.channel === channel)?.template?.texts[0];
  expect(ruOf('email')).toEqual({
    locale: 'ru',
    subject: 'Профилактика <ночью>',
    body: '<p>Анна &amp; Ко,<br>\n{{ user_full_name }}!</p>\n<p>До завтра</p>',
  });
  expect(ruOf('sms')).toEqual({
    locale: 'ru',
    subject: null,
    body: 'Анна & Ко,\n{{ user_full_name }}!\n\nДо завтра',
  });
  expect(ruOf('messenger')).toEqual({
    locale: 'ru',
    subject: null,
    body:
      '<b>Профилактика &lt;ночью&gt;</b>\n\n' +
      'Анна &amp; Ко,\n{{ user_full_name }}!\n\nДо завтра',
  });
});

test('a value is escaped in HTML, however it was written', async () => {
  const gateway = await buildGateway();
  await announce(gateway);
  const english = gateway.written.map(({ template }) => template?.texts[1]?.body);
  expect(english).toEqual([
    '<p>Dear {{ user_full_name }}</p>',
    'Dear {{ user_full_name }}',
    '<b>Maintenance</b>\n\nDear {{ user_full_name }}',
  ]);
});

test('repeated with its key it has the same ids, and those of no other call', async () => {
  const gateway = await buildGateway();
  const headers = { 'idempotency-key': 'one' };
  await announce(gateway, {}, headers);
  await announce(gateway, {}, headers);
  const ids = gateway.written.map(({ requestId }) => requestId);
  expect(ids.slice(0, 3)).toEqual(ids.slice(3));
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(uuid(5));
  await gateway.app.inject({
    method: 'POST',
    url: '/api/v1/notifications/messenger',
    headers: { authorization, ...headers },
    body: { template_id: '3', user_ids: '1' },
  });
  expect(ids).not.toContain(gateway.written.at(-1)?.requestId);
});

test('a dry run counts each channel, shows it, and writes nothing', async () => {
  const boris: User = { ...anna, id: '2', channels: ['sms'], phone: '+79160000002', locale: 'en' };
  const people = await memoryPeople({ users: [anna, boris] });
  const gateway = await buildGateway({ people: () => people });
  const response = await announce(gateway, { user_ids: '1, 2', dry_run: true });
  expect(response.statusCode).toBe(200);
  expect(gateway.records).toEqual([]);
  expect(response.json()).toMatchObject({
    people: 2,
    channels: [
      { channel: 'email', written: 1, against: { channelNotChosen: 1 } },
      { channel: 'sms', written: 1, samples: [{ body: 'Dear Анна Каренина' }] },
      { channel: 'messenger', written: 0, against: { channelNotChosen: 2 }, samples: [] },
    ],
  });
});

const ru = (text: object) => ({ texts: { ru: text } });

test.each<readonly [string, object, string]>([
  ['without a subject for a mail', ru({ body: 'x' }), 'texts.ru.subject'],
  ['with a blank text', ru({ subject: ' ', body: 'x' }), 'texts.ru.subject'],
  ['with a condition', ru({ subject: 'x', body: '{{#if x}}y{{/if}}' }), 'texts.ru.body'],
  ['with a name that there is not', ru({ subject: 'x', body: '{{ password }}' }), 'texts.ru.body'],
  ['with a function', ru({ subject: 'x', body: '{{ date event_date }}' }), 'texts.ru.body'],
  ['that is no template', ru({ subject: 'x', body: '{{#if' }), 'texts.ru.body'],
  ['with what looks like a value', ru({ subject: 'x', body: '\\{{ y }}' }), 'texts.ru.body'],
  ['with a stroke before a value', ru({ subject: 'x', body: '\\\\{{user_full_name}}' }), 'body'],
  ['of a movie, without one', ru({ subject: '{{ movie_title }}', body: 'x' }), 'texts.ru.subject'],
  ['too long for an SMS', ru({ subject: 'x', body: 'я'.repeat(1601) }), 'texts.ru.body'],
  ['by default in a language it has not', { default_locale: 'en', ...ru(body.texts.ru) }, 'locale'],
  ['to nobody', { user_ids: ' ,' }, 'user_ids'],
  ['on no channel', { channels: [] }, 'channels'],
  ['twice on one channel', { channels: ['sms', 'sms'] }, 'channels'],
  ['in no language', { texts: {} }, 'texts'],
])('an announcement %s is refused, and the field is named', async (_name, changes, field) => {
  const gateway = await buildGateway();
  const response = await announce(gateway, changes);
  expect(response.statusCode).toBe(400);
  const fields = response.json().errors.map((each: { field: string }) => each.field);
  expect(fields.join(' ')).toContain(field);
  expect(gateway.records).toEqual([]);
});

test('what is wrong is told with its place, in both languages of its reader', async () => {
  const gateway = await buildGateway();
  const texts = {
    ru: { subject: 'Тема', body: 'Завтра,\n{{ pasword }}' },
    en: { subject: 'Now {{#if movie_title}}x{{/if}}', body: '  ' },
  };
  const response = await announce(gateway, { texts });
  const { problems, errors } = response.json();
  expect(problems).toMatchObject([
    { code: 'unknownName', locale: 'ru', part: 'body', line: 2, column: 4, end_column: 11 },
    { code: 'onlyNames', locale: 'en', part: 'subject', line: 1, column: 5 },
    { code: 'emptyBody', locale: 'en', part: 'body' },
  ]);
  expect(problems[1].message.ru).toContain('шаблон');
  expect(errors[0]).toEqual({
    field: 'texts.ru.body',
    message: 'is wrong at line 2, column 4: This event has no name “pasword”',
  });
});

test('it may speak of a movie', async () => {
  const gateway = await buildGateway();
  const texts = { ru: { subject: '{{ movie_title }}', body: '{{ movie_year }}' } };
  expect((await announce(gateway, { texts, movie_id: '1' })).statusCode).toBe(202);
  expect(gateway.written[0]).toMatchObject({ movieId: '1' });
  expect((await announce(gateway, { texts, movie_id: '404' })).statusCode).toBe(404);
});

test('when Kafka does not answer, it says where to ask for each', async () => {
  const gateway = await buildGateway({ publish: async () => ({ kind: 'unknown' }) });
  const response = await announce(gateway);
  expect(response.statusCode).toBe(503);
  expect(response.json().detail.match(/\/api\/v1\/requests\//g)).toHaveLength(3);
});
