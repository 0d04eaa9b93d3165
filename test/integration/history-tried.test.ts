import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHistory } from '../../connectors/postgres/start.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { written } from '../scenarios/scenario.ts';
import { deliveryEvent, idOf, notification } from '../unit/connectors/postgres/records.ts';
import {
  createHistoryDatabase,
  type HistoryDatabase,
  historyTables,
} from './support/history-database.ts';
import { openSystem, type System, until } from './support/system.ts';

let system: System;
let history: HistoryDatabase;
let running: Running | undefined;

beforeAll(async () => {
  system = await openSystem('history-tried');
  history = await createHistoryDatabase('history_tried_test', system.log);
  const config = { ...system.config, appId: 'history-tried', databaseUrl: history.url };
  const started = await startHistory({ config, log: system.log });
  started.failed.catch(() => undefined);
  running = started;
  await until('the history is ready', () => started.ready());
});

afterAll(async () => {
  await running?.stop();
  await history?.close();
  await system?.close();
});

test('a text that was tried leaves no row and counts in nothing', async () => {
  const requestId = 'request-tried';
  const recordsOf = (userId: string, isTest: boolean) => {
    const what = { requestId, userId, test: isTest };
    const line = deliveryEvent({ ...what, kind: 'accepted' });
    return [
      written(topics.emailNotifications, userId, notification(what)),
      written(topics.deliveryEvents, idOf(requestId, userId), line),
    ];
  };
  await system.write([...recordsOf('tried', true), ...recordsOf('real', false)]);
  await until('the real one is delivered', async () => {
    const { delivered } = await history.states(requestId);
    return delivered === 1;
  });
  const tables = await Promise.all(historyTables.map((table) => history.lines(table)));
  const linesOf = (userId: string) =>
    tables.flat().filter((line) => line.includes(idOf(requestId, userId)));
  expect(linesOf('tried')).toEqual([]);
  expect(linesOf('real')).not.toEqual([]);
  const letters = await system.read(topics.deadLetters);
  expect(letters.filter(({ key }) => key?.toString() === 'tried')).toEqual([]);
});
