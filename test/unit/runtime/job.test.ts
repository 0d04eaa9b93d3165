import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { deadLetterHeaders } from '../../../runtime/dead-letter.ts';
import { errorTable } from '../../../runtime/errors.ts';
import { openJob } from '../../../runtime/job.ts';
import type { KafkaRecord, OutgoingRecord } from '../../../runtime/kafka/record.ts';
import type { RecordSink, SinkLimits } from '../../../runtime/kafka/record-sink.ts';
import { createLog } from '../../../runtime/log.ts';
import { cursor, defineProcessor, emit, refuse, type Step } from '../../../runtime/processor.ts';
import { createSerde, type Serde } from '../../../runtime/serde.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';
import { handClock } from './hand-clock.ts';

let serde: Serde;
beforeAll(async () => {
  const log = createLog({ level: 'silent', name: 'test' });
  const { signal } = new AbortController();
  const parts = { topics: allTopics, log, clock: handClock(), signal };
  serde = await createSerde({ ...parts, registry: createMemoryRegistry() });
  await serde.prepare([eventBytes()]);
});

const eventBytes = () =>
  serde.encode(topics.movieAdded, { eventId: 'e1', movieId: 'm1', addedAt: 0 });

const recordOf = (changes: Partial<KafkaRecord> = {}): KafkaRecord => ({
  topic: topics.movieAdded.name,
  partition: 1,
  offset: 7,
  timestampMs: 42,
  key: Buffer.from('m1'),
  value: eventBytes(),
  headers: [],
  ...changes,
});

/** A place for one chunk that keeps what it gets, as it got it. */
function listSink({ maxRecords, maxBytes }: SinkLimits) {
  const records: OutgoingRecord[] = [];
  const bytes = () => records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  const sink = {
    add: (record: OutgoingRecord) => void records.push(record),
    isFull: () => records.length >= maxRecords || bytes() >= maxBytes,
  };
  return { records, sink: sink as unknown as RecordSink };
}

type Chunk = { readonly keys: readonly string[]; readonly cursor: string | null };
type Process = (resumeAfter: string | null) => Iterable<Step>;

/** Runs a processor of these steps and answers its chunks: what each wrote, where it stood. */
function chunksOf(
  process: Process,
  limits: SinkLimits,
  {
    resumeAfter = null,
    record = recordOf(),
  }: { resumeAfter?: string | null; record?: KafkaRecord } = {},
) {
  const processor = defineProcessor({
    name: 'echo',
    inputs: [topics.movieAdded],
    tables: {},
    globals: {},
    outputs: [topics.notificationRequested],
    process: (_, context) => process(context.resumeAfter),
  });
  const context = { tables: {}, globals: {}, resumeAfter, partitionsOf: () => 1 } as never;
  const work = { processor, topic: topics.movieAdded, context, serde };
  const job = openJob(work, record);
  const chunks: Chunk[] = [];
  const written: OutgoingRecord[] = [];
  for (let done = false; !done; ) {
    const { records, sink } = listSink(limits);
    const progress = job.fill(sink);
    done = progress.done;
    written.push(...records);
    const keys = records.map(({ key }) => String(key));
    chunks.push({ keys, cursor: progress.done ? null : progress.cursor });
  }
  return { chunks, written };
}

const output = (key: string): Step =>
  emit(topics.notificationRequested, {
    key,
    value: {
      requestId: key,
      channel: 'email',
      templateId: 't',
      movieId: null,
      userIds: [],
      audience: 'all',
      template: null,
      requestedBy: 'test',
      requestedAt: 0,
    },
  });

const unlimited = { maxRecords: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
const tiny = { maxRecords: 1, maxBytes: 1 };
const keysOf = (chunks: readonly Chunk[]) => chunks.flatMap(({ keys }) => keys);

describe('cutting', () => {
  test('a full chunk ends at the next cursor, never before it', () => {
    const steps = [output('a1'), output('a2'), cursor('a'), output('b1'), cursor('b'), output('c')];
    expect(chunksOf(() => steps, tiny).chunks).toEqual([
      { keys: ['a1', 'a2'], cursor: 'a' },
      { keys: ['b1'], cursor: 'b' },
      { keys: ['c'], cursor: null },
    ]);
  });

  test('without a cursor there is one chunk, however large', () => {
    const steps = [output('a'), output('b'), output('c')];
    expect(chunksOf(() => steps, tiny).chunks).toEqual([{ keys: ['a', 'b', 'c'], cursor: null }]);
  });

  test('a chunk that is not full is not cut', () => {
    const steps = [output('a'), cursor('a'), output('b'), cursor('b')];
    expect(chunksOf(() => steps, unlimited).chunks).toEqual([{ keys: ['a', 'b'], cursor: null }]);
  });

  test('bytes make a chunk full as records do', () => {
    const steps = [output('a'), cursor('a'), output('b')];
    const { chunks } = chunksOf(() => steps, { ...unlimited, maxBytes: 1 });
    expect(chunks.map(({ cursor }) => cursor)).toEqual(['a', null]);
  });

  test('a message that leads to nothing is done with one empty chunk', () => {
    expect(chunksOf(() => [], tiny).chunks).toEqual([{ keys: [], cursor: null }]);
  });
});

/** Someone's share of the work: what they get, and the place behind them. */
const people = fc.array(fc.nat(3), { maxLength: 20 }).map((counts) =>
  counts.map((count, index) => ({
    at: String(index),
    keys: Array.from({ length: count }, (_, each) => `${index}/${each}`),
  })),
);
const limits = fc.record({ maxRecords: fc.integer({ min: 1, max: 8 }), maxBytes: fc.nat(300) });

/** A processor that goes on behind a person, as every processor with cursors must. */
const workOn =
  (all: readonly { readonly at: string; readonly keys: readonly string[] }[]): Process =>
  (resumeAfter) =>
    all
      .filter(({ at }) => resumeAfter === null || Number(at) > Number(resumeAfter))
      .flatMap(({ at, keys }) => [...keys.map(output), cursor(at)]);

test('for any limits, the chunks together are what comes out uncut', () => {
  fc.assert(
    fc.property(people, limits, (all, bounds) => {
      const whole = chunksOf(workOn(all), unlimited);
      const cut = chunksOf(workOn(all), bounds);
      expect(cut.written).toEqual(whole.written);
      expect(cut.chunks.at(-1)?.cursor).toBeNull();
    }),
  );
});

test('behind any cursor comes exactly the rest', () => {
  fc.assert(
    fc.property(people, limits, limits, (all, bounds, otherBounds) => {
      const { chunks } = chunksOf(workOn(all), bounds);
      for (const [index, chunk] of chunks.entries()) {
        if (chunk.cursor === null) continue;
        const resumed = chunksOf(workOn(all), otherBounds, { resumeAfter: chunk.cursor });
        expect(keysOf(resumed.chunks)).toEqual(keysOf(chunks.slice(index + 1)));
      }
    }),
  );
});

function headersOf({ headers = [] }: OutgoingRecord): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}

describe('refusing', () => {
  test('what was written before stays, the letter follows, and nothing comes after it', () => {
    const steps = [output('a'), cursor('a'), refuse('MOVIE_UNKNOWN', 'm1'), output('b')];
    const { chunks, written } = chunksOf(() => steps, tiny);
    expect(chunks).toEqual([
      { keys: ['a'], cursor: 'a' },
      { keys: ['m1'], cursor: null },
    ]);
    expect(written.map(({ topic }) => topic)).toEqual([
      topics.notificationRequested.name,
      topics.deadLetters.name,
    ]);
  });

  test('the letter is the record as it came, with the reason and where it lay', () => {
    const record = recordOf({ headers: [['trace', Buffer.from('t1')]] });
    const { written } = chunksOf(() => [refuse('MOVIE_UNKNOWN', 'm1')], tiny, { record });
    const [letter] = written;
    expect(letter).toMatchObject({ key: record.key, value: record.value });
    expect(letter && headersOf(letter)).toEqual({
      trace: 't1',
      [deadLetterHeaders.code]: 'MOVIE_UNKNOWN',
      [deadLetterHeaders.reason]: `${errorTable.MOVIE_UNKNOWN.message} (m1)`,
      [deadLetterHeaders.process]: 'echo',
      [deadLetterHeaders.topic]: topics.movieAdded.name,
      [deadLetterHeaders.partition]: '1',
      [deadLetterHeaders.offset]: '7',
      [deadLetterHeaders.timestamp]: '42',
    });
  });

  test('a long reason is shortened', () => {
    const steps = [refuse('MOVIE_UNKNOWN', 'x'.repeat(5000))];
    const [letter] = chunksOf(() => steps, tiny).written;
    expect(letter && headersOf(letter)[deadLetterHeaders.reason]).toHaveLength(1000);
  });

  test.each([
    ['without a key', { key: null }, 'KEY_MISSING'],
    ['with an empty key', { key: Buffer.alloc(0) }, 'KEY_MISSING'],
    ['without a value', { value: null }, 'VALUE_MISSING'],
    ['that is no Avro', { value: Buffer.from('{}') }, 'NOT_AVRO'],
    ['of an unknown schema', { value: Buffer.from([0, 127, 0, 0, 0]) }, 'SCHEMA_UNKNOWN'],
  ])('a record %s never reaches the processor', (_, changes, code) => {
    const record = recordOf(changes);
    const { written } = chunksOf(() => [output('never')], tiny, { record });
    expect(written).toHaveLength(1);
    const [letter] = written;
    expect(letter).toMatchObject({ topic: topics.deadLetters.name, value: record.value });
    expect(letter && headersOf(letter)[deadLetterHeaders.code]).toBe(code);
  });
});

describe('work that throws', () => {
  const codeOf = (letter: OutgoingRecord | undefined) =>
    letter && headersOf(letter)[deadLetterHeaders.code];

  test('is the fate of its record: a letter behind what was written', () => {
    const steps = function* () {
      yield output('a');
      yield cursor('a');
      yield output('b');
      throw new Error('a defect that this record meets');
    };
    const { chunks, written } = chunksOf(steps, tiny);
    expect(chunks.map(({ cursor }) => cursor)).toEqual(['a', null]);
    expect(written.map(({ key }) => String(key))).toEqual(['a', 'b', 'm1']);
    const letter = written.at(-1);
    expect(codeOf(letter)).toBe('RECORD_FAILED');
    expect(letter && headersOf(letter)[deadLetterHeaders.reason]).toContain('a defect');
  });

  test('before its first step is the same', () => {
    const { written } = chunksOf(() => {
      throw new Error('at once');
    }, tiny);
    expect(codeOf(written[0])).toBe('RECORD_FAILED');
  });

  test('an output that no broker takes is the fate of the record it is made of', () => {
    const { written } = chunksOf(() => [output('a'.repeat(600_000)), output('b')], tiny);
    expect(written).toHaveLength(1);
    expect(codeOf(written[0])).toBe('RECORD_TOO_LARGE');
    expect(written[0]?.key).toEqual(recordOf().key);
  });

  test('a value that its schema cannot hold is the fate of the record', () => {
    const steps = [emit(topics.notificationRequested, { key: 'x', value: { broken: 1 } as never })];
    expect(codeOf(chunksOf(() => steps, tiny).written[0])).toBe('RECORD_FAILED');
  });
});

test('writing to a topic that is not declared is a defect, and stops the work', () => {
  const steps = [emit(topics.movieAdded, { key: 'm1', value: {} as never })];
  const run = () => chunksOf(() => steps, tiny);
  expect(run).toThrow(expect.objectContaining({ code: 'UNDECLARED_TOPIC' }));
});
