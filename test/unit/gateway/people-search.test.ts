import { expect, test } from 'vitest';
import { type Wanted, wantedIn } from '../../../gateway/read/people-search.ts';
import { authorization, buildGateway } from './built-gateway.ts';

test.each<readonly [string, Wanted | null]>([
  ['Анна@Example.com', { kind: 'email', begins: 'анна@example.com' }],
  ['anna@', { kind: 'email', begins: 'anna@' }],
  ['8 (916) 123-45-67', { kind: 'phone', tail: '9161234567' }],
  ['+79161234567', { kind: 'phone', tail: '9161234567' }],
  ['123-45-67', { kind: 'phone', tail: '1234567' }],
  ['12345', null],
  ['Алёна  Королёва-Ли', { kind: 'name', words: ['алена', 'королева', 'ли'] }],
  ["O'Brien & ! :*", { kind: 'name', words: ['o', 'brien'] }],
  ['а', null],
  ['!!!', null],
])('%j looks for %j', (text, wanted) => {
  expect(wantedIn(text)).toEqual(wanted);
});

const found = { userId: '7', fullName: 'Анна', email: 'anna@example.com', phone: null };

async function find(query: string, secret = authorization) {
  const asked: string[] = [];
  const peopleSearch = {
    find: async (wanted: string) => {
      asked.push(wanted);
      return { people: [found], hasMore: false };
    },
  };
  const { app } = await buildGateway({ peopleSearch });
  const headers = { authorization: secret };
  const url = `/api/v1/people?${query}`;
  return { asked, answer: await app.inject({ method: 'GET', url, headers }) };
}

test('people are found in the REST API', async () => {
  const { asked, answer } = await find('query=anna%40example.com');
  expect(asked).toEqual(['anna@example.com']);
  expect(answer.json()).toEqual({
    people: [{ id: '7', full_name: 'Анна', email: 'anna@example.com', phone: null }],
    has_more: false,
  });
});

test.each([['query=a'], ['query='], [''], ['query=a%00b'], ['query=ab&more=1']])(
  'a query of %j is a 400',
  async (query) => {
    const { asked, answer } = await find(query);
    expect([answer.statusCode, asked]).toEqual([400, []]);
  },
);

test('nobody is told without a key', async () => {
  const { asked, answer } = await find('query=anna', 'Bearer wrong');
  expect([answer.statusCode >= 400, asked]).toEqual([true, []]);
});
