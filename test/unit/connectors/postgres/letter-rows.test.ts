import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLetterRow, redriveRow } from '../../../../connectors/postgres/letter-rows.ts';
import { deadLetter } from '../../../../runtime/dead-letter.ts';
import type { Header, KafkaRecord } from '../../../../runtime/kafka/record.ts';
import { topics } from '../../../../schemas/topics.ts';

const place = { partition: 0, generation: 1, offset: 7, timestampMs: 0 };
const record = (changes: Partial<KafkaRecord>): KafkaRecord => ({
  topic: topics.deadLetters.name,
  partition: 0,
  offset: 7,
  timestampMs: Date.parse('2026-01-15T12:00:00.000Z'),
  key: Buffer.from('anna'),
  value: null,
  headers: [],
  ...changes,
});

function rowOf(changes: Partial<KafkaRecord>) {
  const mapped = deadLetterRow(record(changes), place);
  if (!mapped.ok) throw new Error(mapped.reason);
  return mapped.row;
}

describe('the row of a dead letter', () => {
  test('says where the record lay, why it was set aside, and when', () => {
    const original = record({ topic: 'users', partition: 3, offset: 12, timestampMs: 42 });
    const cause = { code: 'NOT_AVRO', reason: 'the first byte is 1', process: 'notify' } as const;
    const { headers = [] } = deadLetter(original, cause);
    const row = rowOf({ headers });
    expect(row).toMatchObject({
      partition: 0,
      generation: 1,
      record_offset: 7,
      code: 'NOT_AVRO',
      process: 'notify',
      source_topic: 'users',
      source_partition: 3,
      source_offset: 12,
      source_timestamp_ms: 42,
      key: 'anna',
      left_out_bytes: 0,
      written_at: '2026-01-15T12:00:00.000Z',
    });
    expect(row.reason).toContain('the first byte is 1');
  });

  test('is there for a record that is no letter: what is not said is null', () => {
    expect(rowOf({ key: null, timestampMs: -1 })).toMatchObject({
      code: null,
      reason: null,
      source_topic: null,
      source_partition: null,
      key: null,
      written_at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('shows a key that is no text in hexadecimal', () => {
    expect(rowOf({ key: Buffer.from([0, 255]) }).key).toBe('0x00ff');
  });

  test('whatever the headers hold, there is one, and PostgreSQL can store it', () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.from(each));
    const text = fc.string({ unit: 'binary', maxLength: 3000 }).map((each) => Buffer.from(each));
    const names = ['code', 'reason', 'process', 'topic', 'partition', 'offset', 'timestamp-ms'];
    const name = fc.constantFrom(...names, 'left-out-bytes').map((each) => `dead-letter.${each}`);
    const header = fc.tuple(name, fc.oneof(bytes, text, fc.constant(null)));
    const timestampMs = fc.maxSafeInteger();
    const key = fc.oneof(bytes, text, fc.constant(null));
    fc.assert(
      fc.property(fc.array(header), key, timestampMs, (headers, someKey, someTimeMs) => {
        const changes = { headers: headers as Header[], key: someKey, timestampMs: someTimeMs };
        const cells = Object.values(rowOf(changes));
        for (const cell of cells.filter((each) => typeof each === 'string')) {
          expect(cell).not.toContain('\0');
          expect(cell.isWellFormed()).toBe(true);
          expect(Buffer.byteLength(cell)).toBeLessThan(8100);
        }
      }),
    );
  });
});

test('the row of a redrive names the original', () => {
  const at = Date.parse('2026-01-15T12:00:00.000Z');
  const value = {
    original: { topic: 'users', partition: 3, offset: 12 },
    originalAt: 42,
    letter: { topic: 'dead-letters', partition: 0, offset: 7 },
    code: 'NOT_AVRO',
    partition: 1,
    redrivenAt: at,
  };
  expect(redriveRow(value)).toEqual({
    ok: true,
    row: {
      source_topic: 'users',
      source_partition: 3,
      source_offset: 12,
      source_timestamp_ms: 42,
      redriven_at: '2026-01-15T12:00:00.000Z',
    },
  });
});
