import { expect, test } from 'vitest';
import {
  createPublisher,
  maxUnsettled,
  publishDeadlineMs,
  recordOf,
} from '../../../gateway/write/publisher.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import type { OutgoingRecord } from '../../../runtime/kafka/record.ts';
import type { NotificationRequested } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { nowMs, silentLog } from './built-gateway.ts';

const request: NotificationRequested = {
  requestId: 'r-1',
  channel: 'email',
  templateId: '1',
  movieId: null,
  userIds: ['1'],
  audience: null,
  template: null,
  requestedBy: 'admins',
  requestedAt: nowMs,
};

const record = recordOf(topics.notificationRequested, 'r-1', request);

/** A clock whose sleeps end when the test says so. */
function handClock() {
  const sleeps: { readonly durationMs: number; readonly end: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: (durationMs, signal) =>
      new Promise((end) => {
        sleeps.push({ durationMs, end });
        signal?.addEventListener('abort', () => end(), { once: true });
      }),
  };
  return { clock, sleeps };
}

function publisherOver(send: (records: readonly OutgoingRecord[]) => Promise<void>) {
  const { clock, sleeps } = handClock();
  const serde = { encode: (_topic: unknown, value: unknown) => Buffer.from(JSON.stringify(value)) };
  return { sleeps, publish: createPublisher({ producer: { send }, serde, clock, log: silentLog }) };
}

test('one record, with the id as its key, and then the answer', async () => {
  const sent: OutgoingRecord[] = [];
  const { publish } = publisherOver(async (records) => void sent.push(...records));
  expect(await publish([record])).toEqual({ kind: 'acknowledged' });
  expect(sent).toHaveLength(1);
  expect(sent[0]?.topic).toBe('notification-requested');
  expect(sent[0]?.key?.toString()).toBe('r-1');
  expect(JSON.parse(String(sent[0]?.value))).toEqual(request);
});

test('records of several topics in one go; no value is a tombstone', async () => {
  const sent: (readonly OutgoingRecord[])[] = [];
  const { publish } = publisherOver(async (records) => void sent.push(records));
  const tombstone = recordOf(topics.preferences, 'u-1', null);
  expect(await publish([record, tombstone])).toEqual({ kind: 'acknowledged' });
  expect(sent).toHaveLength(1);
  expect(sent[0]?.map(({ topic }) => topic)).toEqual(['notification-requested', 'preferences']);
  expect(sent[0]?.[1]).toMatchObject({ key: Buffer.from('u-1'), value: null });
});

test('Kafka away: the outcome is not known', async () => {
  const { publish } = publisherOver(async () => {
    throw new VestnikError('KAFKA_UNAVAILABLE', 'away');
  });
  expect(await publish([record])).toEqual({ kind: 'unknown' });
});

test('a send that takes too long is not waited for', async () => {
  const { publish, sleeps } = publisherOver(() => new Promise(() => undefined));
  const published = publish([record]);
  expect(sleeps.map(({ durationMs }) => durationMs)).toEqual([publishDeadlineMs]);
  sleeps[0]?.end();
  expect(await published).toEqual({ kind: 'unknown' });
});

test('a refusal that will not pass is a defect', async () => {
  const { publish } = publisherOver(async () => {
    throw new VestnikError('RECORD_TOO_LARGE', 'x');
  });
  await expect(publish([record])).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
});

test('what waits is bounded, also what nobody waits for any more', async () => {
  const sends: PromiseWithResolvers<void>[] = [];
  const { publish, sleeps } = publisherOver(() => {
    const send = Promise.withResolvers<void>();
    sends.push(send);
    return send.promise;
  });
  const first = Array.from({ length: maxUnsettled }, () => publish([record]));
  expect(await publish([record])).toEqual({ kind: 'busy' });
  sends[0]?.resolve();
  await first[0];
  expect(await publish([record, record])).toEqual({ kind: 'busy' });
  first.push(publish([record]));

  for (const { end } of sleeps) end();
  await Promise.all(first);
  expect(await publish([record])).toEqual({ kind: 'busy' });

  sends[1]?.resolve();
  await sends[1]?.promise;
  const next = publish([record]);
  expect(sends).toHaveLength(maxUnsettled + 2);
  sends.at(-1)?.resolve();
  expect(await next).toEqual({ kind: 'acknowledged' });
});
