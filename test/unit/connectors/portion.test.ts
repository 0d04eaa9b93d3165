import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../../connectors/channel.ts';
import { foldJournal, noteOf } from '../../../connectors/earlier-attempts.ts';
import type { Attempt } from '../../../connectors/journal.ts';
import { outcomeOf, portionSize, roundOf, sortPortion } from '../../../connectors/portion.ts';
import {
  type Guarantee,
  maxInterruptions,
  maxRefusals,
  uncounted,
} from '../../../connectors/verdict.ts';
import { letterFacts } from '../../../runtime/dead-letter.ts';
import type { KafkaRecord } from '../../../runtime/kafka/record.ts';
import { replayHeader } from '../../../runtime/replay-mark.ts';
import type { DeliveryKind } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { notification } from './notification.ts';

const topic = topics.emailNotifications;

function record(offset: number, changes: Partial<KafkaRecord> = {}): KafkaRecord {
  const place = { topic: topic.name, partition: 0, offset, timestampMs: 0 };
  const key = Buffer.from(`user-${offset}`);
  return { ...place, key, value: Buffer.from('good'), headers: [], ...changes };
}

/** Bytes that say `good` are a notification, all others are poison. */
const serde = {
  decode: (_topic: unknown, value: Buffer) =>
    value.equals(Buffer.from('good'))
      ? { ok: true, value: notification() }
      : { ok: false, code: 'NOT_AVRO', reason: 'poison' },
} as unknown as Parameters<typeof sortPortion>[1]['serde'];

type LastLine = readonly [offset: number, kind: DeliveryKind, attempt?: number, code?: string];

function sorted(
  records: readonly KafkaRecord[],
  lines: readonly LastLine[] = [],
  guarantee: Guarantee = 'atLeastOnce',
) {
  const earlier = foldJournal(
    [{ topic: topic.name, nextOffset: 0, metadata: noteOf('journal', 0) }],
    'journal',
    10,
  );
  for (const [offset, kind, attempt = 1, code = ''] of lines) {
    earlier.add({ source: { topic: topic.name, partition: 0, offset }, kind, attempt, code });
  }
  const found = sortPortion(records, { topic, process: 'email', guarantee, serde, earlier });
  const places = (attempts: readonly Attempt[]) =>
    attempts.map((each) => [each.record.offset, each.attempt]);
  return {
    pending: places(found.pending),
    interrupted: places(found.interrupted),
    gaveUp: places(found.gaveUp.map(({ attempt }) => attempt)),
    reasons: found.gaveUp.map(({ reason }) => reason),
    letters: found.letters.map(({ headers }) =>
      headers?.find(([name]) => name.endsWith('code'))?.[1]?.toString(),
    ),
  };
}

const nothing = { pending: [], interrupted: [], gaveUp: [], reasons: [], letters: [] };

/** What the journal says of attempts that all met the same end, or the same answer. */
const lived = (offset: number, times: number, kind: DeliveryKind, code = '') =>
  Array.from({ length: times }, (_, index): LastLine[] => [
    [offset, 'started', index + 1],
    [offset, kind, index + 1, code],
  ]).flat();

describe('the size of a portion', () => {
  const keyed = (...keys: (string | null)[]) =>
    keys.map((key, offset) => record(offset, { key: key === null ? null : Buffer.from(key) }));

  it.each([
    ['ends where a person comes a second time', keyed('a', 'b', 'a', 'c'), 9, 2],
    ['ends at the bound', keyed('a', 'b', 'c'), 2, 2],
    ['is all where nothing ends it', keyed('a', 'b', 'c'), 9, 3],
    ['counts records without a key as one person', keyed(null, null), 9, 1],
    ['is nothing of nothing', [], 9, 0],
  ])('%s', (_title, records, maxRecords, size) => {
    expect(portionSize(records, maxRecords)).toBe(size);
  });
});

describe('the records of a portion', () => {
  it('are pending with attempt 1 when nobody began them', () => {
    expect(sorted([record(1), record(2)])).toEqual({
      ...nothing,
      pending: [
        [1, 1],
        [2, 1],
      ],
    });
  });

  it('are set aside when nobody can read them', () => {
    const bad = [
      record(1, { value: Buffer.from('bad') }),
      record(2, { value: null }),
      record(3, { key: null }),
    ];
    const letters = ['NOT_AVRO', 'VALUE_MISSING', 'KEY_MISSING'];
    expect(sorted(bad)).toEqual({ ...nothing, letters });
  });

  it.each([
    [
      'userId',
      { userId: 'я'.repeat(451) },
      'FIELD_TOO_LARGE',
      'userId of the notification has 902',
    ],
    ['requestId', { requestId: 'x'.repeat(1_040_000) }, 'FIELD_TOO_LARGE', 'requestId of the'],
    ['notificationId', { notificationId: 'x'.repeat(901) }, 'FIELD_TOO_LARGE', 'has 901 bytes'],
    ['no UUID', { notificationId: 'n-1' }, 'RECORD_UNREADABLE', 'notificationId is no UUID'],
    ['another channel', { channel: 'sms' }, 'RECORD_UNREADABLE', 'channel is sms in a lane of'],
  ] as const)('are set aside where the journal cannot hold them: %s', (_, changes, code, said) => {
    const value = notification(changes);
    const decode = () => ({ ok: true, value });
    const earlier = foldJournal([], 'journal', 10);
    const by = { topic, process: 'email', guarantee: 'atLeastOnce', earlier } as const;
    const found = sortPortion([record(1)], { ...by, serde: { decode } as never });
    expect(found.pending).toEqual([]);
    expect(letterFacts(found.letters[0] ?? {})).toMatchObject({
      code,
      reason: expect.stringContaining(said),
    });
  });

  it.each([replayHeader, 'Vestnik-Replay'])('are refused with the header %s', (header) => {
    for (const value of [Buffer.from('run-1'), Buffer.alloc(0), null]) {
      const replayed = record(1, {
        headers: [
          ['trace', null],
          [header, value],
        ],
      });
      expect(sorted([replayed])).toEqual({ ...nothing, letters: ['REPLAY_REFUSED'] });
    }
  });

  it('go on where a former owner ended', () => {
    const records = [1, 2, 3, 4, 5, 6].map((offset) => record(offset));
    const lines: readonly LastLine[] = [
      [1, 'accepted'],
      [2, 'started'],
      [3, 'throttled'],
      [4, 'unavailable', 3],
      ...lived(5, maxRefusals, 'throttled'),
    ];
    expect(sorted(records, lines)).toEqual({
      pending: [
        [2, 2],
        [3, 2],
        [4, 3],
        [6, 1],
      ],
      interrupted: [[2, 1]],
      gaveUp: [[5, maxRefusals]],
      reasons: ['the last line was throttled'],
      letters: [],
    });
  });

  it('are not used up by ends of our own, and those are bounded, too', () => {
    const ends = (offset: number, times: number) => lived(offset, times, 'unknown', 'INTERRUPTED');
    const lines: readonly LastLine[] = [
      ...ends(1, maxRefusals - 1),
      [1, 'started', maxRefusals],
      ...ends(2, maxRefusals * 2),
      [2, 'throttled', maxRefusals * 2 + 1],
      ...ends(3, maxInterruptions - 1),
      [3, 'started', maxInterruptions],
    ];
    expect(sorted([record(1), record(2), record(3)], lines)).toEqual({
      ...nothing,
      pending: [
        [1, maxRefusals + 1],
        [2, maxRefusals * 2 + 2],
      ],
      interrupted: [
        [1, maxRefusals],
        [3, maxInterruptions],
      ],
      gaveUp: [[3, maxInterruptions]],
      reasons: [`the process ended ${maxInterruptions} times while sending it`],
    });
  });

  it('are not sent again where that could be a second time and must not be', () => {
    const lines: readonly LastLine[] = [
      [1, 'started'],
      [2, 'unknown'],
    ];
    const found = sorted([record(1), record(2), record(3)], lines, 'atMostOnce');
    expect(found).toEqual({ ...nothing, pending: [[3, 1]], interrupted: [[1, 1]] });
  });
});

describe('a round', () => {
  const attempt = (offset: number, interruptions = 0): Attempt => ({
    ...{ record: record(offset), notification: notification(), attempt: 1 },
    ...{ ...uncounted, interruptions },
  });

  it('is all side by side, and one alone while the vendor is away', () => {
    const all = [attempt(1), attempt(2)];
    expect(roundOf(all, 0)).toEqual(all);
    expect(roundOf(all, 1)).toEqual([attempt(1)]);
  });

  it('is one alone where some were interrupted, so that only what ends us is counted', () => {
    expect(roundOf([attempt(1), attempt(2, 1)], 0)).toEqual([attempt(1)]);
    expect(roundOf([attempt(2, 1), attempt(3)], 0)).toEqual([attempt(2, 1)]);
  });
});

describe('the outcome of a round', () => {
  const words = { code: '1', reason: 'because' };
  const answered = (attempt: number, result: SendResult) => ({
    attempt: {
      ...{ record: record(attempt), notification: notification(), attempt },
      ...{ refusals: attempt - 1, interruptions: 0 },
    },
    result,
  });
  const state = { outages: 0, guarantee: 'atLeastOnce' } as const;
  const accepted: SendResult = { kind: 'accepted', providerId: 'x' };

  it('is nothing to do when all is settled', () => {
    const outcome = outcomeOf([answered(1, accepted)], state);
    expect(outcome).toEqual({ again: [], gaveUp: [], waitMs: 0, outages: 0 });
  });

  it('waits for the longest that was asked for', () => {
    const throttled = (retryAfterMs: number): SendResult => ({
      kind: 'throttled',
      ...words,
      retryAfterMs,
    });
    const answers = [throttled(5000), throttled(9000), accepted, throttled(7000)];
    const outcome = outcomeOf(
      answers.map((each) => answered(1, each)),
      state,
    );
    expect(outcome).toMatchObject({ waitMs: 9000, outages: 0 });
    expect(outcome.again.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
  });

  it.each(['unavailable', 'misconfigured', 'unknown'] as const)(
    'counts %s as an outage, and the next good round ends it',
    (kind) => {
      const answers = [answered(1, accepted), answered(1, { kind, ...words })];
      const outcome = outcomeOf(answers, { ...state, outages: 2 });
      expect(outcome.outages).toBe(3);
      expect(outcome.again).toHaveLength(1);
      expect(outcomeOf([answered(1, accepted)], { ...state, outages: 3 }).outages).toBe(0);
    },
  );

  it('waits after unknown even where nothing is sent again, to spare the rest of the lane', () => {
    const answers = [answered(1, { kind: 'unknown', ...words })];
    const outcome = outcomeOf(answers, { outages: 2, guarantee: 'atMostOnce' });
    expect(outcome).toEqual({ again: [], gaveUp: [], waitMs: 4000, outages: 3 });
  });

  it('gives up with the reason of the last answer', () => {
    const outcome = outcomeOf([answered(maxRefusals, { kind: 'unknown', ...words })], state);
    expect(outcome).toMatchObject({ again: [], gaveUp: [{ reason: 'because' }] });
  });
});
