import { expect, test } from 'vitest';
import { topics } from '../../../schemas/topics.ts';
import {
  become,
  type Change,
  episode,
  grow,
  noon,
  preference,
  read,
  unreadable,
  user,
} from './foreign-writer.ts';

test('an opt-out written with a newer schema is read', async () => {
  const opted = await read(topics.preferences, preference, grow('optedOutChannels'));
  expect(opted).toEqual({ ok: true, value: preference });
});

test('a symbol that only the writer knows is read as unknown', async () => {
  const value = { ...preference, optedOutChannels: ['sms', 'push'], optedOutEvents: ['push'] };
  const opted = await read(topics.preferences, value, (schema, field) => {
    grow('optedOutChannels')(schema, field);
    grow('optedOutEvents')(schema, field);
  });
  const known = { optedOutChannels: ['sms', 'unknown'], optedOutEvents: ['unknown'] };
  expect(opted).toEqual({ ok: true, value: { ...preference, ...known } });
});

test('a symbol that has no safe meaning is refused, with its place and its name', async () => {
  const request = {
    requestId: 'r1',
    channel: 'push',
    templateId: 't1',
    movieId: null,
    userIds: [],
    audience: 'all',
    requestedBy: 'x',
    requestedAt: noon,
  };
  const found = await read(topics.notificationRequested, request, (_schema, field) => {
    (field('channel').type as { symbols: string[] }).symbols.push('push');
  });
  expect(found).toEqual(unreadable('channel: the symbol push is not known'));
});

const contact = { type: 'record', name: 'Contact', fields: [{ name: 'mail', type: 'string' }] };
const userCases: readonly (readonly [string, Change])[] = [
  ['a string that may be null', become('fullName', ['null', 'string'])],
  ['a string that may no longer be null', become('email', 'string')],
  ['null in the second place', become('email', ['string', 'null'])],
  ['an extra branch', become('email', ['null', contact, 'string'])],
  ['a branch more for null', become('phone', ['null', 'string', 'long'])],
  ['text as bytes', become('locale', ['null', 'string', 'bytes'])],
  [
    'a string with properties',
    become('fullName', { type: 'string', 'avro.java.string': 'String' }),
  ],
  [
    'another name and namespace',
    (schema) => Object.assign(schema, { name: 'Person', namespace: 'com.example.people' }),
  ],
  ['fields in another order', (schema) => schema.fields.reverse()],
  [
    'a field that is not there, with a default',
    (schema) => {
      schema.fields = schema.fields.filter(({ name }) => name !== 'phone' && name !== 'timeZone');
    },
  ],
];

test.each(userCases)('%s', async (_, change) => {
  expect(await read(topics.users, user, change)).toEqual({ ok: true, value: user });
});

test('fields that we do not know are passed over, whatever is in them', async () => {
  const address = {
    type: 'record',
    name: 'Address',
    fields: [
      { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['home', 'work'] } },
      { name: 'lines', type: { type: 'array', items: ['null', 'string', 'bytes'] } },
      { name: 'at', type: { type: 'fixed', name: 'At', size: 3 } },
      { name: 'more', type: ['null', 'Address'] },
    ],
  };
  const extra = {
    addresses: { a: { kind: 'work', lines: [null, 'x'], at: Buffer.alloc(3), more: null } },
    balance: 1.5,
    ratio: 0.5,
    seen: [true, false],
    big: 2 ** 50,
    visits: 3,
    nothing: null,
  };
  const found = await read(topics.users, { ...user, ...extra }, (schema) => {
    schema.fields.unshift({ name: 'addresses', type: { type: 'map', values: address } });
    schema.fields.push(
      { name: 'balance', type: 'double' },
      { name: 'ratio', type: 'float' },
      { name: 'seen', type: { type: 'array', items: 'boolean' } },
      { name: 'big', type: 'long' },
      { name: 'visits', type: 'int' },
      { name: 'nothing', type: 'null' },
    );
  });
  expect(found).toEqual({ ok: true, value: user });
});

test('a renamed field is found by the alias that its writer gives it', async () => {
  const { fullName, ...rest } = user;
  const found = await read(topics.users, { ...rest, name: fullName }, (_, field) => {
    Object.assign(field('fullName'), { name: 'name', aliases: ['fullName'] });
  });
  expect(found).toEqual({ ok: true, value: user });
});

test.each([
  [
    'null where a value must be',
    become('fullName', ['null', 'string']),
    { fullName: null },
    'fullName: found null, not string',
  ],
  [
    'a branch that we do not know',
    become('email', ['null', 'string', contact]),
    { email: { mail: 'x' } },
    'email: found record, not null or string',
  ],
  [
    'another kind',
    become('followedGenres', 'string'),
    { followedGenres: 'drama' },
    'followedGenres: found string, not array',
  ],
  [
    'an item of another kind',
    become('followedMovieIds', { type: 'array', items: 'long' }),
    { followedMovieIds: [7] },
    'followedMovieIds[0]: found long, not string',
  ],
  [
    'bytes that are no text',
    become('fullName', 'bytes'),
    { fullName: Buffer.from([65, 0xff]) },
    'fullName: the text is not valid UTF-8',
  ],
] as const)('%s is refused with the field', async (_, change, value, reason) => {
  expect(await read(topics.users, { ...user, ...value }, change)).toEqual(unreadable(reason));
});

test('a field that must be there and is not is named', async () => {
  const found = await read(topics.users, user, (schema) => {
    schema.fields = schema.fields.filter(({ name }) => name !== 'channels');
  });
  expect(found).toEqual(unreadable('channels: the writer has no such field'));
});

test.each(['int', 'long', 'float', 'double'])('a number written as %s is read', async (type) => {
  const found = await read(topics.episodeReleased, episode, become('season', type));
  expect(found).toEqual({ ok: true, value: episode });
});

test.each([
  ['long', 2 ** 31, 'the number has more than 32 bits'],
  ['double', 1.5, 'the number is not whole'],
  ['double', 2 ** 60, 'the number is beyond 2^53, and would not be kept exactly'],
])('a %s that would lose something is refused: %d', async (type, season, reason) => {
  const found = await read(topics.episodeReleased, { ...episode, season }, become('season', type));
  expect(found).toEqual(unreadable(`season: ${reason}`));
});
