import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import { boundReads } from '../../gateway/read/bounded-reads.ts';
import { openPeopleSearch, type PeopleSearch } from '../../gateway/read/people-search.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { world } from '../scenarios/fixtures.ts';
import { raw, written } from '../scenarios/scenario.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';
import { openSystem, type System, until } from './support/system.ts';

const w = world('people-search');
const alyona = {
  ...w.anna,
  id: w.id('alyona'),
  fullName: 'Алёна Королёва-Ли',
  email: 'Alyona.K@example.com',
  phone: '+79161230001',
};
const boris = { ...w.anna, id: w.id('boris'), fullName: 'Boris', email: null, phone: null };

let system: System;
let history: HistoryDatabase;
let running: Running;
let search: PeopleSearch;

beforeAll(async () => {
  system = await openSystem('people-search');
  history = await createHistoryDatabase('people_search_test', system.log);
  search = openPeopleSearch(boundReads({ database: history.database, clock: systemClock }));
  const config = { ...system.config, databaseUrl: history.url };
  await system.write([w.user({ ...alyona, fullName: 'Прежняя' }), w.user(alyona), w.user(boris)]);
  running = await startHistory({ config, log: system.log });
  await until('the history is ready', () => running.ready());
});

afterAll(async () => {
  await running?.stop();
  await history?.close();
  await system?.close();
});

/** The fixtures' ids of those who are found. */
const found = async (wanted: string) =>
  (await search.find(wanted)).people.map(({ userId }) => userId).filter((id) => id !== w.anna.id);

test.each([
  ['алена', [alyona.id]],
  ['КОРОЛЁВА алё', [alyona.id]],
  ['ли', [alyona.id]],
  ['прежняя', []],
  ['alyona.k@EXAMPLE', [alyona.id]],
  ['8 916 123-00-01', [alyona.id]],
  ['916123000', []],
  ['boris', [boris.id]],
  ['%', []],
  ['_oris@', []],
])('by %j', async (wanted, ids) => {
  expect(await found(wanted)).toEqual(ids);
});

test('whoever is deleted, or has a row that nobody can read, is found no more', async () => {
  const other = { ...boris, id: w.id('other'), fullName: 'Unreadable One' };
  await system.write([w.user(other)]);
  await until('they are found', async () => (await found('unreadable')).length === 1);
  await system.write([
    written(topics.users, alyona.id, null),
    raw(topics.users, other.id, Buffer.from('no avro')),
  ]);
  await until('both are gone', async () => {
    const left = [...(await found('алена')), ...(await found('unreadable'))];
    return left.length === 0;
  });
  const letters = await system.read(topics.deadLetters);
  const process = (headers: readonly (readonly [string, Buffer | null])[]) =>
    headers.find(([name]) => name === 'dead-letter.process')?.[1]?.toString();
  const ours = letters.filter(({ key }) => key?.toString() === other.id);
  expect(ours.map(({ headers }) => process(headers))).not.toContain('history');
});

test('each way walks an index, however many people there are', async () => {
  const { database } = history;
  await database.query`
    insert into people (user_id, full_name, email, phone, folded_name, folded_email, phone_tail)
    select 'many-' || n, 'Имя ' || n, n || '@example.org', '+7' || 9000000000 + n, 'имя ' || n,
      n || '@example.org', (9000000000 + n)::text
    from generate_series(1, 100000) n`;
  await database.script('analyze people');
  const plans = await Promise.all([
    database.query`explain select * from people
      where folded_email ~>=~ '777@' and folded_email ~<~ '777@z' limit 1000`,
    database.query`explain select * from people where phone_tail = '9000000777' limit 1000`,
    database.query`explain select * from people
      where name_words @@ to_tsquery('simple', 'имя:* & 777:*') limit 1000`,
  ]);
  for (const plan of plans) expect(JSON.stringify(plan)).toMatch(/people_by_(email|phone|name)/);
  expect((await search.find('имя 77777')).people).toMatchObject([{ userId: 'many-77777' }]);
});
