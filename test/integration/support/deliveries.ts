import { afterAll, beforeAll } from 'vitest';
import type { Fault } from '../../../dev/inbox/faults.ts';
import { type Inbox, startInbox } from '../../../dev/inbox/inbox.ts';
import type { InboxMessage } from '../../../dev/inbox/message.ts';
import { deadLetterHeaders } from '../../../runtime/dead-letter.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import { createHealth } from '../../../runtime/health.ts';
import { offsetRange, partitionCount } from '../../../runtime/kafka/offsets.ts';
import { takeOver } from '../../../runtime/kafka/transactions.ts';
import type { Channel, DeliveryEvent, Notification } from '../../../schemas/generated/records.ts';
import { notificationIdOf } from '../../../schemas/ids.ts';
import { lanes, topics } from '../../../schemas/topics.ts';
import { type Written, written } from '../../scenarios/scenario.ts';
import { messagesIn, script } from '../../unit/inbox/opened-inbox.ts';
import { openSystem, type System, until } from './system.ts';

export const channels: readonly Channel[] = ['email', 'sms', 'messenger'];

/** Both ends of a connector: the lanes and the journal on one side, the inbox on the other. */
export type Deliveries = {
  readonly system: System;
  readonly inbox: Inbox;
  /** A notification to somebody new, or another one to the same person. */
  to(channel: Channel, same?: Notification): Notification;
  /** What the journal says of a notification, in its order. */
  journalOf(notification: Notification): Promise<DeliveryEvent[]>;
  /** The same in short: `started 1`, `accepted 1`. */
  stepsOf(notification: Notification): Promise<string[]>;
  untilJournalled(notification: Notification, kind: DeliveryEvent['kind']): Promise<void>;
  /** What came to the address of a notification. */
  arrivedAt(notification: Notification): Promise<InboxMessage[]>;
  untilArrived(notification: Notification): Promise<void>;
  /** Codes of the dead letters with these bytes. */
  lettersOf(key: string | null, value: Buffer | null): Promise<(string | undefined)[]>;
  /** Lets the vendor fail for the address of a notification. */
  fail(notification: Notification, fault: Fault, times?: number): Promise<void>;
  forgetFaults(): Promise<void>;
  /** Other files wrote to the same lanes: the groups of an application begin behind them. */
  beginAtTheEnd(appId: string): Promise<void>;
};

/** A record of a lane. */
export function on(lane: 'direct' | 'bulk', notification: Notification): Written {
  return written(lanes[notification.channel][lane], notification.userId, notification);
}

const addressOf: Readonly<Record<Channel, (person: number) => string>> = {
  email: (person) => `person-${person}@example.com`,
  sms: (person) => `+7916${String(person).padStart(7, '0')}`,
  messenger: (person) => String(5000 + person),
};

function notificationOf(channel: Channel, userId: string, address: string, eventId: string) {
  const templateId = 't-deliveries';
  return {
    notificationId: notificationIdOf({ eventId, templateId, channel, userId }),
    eventId,
    eventType: 'episodeReleased',
    requestId: null,
    userId,
    channel,
    address,
    recipientName: 'Анна Каренина',
    locale: 'ru',
    subject: channel === 'email' ? 'О фильме Брат' : null,
    body: `Вышла серия: ${eventId}`,
    templateId,
    templateVersion: 1,
    source: { topic: topics.episodeReleased.name, partition: 0, offset: 0 },
    userOffset: 0,
    preferenceOffset: null,
    occurredAt: Date.parse('2026-01-15T12:00:00Z'),
    test: false,
  } as const satisfies Notification;
}

/** A broker that has just started does not know a group's coordinator yet. */
async function eventually<T>(what: string, call: () => Promise<T>): Promise<T> {
  const found: T[] = [];
  await until(what, async () => {
    await call().then(
      (value) => found.push(value),
      (error: unknown) => {
        if (!(error instanceof VestnikError) || !error.retryable) throw error;
      },
    );
    return found.length > 0;
  });
  return found[0] as T;
}

async function moveToTheEnd(system: System, groupId: string, channel: Channel): Promise<void> {
  const { kafka, log } = system;
  const { signal } = new AbortController();
  const inputs: { readonly topic: string; readonly partition: number }[] = [];
  for (const { name: topic } of Object.values(lanes[channel])) {
    const count = await partitionCount(kafka, topic);
    for (let partition = 0; partition < count; partition += 1) inputs.push({ topic, partition });
  }
  const names = { groupId, transactionalId: `${groupId}-test` };
  const options = { kafka, log, health: createHealth(log), signal, inputs, ...names };
  const { producer } = await eventually('a new group is known', () => takeOver(options));
  const offsets = inputs.map(async ({ topic, partition }) => {
    const { high: nextOffset } = await offsetRange(kafka, topic, partition);
    return { topic, partition, nextOffset };
  });
  await producer.commit({ records: [], offsets: await Promise.all(offsets) });
  await producer.close();
}

const isSame = (found: Buffer | null, wanted: Buffer | null) =>
  found && wanted ? found.equals(wanted) : found === wanted;

function deliveriesOf(name: string, system: System, inbox: Inbox): Deliveries {
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  const journalOf = async ({ notificationId }: Notification) => {
    const events = await system.readValues(topics.deliveryEvents);
    return events.filter((event) => event.notificationId === notificationId);
  };
  const arrivedAt = ({ channel, address }: Notification) =>
    messagesIn(inbox, `?channel=${channel}&to=${encodeURIComponent(address)}`);
  return {
    system,
    inbox,
    to(channel, same) {
      const person = next();
      const userId = same?.userId ?? `${name}-person-${person}`;
      const address = same?.address ?? addressOf[channel](person);
      return notificationOf(channel, userId, address, `${name}-event-${person}`);
    },
    journalOf,
    stepsOf: async (notification) =>
      (await journalOf(notification)).map(({ kind, attempt }) => `${kind} ${attempt}`),
    untilJournalled: (notification, kind) =>
      until(`${kind} is in the journal`, async () =>
        (await journalOf(notification)).some((event) => event.kind === kind),
      ),
    arrivedAt,
    untilArrived: (notification) =>
      until('it is in the inbox', async () => (await arrivedAt(notification)).length > 0),
    async lettersOf(key, value) {
      const wantedKey = key === null ? null : Buffer.from(key);
      const found = (await system.read(topics.deadLetters)).filter(
        (each) => isSame(each.key, wantedKey) && isSame(each.value, value),
      );
      return found.map(({ headers }) =>
        headers.find(([header]) => header === deadLetterHeaders.code)?.[1]?.toString(),
      );
    },
    fail: ({ channel, address }, fault, times = 1) =>
      script(inbox, { channel, to: address, fault, times }),
    async forgetFaults() {
      await fetch(`${inbox.url}/api/faults`, { method: 'DELETE' });
    },
    async beginAtTheEnd(appId) {
      for (const channel of channels) await moveToTheEnd(system, `${appId}-${channel}`, channel);
    },
  };
}

/** Opens both ends for the tests of a file; to be read once they run. */
export function openDeliveries(name: string): () => Deliveries {
  let system: System;
  let inbox: Inbox;
  let deliveries: Deliveries;
  beforeAll(async () => {
    system = await openSystem(name);
    inbox = await startInbox({ httpPort: 0, smtpPort: 0 });
    deliveries = deliveriesOf(name, system, inbox);
  });
  afterAll(async () => {
    await inbox?.close();
    await system?.close();
  });
  return () => deliveries;
}
