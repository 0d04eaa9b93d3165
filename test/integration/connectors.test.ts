import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startConnectors } from '../../connectors/start.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { replayHeader } from '../../runtime/replay-mark.ts';
import type { Notification } from '../../schemas/generated/records.ts';
import { lanes, topics } from '../../schemas/topics.ts';
import { messagesIn, script } from '../unit/inbox/opened-inbox.ts';
import { channels, type Deliveries, on, openDeliveries } from './support/deliveries.ts';
import { type System, until } from './support/system.ts';

const name = 'connectors';
const opened = openDeliveries(name);
let deliveries: Deliveries;
let system: System;
let running: Running;
/** How long the connectors slept, in the order of the sleeps. */
let sleptMs: number[] = [];
const clock: Clock = {
  ...systemClock,
  sleep(durationMs, signal) {
    sleptMs.push(durationMs);
    return systemClock.sleep(durationMs, signal);
  },
};

beforeAll(async () => {
  deliveries = opened();
  ({ system } = deliveries);
  const { smtpUrl, twilioBaseUrl: baseUrl, telegramApiRoot: apiRoot } = deliveries.inbox;
  const { email, sms, messenger } = system.config;
  const config = {
    ...system.config,
    email: { ...email, smtpUrl },
    sms: { ...sms, baseUrl },
    messenger: { ...messenger, apiRoot },
  };
  await deliveries.beginAtTheEnd(name);
  running = await startConnectors({ config, log: system.log, clock, names: channels });
  await until('the connectors are ready', () => running.ready());
});

afterEach(() => deliveries.forgetFaults());
afterAll(() => running?.stop());

const write = (lane: 'direct' | 'bulk', ...notifications: readonly Notification[]) =>
  system.write(notifications.map((each) => on(lane, each)));

test.each(channels)('%s: each arrives once, in order, and the journal says so', async (channel) => {
  const { to, untilJournalled, arrivedAt, stepsOf, journalOf } = deliveries;
  const one = to(channel);
  const toOne = [one, to(channel, one), to(channel, one)];
  const toMany = Array.from({ length: 30 }, () => to(channel));
  await write('direct', ...toOne);
  await write('bulk', ...toMany);
  for (const each of [...toOne, ...toMany]) await untilJournalled(each, 'accepted');

  const texts = (await arrivedAt(one)).map(({ text }) => text.trim());
  expect(texts).toEqual(toOne.map(({ body }) => body));
  for (const each of toMany) expect(await arrivedAt(each)).toHaveLength(1);
  for (const each of [...toOne, ...toMany]) {
    expect(await stepsOf(each)).toEqual(['started 1', 'accepted 1']);
  }
  const accepted = (await journalOf(one)).at(-1);
  expect(accepted?.providerId).toEqual(expect.stringMatching(/.+/));
});

test('a text that is tried goes the same way, and the journal says that it was one', async () => {
  const { to, untilJournalled, journalOf, arrivedAt } = deliveries;
  const tried = { ...to('email'), subject: '[Тест] О фильме Брат', test: true };
  await write('direct', tried);
  await untilJournalled(tried, 'accepted');
  expect(await journalOf(tried)).toMatchObject([
    { kind: 'started', test: true },
    { kind: 'accepted', test: true },
  ]);
  const [arrived, ...more] = await arrivedAt(tried);
  expect(more).toEqual([]);
  expect(arrived).toMatchObject({ subject: tried.subject });
});

test('what the vendor refuses for good is in the journal, and the next goes on', async () => {
  const { to, fail, untilJournalled, journalOf, arrivedAt } = deliveries;
  const refused = to('sms');
  const next = to('sms', refused);
  await fail(refused, { kind: 'status', status: 400, code: 21_610 });
  await write('direct', refused, next);
  await untilJournalled(next, 'accepted');
  expect(await journalOf(refused)).toMatchObject([
    { kind: 'started' },
    { kind: 'rejected', code: '21610', reason: 'the person told Twilio to stop' },
  ]);
  const texts = (await arrivedAt(next)).map(({ text }) => text);
  expect(texts).toEqual([next.body]);
});

test('what nobody can read goes to the dead letters, and the next goes on', async () => {
  const { to, untilJournalled, lettersOf, arrivedAt } = deliveries;
  const next = to('email');
  const { emailNotifications: topic } = topics;
  const garbage = Buffer.from(`${name}: no Avro`);
  const keyless = system.encode(on('direct', to('email')));
  const key = Buffer.from(next.userId);
  await system.producer.send([
    { topic: topic.name, key, value: garbage },
    { topic: topic.name, key, value: null },
    { ...keyless, key: null },
    system.encode(on('direct', next)),
  ]);
  await untilJournalled(next, 'accepted');
  await until('the letter without a key is there', async () =>
    (await lettersOf(null, keyless.value)).includes('KEY_MISSING'),
  );
  expect(await lettersOf(next.userId, garbage)).toEqual(['NOT_AVRO']);
  expect(await lettersOf(next.userId, null)).toEqual(['VALUE_MISSING']);
  expect(await arrivedAt(next)).toHaveLength(1);
});

test.each(channels)(
  '%s: ids that no journal can hold reach nobody, the next goes on',
  async (channel) => {
    const { to, untilJournalled, lettersOf, stepsOf, arrivedAt } = deliveries;
    const next = to(channel);
    const huge = { ...to(channel, next), requestId: `${name}${'r'.repeat(1_030_000)}` };
    const record = system.encode(on('direct', huge));
    await system.producer.send([record]);
    await write('direct', next);
    await untilJournalled(next, 'accepted');
    // The letter leaves out what would make it larger than the topic takes.
    expect(await lettersOf(huge.userId, null)).toEqual(['FIELD_TOO_LARGE']);
    expect(await stepsOf(huge)).toEqual([]);
    expect(await arrivedAt(next)).toHaveLength(1);
  },
);

test.each(channels)('%s: a replayed record reaches nobody', async (channel) => {
  const { to, untilJournalled, lettersOf, stepsOf, arrivedAt } = deliveries;
  const replayed = to(channel);
  const next = to(channel, replayed);
  const record = system.encode(on('direct', replayed));
  await system.producer.send([{ ...record, headers: [[replayHeader, Buffer.from('run-1')]] }]);
  await write('direct', next);
  await untilJournalled(next, 'accepted');
  expect(await lettersOf(replayed.userId, record.value)).toEqual(['REPLAY_REFUSED']);
  expect(await stepsOf(replayed)).toEqual([]);
  expect((await arrivedAt(next)).map(({ text }) => text.trim())).toEqual([next.body]);
});

test('put off, it is tried again after the wait', async () => {
  const { to, fail, untilJournalled, stepsOf } = deliveries;
  const late = to('messenger');
  await fail(late, { kind: 'throttled', retryAfterMs: 10 });
  await write('direct', late);
  await untilJournalled(late, 'accepted');
  expect(await stepsOf(late)).toEqual(['started 1', 'throttled 1', 'started 2', 'accepted 2']);
});

test('put off too often, it goes to the dead letters, and the next goes on', async () => {
  const { to, fail, untilJournalled, stepsOf, lettersOf } = deliveries;
  const hopeless = to('messenger');
  const next = { ...to('messenger'), userId: hopeless.userId };
  await fail(hopeless, { kind: 'throttled', retryAfterMs: 10 }, 100);
  await write('direct', hopeless, next);
  await untilJournalled(next, 'accepted');
  expect((await stepsOf(hopeless)).slice(-2)).toEqual(['throttled 5', 'deadLettered 5']);
  const { value } = system.encode(on('direct', hopeless));
  expect(await lettersOf(hopeless.userId, value)).toEqual(['DELIVERY_GAVE_UP']);
});

test('while the vendor is away the lane waits, and nothing is lost or counted', async () => {
  const { to, fail, untilJournalled, stepsOf } = deliveries;
  const patient = to('sms');
  await fail(patient, { kind: 'status', status: 503 }, 2);
  await write('direct', patient);
  await untilJournalled(patient, 'unavailable');
  expect(running.ready()).toBe(true);
  await untilJournalled(patient, 'accepted');
  const away = ['started 1', 'unavailable 1'];
  expect(await stepsOf(patient)).toEqual([...away, ...away, 'started 1', 'accepted 1']);
});

test('a server that hangs up at one person, and takes others, holds nobody for ever', async () => {
  const { to, fail, untilJournalled, stepsOf } = deliveries;
  const [unlucky, behind] = [to('email'), to('email')];
  await fail(unlucky, { kind: 'status', status: 421 }, 100_000);
  const records = [unlucky, behind].map((each) => system.encode(on('direct', each)));
  for (const each of records) await system.producer.send([{ ...each, partition: 0 }]);
  await until('it is given up', async () => {
    await write('direct', to('email'));
    return (await stepsOf(unlucky)).includes('deadLettered 5');
  });
  await untilJournalled(behind, 'accepted');
  expect(await stepsOf(unlucky)).toEqual(expect.arrayContaining(['unavailable 1', 'throttled 5']));
});

test('what may have gone out: an SMS is not sent again, a message is', async () => {
  const { to, fail, untilJournalled, stepsOf, arrivedAt } = deliveries;
  const [sms, message] = [to('sms'), to('messenger')];
  for (const each of [sms, message]) await fail(each, { kind: 'accept-then-drop' });
  await write('direct', sms, message);
  await untilJournalled(sms, 'unknown');
  await untilJournalled(message, 'accepted');
  expect(await stepsOf(sms)).toEqual(['started 1', 'unknown 1']);
  expect(await stepsOf(message)).toEqual(['started 1', 'unknown 1', 'started 2', 'accepted 2']);
  expect(await arrivedAt(sms)).toHaveLength(1);
  expect(await arrivedAt(message)).toHaveLength(2);
});

test('a vendor in trouble does not turn a whole lane of SMS into unknown', async () => {
  const { to, inbox, untilJournalled, journalOf, forgetFaults } = deliveries;
  const crowd = Array.from({ length: 30 }, () => to('sms'));
  const [first, last] = [crowd[0], crowd.at(-1)] as [Notification, Notification];
  // The SMS of the test before may lie in this partition, and its trouble would be the first round.
  const well = to('sms');
  await system.producer.send([{ ...system.encode(on('direct', well)), partition: 0 }]);
  await untilJournalled(well, 'accepted');
  await script(inbox, { channel: 'sms', fault: { kind: 'status', status: 500 }, times: 100_000 });
  const records = crowd.map((each) => system.encode(on('direct', each)));
  sleptMs = [];
  await system.producer.send(records.map((each) => ({ ...each, partition: 0 })));
  await untilJournalled(first, 'unknown');
  await forgetFaults();
  await untilJournalled(last, 'accepted');
  const ends = await Promise.all(crowd.map(async (each) => (await journalOf(each)).at(-1)?.kind));
  expect(new Set(ends)).toEqual(new Set(['unknown', 'accepted']));
  expect(sleptMs, 'the wait after the first round in trouble').toContain(1000);
});

test('someone in person overtakes a fan-out', async () => {
  const { to, inbox, untilArrived } = deliveries;
  const crowd = Array.from({ length: 200 }, () => to('messenger'));
  const [first, last] = [crowd[0], crowd.at(-1)] as [Notification, Notification];
  // All in one partition, or the urgent one's could be free by chance.
  const lane = { topic: lanes.messenger.bulk.name, partition: 0 };
  await system.producer.send(
    crowd.map((each) => ({ ...system.encode(on('bulk', each)), ...lane })),
  );
  await untilArrived(first);
  const urgent = to('messenger');
  await system.producer.send([{ ...system.encode(on('direct', urgent)), partition: 0 }]);
  await untilArrived(last);

  const order = (await messagesIn(inbox, '?channel=messenger')).map((message) => message.to);
  expect(order).toContain(urgent.address);
  expect(order.indexOf(urgent.address)).toBeLessThan(order.indexOf(last.address));
});
