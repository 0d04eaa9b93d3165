import { constants } from 'node:buffer';
import fc from 'fast-check';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { chunksOf, maxChunk, writeChunk } from '../../../../connectors/postgres/write-chunk.ts';
import type { KafkaRecord } from '../../../../runtime/kafka/record.ts';
import { toDatabaseError } from '../../../../runtime/postgres.ts';

const record = (offset: number, bytes = 1): KafkaRecord => ({
  topic: 'email-notifications',
  partition: 0,
  offset,
  timestampMs: 0,
  key: Buffer.from('anna'),
  value: Buffer.alloc(bytes),
  headers: [],
});

describe('the chunks of a fetch', () => {
  const chunks = (sizes: readonly number[], max = { records: 3, bytes: 10 }) => {
    const records = sizes.map((bytes, index) => record(index * 2, bytes));
    return chunksOf({ records, nextOffset: 99, highWatermark: 99 }, max).map((chunk) => [
      chunk.records.map(({ value }) => value?.length),
      chunk.nextOffset,
    ]);
  };

  it('are bounded by records and by bytes, and end where the next one begins', () => {
    expect(chunks([1, 1, 1, 1, 6, 5])).toEqual([
      [[1, 1, 1], 6],
      [[1, 6], 10],
      [[5], 99],
    ]);
  });

  it('hold one record at least, however large, and pass over markers alone', () => {
    expect(chunks([11, 2, 50, 50])).toEqual([
      [[11], 2],
      [[2], 4],
      [[50], 6],
      [[50], 99],
    ]);
    expect(chunks([])).toEqual([[[], 99]]);
  });

  it('are in order and leave nothing out', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 50 });
    const limits = fc.record({ records: fc.integer({ min: 1, max: 9 }), bytes: fc.nat(20) });
    fc.assert(
      fc.property(sizes, limits, (given, max) => {
        const found = chunks(given, max);
        expect(found.flatMap(([each]) => each)).toEqual(given);
        expect(found.at(-1)?.[1]).toBe(99);
        for (const [each] of found) {
          const lengths = each as readonly number[];
          expect(lengths.length).toBeLessThanOrEqual(max.records);
          const bytes = lengths.reduce((sum, length) => sum + length, 0);
          expect(lengths.length <= 1 || bytes <= max.bytes).toBe(true);
        }
      }),
    );
  });

  it('make texts that Node can hold, whatever must be escaped in them', () => {
    const worst = record(0, maxChunk.bytes).value?.fill(1).toString() ?? '';
    expect(JSON.stringify(worst).length).toBeLessThan(constants.MAX_STRING_LENGTH / 4);
    const mails = Array.from({ length: 40 }, () => 1_000_000);
    for (const [sizes] of chunks(mails, maxChunk)) expect(sizes).toHaveLength(8);
  });
});

/** The error of a statement that the server refused; the published types know no constructor. */
function refused(code: string) {
  const { PostgresError } = postgres as unknown as {
    readonly PostgresError: new (said: { message: string; code: string }) => Error;
  };
  return toDatabaseError(new PostgresError({ message: `refused with ${code}`, code }));
}

/** Writes to a table that refuses some rows, as a server does: the whole statement. */
async function written(rows: readonly string[], isBad: (row: string) => boolean, code = '22P05') {
  const table: string[] = [];
  const aside: number[] = [];
  let position = 0;
  let statements = 0;
  const fitting = rows.map((row, index) => ({ record: record(index * 3), row }));
  await writeChunk({ fitting, nextOffset: rows.length * 3 + 5 }, 0, {
    async write(part: readonly string[], fromOffset, toOffset) {
      statements += 1;
      expect(fromOffset).toBe(position);
      if (part.some(isBad)) throw refused(code);
      table.push(...part);
      position = toOffset;
    },
    async setAside({ offset }, sqlState) {
      expect([sqlState, offset]).toEqual([code, Math.max(position, offset)]);
      aside.push(offset / 3);
    },
  });
  return { table, aside, position, statements };
}

describe('rows that PostgreSQL refuses', () => {
  const lists = fc.array(fc.constantFrom('good', 'bad'), { maxLength: 40 });

  it('are set aside, each of them and no other; the others are written in order', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (kinds) => {
        const rows = kinds.map((kind, index) => `${kind}-${index}`);
        const isBad = (row: string) => row.startsWith('bad');
        const found = await written(rows, isBad);
        expect(found.table).toEqual(rows.filter((row) => !isBad(row)));
        expect(found.aside.map((index) => rows[index])).toEqual(rows.filter(isBad));
        expect(found.position).toBe(rows.length * 3 + 5);
      }),
    );
  });

  it('cost a few statements where they are few', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => String(index));
    const { statements, aside } = await written(rows, (row) => row === '777');
    expect(aside).toEqual([777]);
    expect(statements).toBeLessThan(30);
  });

  it.each(['22003', '23514', '54000'])('are known by %s', async (code) => {
    expect((await written(['a', 'bad'], (row) => row === 'bad', code)).aside).toEqual([1]);
  });

  it.each(['42P01', '57014', '53100', 'XX000'])('are not blamed for %s', async (code) => {
    await expect(written(['a', 'bad'], (row) => row === 'bad', code)).rejects.toThrow(code);
  });

  it('are not blamed where the move alone is refused', async () => {
    const writer = { write: () => Promise.reject(refused('22003')), setAside: async () => {} };
    await expect(writeChunk({ fitting: [], nextOffset: 1 }, 0, writer)).rejects.toThrow('22003');
    const one = [{ record: record(0), row: 'a' }];
    await expect(writeChunk({ fitting: one, nextOffset: 1 }, 0, writer)).rejects.toThrow('22003');
  });
});
