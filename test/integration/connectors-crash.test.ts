import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Notification } from '../../schemas/generated/records.ts';
import { type RoleProcess, spawnRole } from './support/child-process.ts';
import { type Deliveries, on, openDeliveries } from './support/deliveries.ts';

const name = 'connectors-crash';
const anHourMs = 3_600_000;
const opened = openDeliveries(name);
let deliveries: Deliveries;
let processes: RoleProcess[] = [];

beforeEach(async () => {
  deliveries = opened();
  await deliveries.beginAtTheEnd(name);
});

afterEach(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  processes = [];
  await deliveries.forgetFaults();
});

/** Starts the connector of a notification as a process of its own, as production does. */
function start({ channel }: Notification): RoleProcess {
  const { system, inbox } = deliveries;
  const started = spawnRole('connectors/main.ts', [channel], {
    ...system.environment,
    SMTP_URL: inbox.smtpUrl,
    TWILIO_BASE_URL: inbox.twilioBaseUrl,
    TELEGRAM_API_ROOT: inbox.telegramApiRoot,
  });
  processes.push(started);
  return started;
}

const write = (notification: Notification) => deliveries.system.write([on('direct', notification)]);

/** Kills a connector when the vendor has the message and has not answered. */
async function killWhileSending(notification: Notification): Promise<void> {
  await deliveries.fail(notification, { kind: 'slow', delayMs: anHourMs });
  const connector = start(notification);
  await write(notification);
  await deliveries.untilArrived(notification);
  await connector.kill();
}

test('SIGKILL: an SMS is not sent again, and the journal ends in unknown', async () => {
  const { to, stepsOf, untilJournalled, arrivedAt } = deliveries;
  const sms = to('sms');
  const next = { ...to('sms'), userId: sms.userId };
  await killWhileSending(sms);
  expect(await stepsOf(sms)).toEqual(['started 1']);
  start(sms);
  await write(next);
  await untilJournalled(next, 'accepted');
  expect(await stepsOf(sms)).toEqual(['started 1', 'unknown 1']);
  expect(await arrivedAt(sms)).toHaveLength(1);
});

test('SIGKILL: a mail comes a second time under the same Message-ID, as attempt 2', async () => {
  const { to, stepsOf, untilJournalled, arrivedAt } = deliveries;
  const mail = to('email');
  await killWhileSending(mail);
  start(mail);
  await untilJournalled(mail, 'accepted');
  expect(await stepsOf(mail)).toEqual(['started 1', 'unknown 1', 'started 2', 'accepted 2']);
  const ids = (await arrivedAt(mail)).map(({ headers }) => headers['message-id']);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('SIGKILL in a wait: what was settled is not sent again, the rest goes on', async () => {
  const { to, fail, system, stepsOf, untilJournalled, arrivedAt, forgetFaults } = deliveries;
  const [settled, waiting] = [to('email'), to('email')];
  await fail(waiting, { kind: 'status', status: 421 }, 100_000);
  const connector = start(waiting);
  const records = [settled, waiting].map((each) => system.encode(on('direct', each)));
  // In one partition and one batch, so that they are sent side by side.
  await system.producer.send(records.map((each) => ({ ...each, partition: 0 })));
  await untilJournalled(waiting, 'unavailable');
  await connector.kill();
  expect(await stepsOf(settled)).toEqual(['started 1', 'accepted 1']);
  await forgetFaults();

  start(waiting);
  await untilJournalled(waiting, 'accepted');
  expect(await stepsOf(settled)).toEqual(['started 1', 'accepted 1']);
  expect(await arrivedAt(settled)).toHaveLength(1);
  expect(await arrivedAt(waiting)).toHaveLength(1);
});

test('SIGTERM: the answer under way is waited for and written down', async () => {
  const { to, fail, stepsOf, untilArrived } = deliveries;
  const sms = to('sms');
  await fail(sms, { kind: 'slow', delayMs: 2000 });
  const connector = start(sms);
  await write(sms);
  await untilArrived(sms);
  expect(await connector.stop()).toBe(0);
  expect(await stepsOf(sms)).toEqual(['started 1', 'accepted 1']);
});
