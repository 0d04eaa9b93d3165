import { expect, test } from 'vitest';
import {
  createPublisher,
  maxUnsettled,
  publishDeadlineMs,
} from '../../../gateway/api/publisher.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import type { OutgoingRecord } from '../../../runtime/kafka/record.ts';
import type { NotificationRequested } from '../../../schemas/generated/records.ts';
import { nowMs, silentLog } from './built-gateway.ts';

const request: NotificationRequested = {
  requestId: 'r-1',
  channel: 'email',
  templateId: '1',
  movieId: null,
  userIds: ['1'],
  audience: null,
  requestedBy: 'admins',
  requestedAt: nowMs,
};

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
  expect(await publish(request)).toEqual({ kind: 'acknowledged' });
  expect(sent).toHaveLength(1);
  expect(sent[0]?.topic).toBe('notification-requested');
  expect(sent[0]?.key?.toString()).toBe('r-1');
  expect(JSON.parse(String(sent[0]?.value))).toEqual(request);
});

test('Kafka away: the outcome is not known', async () => {
  const { publish } = publisherOver(async () => {
    throw new VestnikError('KAFKA_UNAVAILABLE', 'away');
  });
  expect(await publish(request)).toEqual({ kind: 'unknown' });
});

test('a send that takes too long is not waited for', async () => {
  const { publish, sleeps } = publisherOver(() => new Promise(() => undefined));
  const published = publish(request);
  expect(sleeps.map(({ durationMs }) => durationMs)).toEqual([publishDeadlineMs]);
  sleeps[0]?.end();
  expect(await published).toEqual({ kind: 'unknown' });
});

test('a refusal that will not pass is a defect', async () => {
  const { publish } = publisherOver(async () => {
    throw new VestnikError('RECORD_TOO_LARGE', 'x');
  });
  await expect(publish(request)).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
});

test('what waits is bounded, also what nobody waits for any more', async () => {
  const sends: PromiseWithResolvers<void>[] = [];
  const { publish, sleeps } = publisherOver(() => {
    const send = Promise.withResolvers<void>();
    sends.push(send);
    return send.promise;
  });
  const first = Array.from({ length: maxUnsettled }, () => publish(request));
  expect(await publish(request)).toEqual({ kind: 'busy' });

  for (const { end } of sleeps) end();
  await Promise.all(first);
  expect(await publish(request)).toEqual({ kind: 'busy' });

  sends[0]?.resolve();
  await sends[0]?.promise;
  const next = publish(request);
  expect(sends).toHaveLength(maxUnsettled + 1);
  sends.at(-1)?.resolve();
  expect(await next).toEqual({ kind: 'acknowledged' });
});
