import type { Batch } from '../../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import { refusalOf } from '../../runtime/postgres.ts';

/** Records that are projected together, and where the next ones begin. */
export type Chunk = { readonly records: readonly KafkaRecord[]; readonly nextOffset: number };

/**
 * Bounds a transaction, and the JSON of its statement, which is at most six times as long as the
 * values: a fetch of a megabyte inflates to ten thousand delivery events, or to hundreds of
 * megabytes of mails. Node makes no text above half a gigabyte, and PostgreSQL takes one at most.
 */
export const maxChunk = { records: 2000, bytes: 8 * 1024 * 1024 } as const;

/** Of fan-outs a row holds no text, and the more ids are sorted, the nearer they lie together. */
export const maxFannedOutChunk = { records: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** Cuts what a fetch brought; the last part also passes over the markers at its end. */
export function chunksOf(
  { records, nextOffset }: Batch,
  max: { readonly records: number; readonly bytes: number },
): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  let bytes = 0;
  for (const [index, { value, offset }] of records.entries()) {
    const length = value?.length ?? 0;
    const full = index - start === max.records || bytes + length > max.bytes;
    if (full && index > start) {
      chunks.push({ records: records.slice(start, index), nextOffset: offset });
      start = index;
      bytes = 0;
    }
    bytes += length;
  }
  return [...chunks, { records: records.slice(start), nextOffset }];
}

/** A record and the row that it makes. */
export type Fitting<R> = { readonly record: KafkaRecord; readonly row: R };

/** Rows to be written with one move of the offset. */
export type Part<R> = { readonly fitting: readonly Fitting<R>[]; readonly nextOffset: number };

/** What writing does outside. Each call is done when it resolves. */
export type ChunkWriter<R> = {
  /** Writes rows and moves the offset: both or neither. */
  write(rows: readonly R[], fromOffset: number, toOffset: number): Promise<void>;
  /** Makes a record, whose row the server refuses with that SQLSTATE, a dead letter. */
  setAside(record: KafkaRecord, sqlState: string): Promise<void>;
};

function halvesOf<R>({ fitting, nextOffset }: Part<R>): readonly Part<R>[] {
  const middle = Math.ceil(fitting.length / 2);
  const right = fitting.slice(middle);
  return [
    { fitting: fitting.slice(0, middle), nextOffset: right[0]?.record.offset ?? nextOffset },
    { fitting: right, nextOffset },
  ];
}

/**
 * Writes rows and moves the offset behind them. PostgreSQL does not say which row of a statement it
 * refuses, and would refuse the statement again for ever: so the row is looked for by halving, is
 * set aside before the offset moves behind it, and the others are written.
 */
export async function writeChunk<R>(
  part: Part<R>,
  fromOffset: number,
  writer: ChunkWriter<R>,
): Promise<void> {
  const { fitting, nextOffset } = part;
  const rows = fitting.map(({ row }) => row);
  try {
    await writer.write(rows, fromOffset, nextOffset);
    return;
  } catch (error) {
    const sqlState = refusalOf(error);
    const [first] = fitting;
    // Without a row it is the move that is refused, and that says nothing about a record.
    if (sqlState === null || !first) throw error;
    if (fitting.length === 1) {
      await writer.setAside(first.record, sqlState);
      await writer.write([], fromOffset, nextOffset);
      return;
    }
  }
  let position = fromOffset;
  for (const half of halvesOf(part)) {
    await writeChunk(half, position, writer);
    position = half.nextOffset;
  }
}
