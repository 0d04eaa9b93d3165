import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { raw, written } from '../scenarios/scenario.ts';
import { notification } from '../unit/connectors/postgres/records.ts';
import { createHistoryDatabase, type HistoryDatabase } from './support/history-database.ts';
import { openSystem, type System, until } from './support/system.ts';

let system: System;
let history: HistoryDatabase;
let running: Running | undefined;

afterAll(async () => {
  await running?.stop();
  await history?.close();
  await system?.close();
});

/** No row that the mapping makes is refused; so the tables are taught to refuse one. */
const refusal = `create function refuse() returns trigger language plpgsql as $$
  begin raise exception 'no' using errcode = 'program_limit_exceeded'; end $$;
  create trigger refuse before insert on notifications for each row
    when (new.body = 'refused') execute function refuse();
  create trigger refuse before insert on dead_letters for each row
    when (new.key = 'a letter') execute function refuse()`;

async function lettersOf(key: string): Promise<(string | undefined)[]> {
  const letters = await system.read(topics.deadLetters);
  return letters
    .filter((each) => each.key?.toString() === key)
    .map(({ headers }) => headers.find(([name]) => name === 'dead-letter.code')?.[1]?.toString());
}

async function startReady(): Promise<void> {
  const config = { ...system.config, appId: 'history-refused-row', databaseUrl: history.url };
  const started = await startHistory({ config, log: system.log });
  started.failed.catch(() => undefined);
  running = started;
  await until('the history is ready', () => started.ready());
}

beforeAll(async () => {
  system = await openSystem('history-refused-row');
  history = await createHistoryDatabase('history_refused_row_test', system.log);
  await startReady();
  await history.database.script(refusal);
});

test('a row that PostgreSQL refuses is set aside, and those beside it are written', async () => {
  const requestId = 'request-refused';
  const people = Array.from({ length: 300 }, (_, index) => `user-${index}`);
  const lane = (userId: string, body: string) =>
    written(topics.emailNotifications, userId, notification({ requestId, userId, body }));
  const lanes = people.map((userId) => lane(userId, 'Hello'));
  await system.write(lanes.toSpliced(100, 0, lane('refused', 'refused')));
  await until('all others are there', async () => {
    const { rendered } = await history.states(requestId);
    return rendered === people.length;
  });
  expect(await lettersOf('refused')).toEqual(['ROW_REFUSED']);
  expect((await history.lines('notifications', requestId)).length).toBe(people.length);
});

test('a letter whose row is refused makes no other one, and the next has its row', async () => {
  const letter = (key: string) => raw(topics.deadLetters, key, Buffer.from('whatever'));
  await system.write([letter('a letter'), letter('the next one')]);
  await until('the next one is there', async () => {
    return (await history.lines('dead_letters', 'the next one')).length === 1;
  });
  expect(await history.lines('dead_letters', 'a letter')).toEqual([]);
  expect(await lettersOf('a letter')).toEqual([undefined]);
});
