import { describe, expect, test } from 'vitest';
import { fateOf, type Known, recordBack } from '../../../redrive/fate.ts';
import { isPlaced, letterOf, originalOf } from '../../../redrive/letter.ts';
import { deadLetter } from '../../../runtime/dead-letter.ts';
import type { ErrorCode } from '../../../runtime/errors.ts';
import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import type { KafkaRecord } from '../../../runtime/kafka/record.ts';
import { replayHeader } from '../../../runtime/replay-mark.ts';
import { redriveHeader } from '../../../runtime/seen-events.ts';
import { topics } from '../../../schemas/topics.ts';

const partitions = 4;
const lane = topics.emailNotifications;

function letter(options: {
  readonly code?: ErrorCode;
  readonly process?: string;
  readonly record?: Partial<KafkaRecord>;
}) {
  const { code = 'MOVIE_UNKNOWN', process = 'audience' } = options;
  const place = { topic: topics.movieAdded.name, partition: 1, offset: 7, timestampMs: 42 };
  const bytes = { key: Buffer.from('m1'), value: Buffer.from('v'), headers: [] };
  const record = { ...place, ...bytes, ...options.record };
  const written = deadLetter(record, { code, reason: '', process });
  const lies = { topic: written.topic, partition: 0, offset: 3, timestampMs: 50 };
  return letterOf({
    ...lies,
    key: written.key,
    value: written.value,
    headers: written.headers ?? [],
  });
}

function judge(of: ReturnType<typeof letter>, changes: Partial<Known> = {}): string {
  const fate = fateOf(of, {
    options: { code: null },
    sent: new Set(),
    partitionsOf: () => partitions,
    isSuperseded: () => false,
    ...changes,
  });
  return fate.kind === 'send' ? 'send' : fate.why;
}

const replayed: Partial<KafkaRecord> = { headers: [[replayHeader, Buffer.from('1')]] };
const user: Partial<KafkaRecord> = { topic: topics.users.name };

describe('what becomes of a letter', () => {
  test.each([
    ['send', letter({})],
    ['foreignTopic', letter({ record: { topic: 'of-others' } })],
    ['foreignTopic', letter({ record: { topic: topics.deadLetters.name } })],
    ['malformed', letter({ record: { partition: -1 } })],
    ['replayed', letter({ code: 'REPLAY_REFUSED', record: { topic: lane.name } })],
    ['replayed', letter({ code: 'NOT_AVRO', record: { ...replayed, topic: lane.name } })],
    ['historyOnly', letter({ process: 'history', record: { topic: lane.name } })],
    ['idReused', letter({ code: 'EVENT_ID_REUSED' })],
    ['gaveUp', letter({ code: 'DELIVERY_GAVE_UP', record: { topic: lane.name } })],
    ['keyless', letter({ record: { ...user, key: null } })],
  ])('%s', (expected, of) => {
    expect(judge(of)).toBe(expected);
  });

  test('a delivery that was given up is sent when its code is named; a replay never', () => {
    const options = { code: 'DELIVERY_GAVE_UP' } as const;
    const gaveUp = letter({ code: 'DELIVERY_GAVE_UP', record: { topic: lane.name } });
    expect(judge(gaveUp, { options })).toBe('send');
    const record = { ...replayed, topic: lane.name };
    expect(judge(letter({ code: 'DELIVERY_GAVE_UP', record }), { options })).toBe('replayed');
    const refused = letter({ code: 'REPLAY_REFUSED', record: { topic: lane.name } });
    expect(judge(refused, { options: { code: 'REPLAY_REFUSED' } })).toBe('replayed');
  });

  test('two letters about one record share it; of a topic made anew it is another', () => {
    const first = letter({});
    const again = letter({ process: 'notify' });
    const anew = letter({ record: { timestampMs: 99 } });
    if (!isPlaced(first) || !isPlaced(again) || !isPlaced(anew)) throw new Error('no place');
    const sent = new Set([originalOf(first)]);
    expect([judge(again, { sent }), judge(anew, { sent })]).toEqual(['already', 'send']);
  });

  test('a row with a newer one stays away; an event has none', () => {
    const isSuperseded = () => true;
    expect(judge(letter({ record: user }), { isSuperseded })).toBe('superseded');
    expect(judge(letter({}), { isSuperseded })).toBe('send');
  });

  test('a topic that is not there is said so', () => {
    expect(judge(letter({}), { partitionsOf: () => null })).toBe('topicMissing');
  });
});

describe('the record that goes back', () => {
  test('is the original with one mark and none of the headers of letters', () => {
    const mark = [redriveHeader, Buffer.from('0@1')] as const;
    const of = letter({ record: { headers: [['trace', Buffer.from('t')], mark] } });
    if (!isPlaced(of)) throw new Error('no place');
    const back = recordBack(of, topics.movieAdded, of.record, 2);
    expect(back).toMatchObject({ topic: topics.movieAdded.name, partition: 1 });
    expect([back.key?.toString(), back.value?.toString()]).toEqual(['m1', 'v']);
    const headers = back.headers?.map(([name, value]) => [name, value?.toString()]);
    expect(headers).toEqual([
      ['trace', 't'],
      [redriveHeader, '0@3'],
    ]);
  });

  test('as a row goes to the partition of its key', () => {
    const key = Buffer.from('anna');
    const home = partitionOf(key, partitions);
    const of = letter({ record: { ...user, key, partition: (home + 1) % partitions } });
    if (!isPlaced(of)) throw new Error('no place');
    expect(recordBack(of, topics.users, of.record, partitions).partition).toBeUndefined();
  });
});
