import type { Clock } from '../../runtime/clock.ts';
import { type DeadLetterCause, deadLetter } from '../../runtime/dead-letter.ts';
import { errorTable, VestnikError } from '../../runtime/errors.ts';
import type { Health } from '../../runtime/health.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { offsetRange } from '../../runtime/kafka/offsets.ts';
import type { Producer } from '../../runtime/kafka/producer.ts';
import { openReader } from '../../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import { topicLife } from '../../runtime/kafka/topic-lives.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../runtime/postgres.ts';
import type { Serde } from '../../runtime/serde.ts';
import { isTurnOver, nextTurn } from '../../runtime/turns.ts';
import { fenced, openPosition, type Position } from './offsets.ts';
import type { Projection, RowKind, RowKinds } from './projections.ts';
import {
  type Chunk,
  chunksOf,
  type Fitting,
  maxChunk,
  maxFannedOutChunk,
  writeChunk,
} from './write-chunk.ts';
import { writeRows } from './write-rows.ts';

export type PartitionOptions = {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly producer: Producer;
  readonly database: Database;
  readonly projection: Projection;
  readonly partition: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
  readonly signal: AbortSignal;
  /** Called when all that was in the partition at its opening is projected. */
  readonly caughtUp: () => void;
};

/** The name that dead letters give this process. */
const processName = 'history';
/** No record of ours comes near, and brokers take 1 MiB; only what was compressed can be larger. */
const maxValueBytes = 4 * 1024 * 1024;
/** Retention moves the beginning of a topic once in minutes; looking more often would be noise. */
const lookAgainMs = 1000;

type Verdict =
  | Fitting<RowKinds[RowKind]>
  | { readonly record: KafkaRecord; readonly leftOut: true }
  | { readonly record: KafkaRecord; readonly poison: DeadLetterCause };

type Unreadable = Pick<DeadLetterCause, 'code' | 'reason'>;

/** What a projection makes its row of: the value, or the whole record where there is no schema. */
function contentOf(
  { topic, value }: KafkaRecord,
  { serde, projection }: PartitionOptions,
): { readonly ok: true; readonly value: unknown } | ({ readonly ok: false } & Unreadable) {
  if (value === null) return { ok: false, code: 'VALUE_MISSING', reason: `a record of ${topic}` };
  if (value.length > maxValueBytes) {
    const reason = `the value has more than ${maxValueBytes} bytes`;
    return { ok: false, code: 'RECORD_TOO_LARGE', reason };
  }
  return serde.decode(projection.topic, value);
}

/** What becomes of a record of a table that says nothing; one without a key concerns nobody. */
function gone(record: KafkaRecord, { projection }: PartitionOptions, generation: number): Verdict {
  const key = record.key?.toString() ?? '';
  const mapped = key === '' ? null : projection.mapGone?.(key, { ...record, generation });
  return mapped?.ok ? { record, row: mapped.row } : { record, leftOut: true };
}

/** The row of a record, or why it never becomes one. */
function judge(record: KafkaRecord, options: PartitionOptions, generation: number): Verdict {
  const { projection } = options;
  const poison = ({ code, reason }: Unreadable): Verdict =>
    projection.mapGone
      ? gone(record, options, generation)
      : { record, poison: { code, reason, process: processName } };
  const isRaw = projection.topic.schema === null;
  const content = isRaw ? { ok: true as const, value: record } : contentOf(record, options);
  if (!content.ok) return poison(content);
  if (projection.leavesOut?.(content.value)) return { record, leftOut: true };
  const mapped = projection.map(content.value, { ...record, generation });
  if (mapped.ok) return { record, row: mapped.row };
  return poison({ code: 'RECORD_UNREADABLE', reason: mapped.reason });
}

/** Dead letters first: after a crash between the two they are there twice, never not at all. */
async function projectChunk(
  options: PartitionOptions,
  from: Position,
  { records, nextOffset }: Chunk,
): Promise<Position> {
  const { serde, producer, database, projection, partition, signal, log } = options;
  const { generation } = from;
  const { schema } = projection.topic;
  if (schema !== null) await serde.prepare(records.map(({ value }) => value));
  const verdicts: Verdict[] = [];
  for (const record of records) {
    if (isTurnOver()) await nextTurn();
    verdicts.push(judge(record, options, generation));
  }
  const fitting = verdicts.filter((each) => 'row' in each);
  const letters = verdicts.flatMap((each) =>
    'poison' in each ? [deadLetter(each.record, each.poison)] : [],
  );
  if (letters.length > 0) await producer.send(letters);
  const topic = projection.topic.name;
  await writeChunk({ fitting, nextOffset }, from.nextOffset, {
    async write(rows, fromOffset, toOffset) {
      signal.throwIfAborted();
      const move = { topic, partition, generation, fromOffset, toOffset };
      const { kind } = projection;
      if (!(await writeRows(database, move, { kind, rows }))) throw fenced(topic, partition);
    },
    async setAside(record, sqlState) {
      const reason = `SQLSTATE ${sqlState}`;
      if (projection.kind === 'deadLetter') {
        // A letter about a letter would be refused as well, and so on for ever.
        log.error(
          { topic, partition, offset: record.offset, reason },
          errorTable.ROW_REFUSED.message,
        );
        return;
      }
      const cause = { code: 'ROW_REFUSED', reason, process: processName } as const;
      await producer.send([deadLetter(record, cause)]);
    },
  });
  return { generation, nextOffset };
}

/** Projects from the position in the database, until the signal is aborted or something fails. */
async function follow(options: PartitionOptions): Promise<void> {
  const { kafka, projection, partition, signal } = options;
  const topic = projection.topic.name;
  signal.throwIfAborted();
  const rangeOf = () => offsetRange(kafka, topic, partition);
  const { id: topicId } = await topicLife(kafka, topic);
  const opening = await openPosition({ ...options, topic, topicId, rangeOf });
  const { range } = opening;
  let { position } = opening;
  signal.throwIfAborted();
  const fromOffset = position.nextOffset;
  const reader = openReader({ kafka, topic, partition, fromOffset, signal });
  const max = projection.kind === 'fannedOut' ? maxFannedOutChunk : maxChunk;
  try {
    for (;;) {
      if (position.nextOffset >= range.high) options.caughtUp();
      const batch = await reader.next();
      if (batch.nextOffset === position.nextOffset) continue;
      for (const chunk of chunksOf(batch, max)) {
        position = await projectChunk(options, position, chunk);
      }
    }
  } finally {
    reader.close();
  }
}

const isOutOfRange = (error: unknown) =>
  error instanceof VestnikError && error.code === 'OFFSET_OUT_OF_RANGE';

/**
 * Keeps the rows of a topic partition up to date. The offset lies in PostgreSQL and moves with the
 * rows, so a record is projected exactly once, whoever dies when. Rejects with PRODUCER_FENCED when
 * another process took the partition over, and with the signal's reason once it is aborted.
 */
export async function projectPartition(options: PartitionOptions): Promise<never> {
  for (;;) {
    try {
      await follow(options);
    } catch (error) {
      // Retention ran ahead of us, or the topic was made anew: look again where it begins.
      if (!isOutOfRange(error)) throw error;
      await options.clock.sleep(lookAgainMs, options.signal);
    }
  }
}
