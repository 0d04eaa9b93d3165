import { expect, test } from 'vitest';
import { maxTestsPerHour } from '../../../gateway/sending/test-limit.ts';
import type { AuditEntry, Notification } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { authorization, type BuiltGateway, buildGateway, nowMs } from './built-gateway.ts';

const body = {
  channel: 'email',
  address: 'editor@example.com',
  texts: {
    ru: { subject: 'Завтра', body: '{{ user_full_name }},\n<завтра> «{{ movie_title }}»' },
    en: { subject: 'Tomorrow', body: 'Dear {{ user_full_name }}' },
  },
  movie_id: '1',
};

function tryOut({ app }: BuiltGateway, changes: object = {}, headers = {}) {
  return app.inject({
    method: 'POST',
    url: '/api/v1/announcements/tests',
    headers: { authorization, ...headers },
    body: { ...body, ...changes },
  });
}

const sentBy = ({ records }: BuiltGateway) => records[0]?.value as Notification;

test('it goes to the address as it would be sent, marked, and into the direct lane', async () => {
  const gateway = await buildGateway();
  const response = await tryOut(gateway);
  expect(response.statusCode).toBe(202);
  expect(gateway.records.map(({ topic }) => topic)).toEqual([
    topics.emailNotifications,
    topics.audit,
  ]);
  expect(sentBy(gateway)).toMatchObject({
    test: true,
    channel: 'email',
    address: 'editor@example.com',
    subject: '[Тест] Завтра',
    body: '<p>Анна Каренина,<br>\n&lt;завтра&gt; «Брат»</p>',
    templateVersion: 1,
    requestId: null,
    source: { topic: topics.notificationRequested.name, offset: -1 },
    occurredAt: nowMs,
  });
  expect(sentBy(gateway).templateId).toMatch(/^announcement:/);
  expect(response.json()).toMatchObject({
    notification_id: sentBy(gateway).notificationId,
    channel: 'email',
    locale: 'ru',
    subject: '[Тест] Завтра',
  });
});

test('the audit says who tried it, and neither the address nor the text', async () => {
  const gateway = await buildGateway();
  await tryOut(gateway);
  const entry = gateway.records[1]?.value as AuditEntry;
  expect(entry).toMatchObject({ action: 'announcement.tested', actorName: 'admins' });
  expect(JSON.stringify(entry)).not.toMatch(/editor@|завтра/i);
});

test('the channel and the language can be chosen', async () => {
  const gateway = await buildGateway();
  await tryOut(gateway, { channel: 'sms', address: '+79160000001', locale: 'en' });
  expect(sentBy(gateway)).toMatchObject({
    channel: 'sms',
    locale: 'en',
    subject: null,
    body: '[Test] Dear Anna Karenina',
  });
});

test('with a key, while nobody can tell whether it was done already, nothing is sent', async () => {
  const gateway = await buildGateway();
  const response = await tryOut(gateway, {}, { 'idempotency-key': 'one' });
  expect(response.statusCode).toBe(503);
  expect(gateway.records).toEqual([]);
});

test.each<readonly [string, object, number, string]>([
  ['to no address of the channel', { address: '+79160000001' }, 400, 'address'],
  ['that could not be sent', { texts: { ru: { body: 'x' } } }, 400, 'texts.ru.subject'],
  ['of a movie that there is not', { movie_id: '404' }, 404, ''],
])('one %s is refused', async (_name, changes, status, field) => {
  const gateway = await buildGateway();
  const response = await tryOut(gateway, changes);
  expect(response.statusCode).toBe(status);
  expect(response.body).toContain(field);
  expect(gateway.records).toEqual([]);
});

test('tests of announcements and templates count together', async () => {
  const gateway = await buildGateway();
  for (let count = 0; count < maxTestsPerHour; count += 1) await tryOut(gateway);
  expect((await tryOut(gateway)).statusCode).toBe(429);
});
