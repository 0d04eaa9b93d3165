import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../dev/infra/command.ts';
import { startProcessors } from '../../processors/start.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { type ExampleProgram, prepareExamples } from '../integration/support/example-programs.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows } from '../scenarios/fixtures.ts';

const languages = ['typescript', 'python', 'java'];
const runBoundMs = 60_000;
/** The first time on a machine fetches wheels and jars. */
const prepareBoundMs = 10 * 60_000;

let system: System;
let running: Running;
let programs: readonly ExampleProgram[] = [];

beforeAll(async () => {
  const opened = openSystem('examples');
  [programs, system] = await Promise.all([prepareExamples(), opened]);
  await system.write(templateRows);
  running = await startProcessors({ config: system.config, log: system.log });
  await until('the processors are ready', () => running.ready());
}, prepareBoundMs);

afterAll(async () => {
  await running?.stop();
  await system?.close();
});

/** Runs an example as a person would, and answers the ids that it prints. */
async function publish(language: string, email: string) {
  const program = programs.find((each) => each.language === language);
  const [command = '', ...args] = program?.argv ?? [];
  const { KAFKA_BROKERS = '', SCHEMA_REGISTRY_URL = '' } = system.environment;
  const { code, output } = await runCommand(command, [...args, email], {
    timeoutMs: runBoundMs,
    env: { KAFKA_BROKERS, SCHEMA_REGISTRY_URL },
  });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('published') });
  const [, eventId = '', userId = ''] = /published (\S+) for (\S+)/.exec(output) ?? [];
  return { eventId, userId };
}

test.each(languages)('%s: what the example publishes reaches its user', async (language) => {
  const email = `${language}@example.com`;
  const { eventId, userId } = await publish(language, email);
  const arrived = async () => {
    const values = await system.readValues(topics.emailNotificationsBulk);
    return values.filter((each) => each.eventId === eventId);
  };
  await until(`the notification of ${eventId}`, async () => (await arrived()).length > 0);
  const [notification] = await arrived();
  expect(notification).toMatchObject({ userId, address: email, channel: 'email' });
  expect(notification?.body).toContain('Двенадцать стульев');
});

test('every row lies where Java would have put it', async () => {
  const rows = await system.read(topics.users);
  expect(rows).toHaveLength(languages.length);
  for (const { key, partition } of rows) {
    expect(partition).toBe(partitionOf(key ?? Buffer.alloc(0), topics.users.partitions));
  }
});

test('no example leaves a record that nobody can work on', async () => {
  expect(await system.read(topics.deadLetters)).toEqual([]);
});
