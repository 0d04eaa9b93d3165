import { expect, test } from 'vitest';
import type { GatewayParts } from '../../../gateway/app.ts';
import { maxTestsPerHour } from '../../../gateway/sending/test-limit.ts';
import type { AuditEntry, Notification } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { authorization, type BuiltGateway, buildGateway, nowMs } from './built-gateway.ts';

const draft = {
  id: 'new',
  event_type: 'episodeReleased',
  channel: 'email',
  locale: 'ru',
  texts: [
    { locale: 'ru', subject: 'Серия {{ episode }}', body: '<p>{{ user_full_name }}</p>' },
    { locale: 'en', subject: 'Episode {{ episode }}', body: '<p>Dear {{ user_full_name }}</p>' },
  ],
};

function post({ app }: BuiltGateway, path: string, body: object, headers = {}) {
  return app.inject({
    method: 'POST',
    url: `/api/v1/templates${path}`,
    headers: { authorization, ...headers },
    body,
  });
}

const tryOut = (gateway: BuiltGateway, id: string, body: object, headers = {}) =>
  post(gateway, `/${id}/tests`, body, headers);

const sentBy = ({ records }: BuiltGateway) => records[0]?.value as Notification;

async function withDraft(parts: Partial<GatewayParts> = {}) {
  const gateway = await buildGateway(parts);
  expect((await post(gateway, '', draft)).statusCode).toBe(201);
  return gateway;
}

test('what is published needs only an address, and goes into the direct lane', async () => {
  const gateway = await buildGateway();
  const response = await tryOut(gateway, '1', { address: 'editor@example.com' });
  expect(response.statusCode).toBe(202);
  expect(gateway.records.map(({ topic }) => topic)).toEqual([
    topics.emailNotifications,
    topics.audit,
  ]);
  expect(sentBy(gateway)).toMatchObject({
    test: true,
    channel: 'email',
    address: 'editor@example.com',
    subject: '[Тест] Место встречи изменить нельзя',
    body: 'Уважаемый Анна Каренина',
    templateId: '1',
    templateVersion: 4,
    requestId: null,
    source: { topic: topics.templates.name, partition: 0, offset: 0 },
    occurredAt: nowMs,
  });
  expect(response.json()).toMatchObject({
    notification_id: sentBy(gateway).notificationId,
    version: 4,
    locale: 'ru',
  });
});

test('a draft is tried, of version 0, until somebody names a version', async () => {
  const gateway = await withDraft();
  await tryOut(gateway, 'new', { address: 'editor@example.com' });
  expect(sentBy(gateway)).toMatchObject({
    subject: '[Тест] Серия 5',
    templateVersion: 0,
    source: { topic: topics.templateDrafts.name },
  });
  const missing = await tryOut(gateway, 'new', { address: 'editor@example.com', version: 1 });
  expect(missing.statusCode).toBe(404);
});

test('with the data of a person and an event it says what that person would read', async () => {
  const gateway = await withDraft();
  const body = { address: 'e@example.com', user_id: '1', values: { episode: '7' } };
  await tryOut(gateway, 'new', body);
  expect(sentBy(gateway)).toMatchObject({
    userId: '1',
    subject: '[Тест] Серия 7',
    body: '<p>Анна Каренина</p>',
  });
  expect((await tryOut(gateway, 'new', { ...body, user_id: '404' })).statusCode).toBe(404);
});

test('the language can be chosen, and the mark is in it', async () => {
  const gateway = await withDraft();
  await tryOut(gateway, 'new', { address: 'e@example.com', locale: 'en-GB' });
  expect(sentBy(gateway)).toMatchObject({ locale: 'en', subject: '[Test] Episode 5' });
});

test('what has no subject is marked at its beginning', async () => {
  const gateway = await buildGateway();
  await tryOut(gateway, '2', { address: '+79160000001' });
  expect(sentBy(gateway)).toMatchObject({
    channel: 'sms',
    subject: null,
    body: '[Тест] Смотрите Место встречи изменить нельзя',
  });
});

test('the audit says who tried what, and neither the address nor the text', async () => {
  const gateway = await buildGateway();
  await tryOut(gateway, '1', { address: 'editor@example.com' });
  const entry = gateway.records[1]?.value as AuditEntry;
  expect(entry).toMatchObject({
    action: 'template.tested',
    actorName: 'admins',
    subjectKind: 'template',
    subjectId: '1',
  });
  expect(JSON.stringify(entry)).not.toMatch(/editor|Уважаемый/);
});

test('with a key, while nobody can tell whether it was done already, nothing is sent', async () => {
  const gateway = await buildGateway();
  const headers = { 'idempotency-key': 'one' };
  const response = await tryOut(gateway, '1', { address: 'editor@example.com' }, headers);
  expect(response.statusCode).toBe(503);
  expect(gateway.records).toEqual([]);
});

test.each([
  ['1', 'Anna <anna@example.com>'],
  ['1', 'a@example.com, b@example.com'],
  ['1', '+79160000001'],
  ['1', 'a@b\r\nBcc: c@example.com'],
  ['2', 'anna@example.com'],
  ['2', '89160000001'],
  ['3', 'anna@example.com'],
])('to template %s the address %j is refused', async (id, address) => {
  const gateway = await buildGateway();
  const response = await tryOut(gateway, id, { address });
  expect(response.statusCode).toBe(400);
  expect(response.json().errors).toMatchObject([{ field: 'address' }]);
  expect(gateway.records).toEqual([]);
});

test('a text that cannot be made is said why, and not sent', async () => {
  const gateway = await buildGateway();
  const broken = { ...draft, texts: [{ locale: 'ru', subject: 'x', body: '{{#if' }] };
  await post(gateway, '', broken);
  const response = await tryOut(gateway, 'new', { address: 'e@example.com' });
  expect(response.statusCode).toBe(422);
  expect(gateway.records).toEqual([]);
});

test('one identity tries so many in an hour; another is not hindered by it', async () => {
  let now = nowMs;
  const clock = { nowMs: () => now, sleep: () => new Promise<void>(() => undefined) };
  const gateway = await buildGateway({ clock });
  const address = 'editor@example.com';
  for (let count = 0; count < maxTestsPerHour; count += 1) {
    expect((await tryOut(gateway, '1', { address })).statusCode).toBe(202);
  }
  const over = await tryOut(gateway, '1', { address });
  expect(over.statusCode).toBe(429);
  expect(over.headers['retry-after']).toBe('3600');
  const other = await tryOut(gateway, '1', { address }, { authorization: 'Bearer beep' });
  expect(other.statusCode).toBe(202);
  now += 60 * 60 * 1000;
  expect((await tryOut(gateway, '1', { address })).statusCode).toBe(202);
});

test.each([
  ['busy', 'Nothing was sent'],
  ['unknown', 'may be sent or not'],
] as const)('when Kafka is %s it says so', async (kind, says) => {
  const gateway = await buildGateway({ publish: async () => ({ kind }) });
  const response = await tryOut(gateway, '1', { address: 'editor@example.com' });
  expect(response.statusCode).toBe(503);
  expect(response.json().detail).toContain(says);
});
