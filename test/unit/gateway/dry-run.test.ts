import { expect, test } from 'vitest';
import type { User } from '../../../schemas/generated/records.ts';
import { anna, authorization, buildGateway, tables, templates } from './built-gateway.ts';
import { memoryPeople } from './memory-people.ts';

const boris: User = { ...anna, id: '2', fullName: 'Борис', email: null };
const clara: User = {
  ...anna,
  id: '3',
  fullName: 'Clara',
  email: 'clara@example.com',
  locale: 'en',
  phone: '+79160000003',
  channels: ['email', 'sms'],
};

async function askDry(body: object, channel = 'email') {
  const users = [anna, boris, clara];
  const preferences = [
    { userId: '2', optedOutChannels: [], optedOutEvents: ['movieAdded'], updatedAt: 0 } as const,
  ];
  const people = await memoryPeople({ users, preferences });
  const gateway = await buildGateway({ people: () => people });
  const response = await gateway.app.inject({
    method: 'POST',
    url: `/api/v1/notifications/${channel}`,
    headers: { authorization },
    body: { template_id: '1', movie_id: '1', dry_run: true, ...body },
  });
  return { response, gateway };
}

test('a dry run tells how many get it and why the others do not, and writes nothing', async () => {
  const { response, gateway } = await askDry({ user_ids: '1, 2, 3, 404' });
  expect(response.statusCode).toBe(200);
  expect(response.json()).toMatchObject({
    dry_run: true,
    people: 4,
    channels: [
      {
        channel: 'email',
        template_id: '1',
        template_version: 4,
        written: 2,
        against: { noAddress: 1, unknownUser: 1 },
      },
    ],
  });
  expect(gateway.records).toEqual([]);
});

test('the samples are what real people would read, in their language', async () => {
  const { response } = await askDry({ audience: 'genre:драма' });
  const [email] = response.json().channels;
  const byUser = Object.fromEntries(
    email.samples.map((each: { user_id: string }) => [each.user_id, each]),
  );
  expect(Object.keys(byUser).toSorted()).toEqual(['1', '3']);
  expect(byUser['3']).toEqual({
    user_id: '3',
    locale: 'en',
    subject: 'Брат',
    body: 'Dear Clara',
    sms: null,
  });
  expect(byUser['1']).toMatchObject({ locale: 'ru', body: 'Уважаемый Анна Каренина' });
});

test('of an SMS it says in how many parts it goes out', async () => {
  const { response } = await askDry({ template_id: '2', audience: 'all' }, 'sms');
  const [sms] = response.json().channels;
  expect(sms).toMatchObject({ written: 1, against: { channelNotChosen: 2 } });
  expect(sms.sms_parts).toEqual({ total: 1, exact: true });
  expect(sms.samples).toMatchObject([{ user_id: '3', sms: { parts: 1, encoding: 'UCS-2' } }]);
});

test('what would be refused is refused in a dry run too', async () => {
  const { response } = await askDry({ template_id: '404', user_ids: '1' });
  expect(response.statusCode).toBe(404);
});

test('a template that the processors would refuse is refused beforehand, dry or not', async () => {
  const long = { locale: 'ru', subject: 'x', body: 'я'.repeat(100_001) };
  const row = { key: '1', offset: 0, value: { ...templates[0], texts: [long] } };
  const broken = { ...tables, templates: { ...tables.templates, get: () => row as never } };
  const source = { tables: () => broken, progress: () => ({ restored: 1, total: 1 }) };
  const gateway = await buildGateway({ source });
  const response = await gateway.app.inject({
    method: 'POST',
    url: '/api/v1/notifications/email',
    headers: { authorization },
    body: { template_id: '1', movie_id: '1', user_ids: '1' },
  });
  expect(response.statusCode).toBe(422);
  expect(response.json().detail).toContain('at most 100000 are taken');
  expect(gateway.records).toEqual([]);
});
