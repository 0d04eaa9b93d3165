import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../dev/infra/command.ts';
import { choosePort } from '../../dev/infra/ports.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import { topics } from '../../schemas/topics.ts';
import { buildContainers, type Containers } from '../integration/support/containers.ts';
import { type ExampleProgram, prepareExamples } from '../integration/support/example-programs.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';

/**
 * What someone sees who has never seen this system: the services of docker-compose.yml, run from
 * what the Dockerfile says, with profile `dev`, and the examples that publish to them.
 */
const runBoundMs = 60_000;
/** The first time on a machine fetches packages, wheels and jars. */
const prepareBoundMs = 10 * 60_000;
const languages = ['typescript', 'python', 'java'];

let system: System;
let containers: Containers;
let programs: readonly ExampleProgram[] = [];
let gatewayUrl: string;
let inboxUrl: string;
let written: readonly string[];

/** The image's files, without what is a volume in a container. */
function filesOfImage(): string[] {
  const { root } = containers.image;
  const all = readdirSync(root, { recursive: true }) as string[];
  return all.filter((path) => !path.startsWith('data/')).sort();
}

/** The addresses that the inbox prints, at the loopback of this machine. */
async function startInbox(): Promise<Record<string, string>> {
  const inbox = await containers.run('inbox');
  await until('the inbox listens', () => inbox.output().includes('\n'));
  return JSON.parse(inbox.output().split('\n')[0] ?? '') as Record<string, string>;
}

beforeAll(async () => {
  [programs, system] = await Promise.all([prepareExamples(), openSystem('composed')]);
  const { VESTNIK_DATA_DIR: _ofTheTest, ...addresses } = system.environment;
  containers = buildContainers(addresses);
  written = filesOfImage();
  for (const once of ['deploy', 'samples']) {
    const { code, output } = await (await containers.run(once)).ended();
    if (code !== 0) throw new Error(`${once} ended with ${code}: ${output}`);
  }
  const { url = '', smtpUrl = '', twilioBaseUrl = '', telegramApiRoot = '' } = await startInbox();
  inboxUrl = url;
  const port = await choosePort([]);
  gatewayUrl = `http://127.0.0.1:${port}`;
  await Promise.all([
    containers.start('processors'),
    containers.start('connectors'),
    containers.start('gateway', { PORT: String(port), HOST: '127.0.0.1' }),
    containers.start('inbox-connectors', {
      SMTP_URL: smtpUrl,
      TWILIO_BASE_URL: twilioBaseUrl,
      TELEGRAM_API_ROOT: telegramApiRoot,
    }),
  ]);
}, prepareBoundMs);

afterAll(async () => {
  await containers?.close();
  await system?.close();
}, prepareBoundMs);

describe('the composed system', () => {
  test.each(['deploy', 'processors', 'connectors', 'gateway', 'inbox-connectors'])(
    '%s: its settings are usable',
    async (service) => {
      const { code, output } = await (await containers.run(service, ['--check-config'])).ended();
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('ok\n') });
    },
  );

  test('the gateway made a key up that only its user can read', () => {
    const path = join(containers.image.root, 'data', 'api-key');
    expect(readFileSync(path, 'utf8').trim()).toMatch(/^[\w-]{32}$/);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  test('the first request of all reaches three people', async () => {
    const key = readFileSync(join(containers.image.root, 'data', 'api-key'), 'utf8').trim();
    const answer = await fetch(`${gatewayUrl}/api/v1/notifications/email`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"template_id": "1", "movie_id": "1", "user_ids": "1, 2, 3"}',
    });
    expect(answer.status).toBe(202);
    const mails = async () => {
      const found = await fetch(`${inboxUrl}/api/messages?channel=email`);
      return (await found.json()) as unknown[];
    };
    await until('three mails in the inbox', async () => (await mails()).length === 3);
  });

  test('in production a channel without a vendor is refused, naming its settings', async () => {
    const { code, output } = await (await containers.run('connectors', ['email'])).ended();
    expect(code).toBe(1);
    expect(output).toContain('SMTP_URL, EMAIL_FROM');
  });

  test('nothing is written outside of the volume', () => {
    expect(filesOfImage()).toEqual(written);
  });
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

describe('the examples', () => {
  test.each(languages)('%s: what it publishes reaches its user', async (language) => {
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
    const rows = await system.read(topics.users);
    const row = rows.find(({ key }) => key?.toString() === userId);
    expect(row?.partition).toBe(partitionOf(Buffer.from(userId), topics.users.partitions));
  });

  test('none leaves a record that nobody can work on', async () => {
    expect(await system.read(topics.deadLetters)).toEqual([]);
  });
});
