import { createHealth } from '../../runtime/health.ts';
import { openJob } from '../../runtime/job.ts';
import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import type { KafkaRecord, OutgoingRecord } from '../../runtime/kafka/record.ts';
import { recordsIn } from '../../runtime/kafka/record-batch-decoder.ts';
import { createRecordSink, type SinkLimits } from '../../runtime/kafka/record-sink.ts';
import { createLog } from '../../runtime/log.ts';
import { indexed, type Processor } from '../../runtime/processor.ts';
import { decodeSameOnce } from '../../runtime/same-values.ts';
import { createSeenEvents, type SeenEvents } from '../../runtime/seen-events.ts';
import type { Serde } from '../../runtime/serde.ts';
import type { TableSpec } from '../../runtime/table.ts';
import { allTopics, type Topic, type ValueOf } from '../../schemas/topics.ts';
import { createMemorySerde } from './memory-serde.ts';
import { createMemoryTable, type MemoryTable } from './memory-table.ts';

/**
 * Runs processors in memory: the very objects that run on Kafka, with the same cutting into
 * chunks and the same encoding, but synchronously and on a clock that only the test turns.
 */
export type Driver = {
  /** Writes a row of a table; null deletes it. */
  table<T extends Topic>(topic: T, key: string, value: ValueOf<T> | null): void;
  /** Writes a row's bytes as they are. */
  tableRaw(topic: Topic, key: string, value: Buffer): void;
  /** Writes an event and works until nothing is left to do. */
  send<T extends Topic>(topic: T, key: string | null, value: ValueOf<T>): void;
  /** Writes the same value to every partition, as a command for everyone is written. */
  broadcast<T extends Topic>(topic: T, value: ValueOf<T>): void;
  /** From now on no value of the topic can be read: proves that nobody tries. */
  breakDecoding(topic: Topic): void;
  /** Writes bytes as they are. */
  sendRaw(topic: Topic, key: Buffer | null, value: Buffer | null, place?: RawPlace): void;
  /** All values written to a topic so far, in the order of writing. */
  outputs<T extends Topic>(topic: T): ValueOf<T>[];
  records(topic: Topic): readonly KafkaRecord[];
  encode<T extends Topic>(topic: T, value: ValueOf<T>): Buffer;
  /** What was counted under a name, over all labels. */
  counted(name: string): number;
  /** How many chunks were committed, of all processors. */
  chunks(): number;
  advance(durationMs: number): void;
};

/** Where a record goes, and with which headers. */
type RawPlace = Partial<Pick<OutgoingRecord, 'partition' | 'headers'>>;

type Job = { readonly processor: Processor; readonly topic: Topic; readonly record: KafkaRecord };

const startMs = Date.parse('2026-01-15T12:00:00Z');

function countOf(name: string): number {
  return allTopics.find((topic) => topic.name === name)?.partitions ?? 1;
}

function createLogOf(topics: readonly Topic[], nowMs: () => number) {
  const logs = new Map<string, KafkaRecord[]>();
  const next = new Map<string, number>();
  return {
    of: (topic: string) => logs.get(topic) ?? [],
    append(outgoing: OutgoingRecord): KafkaRecord {
      const topic = topics.find(({ name }) => name === outgoing.topic);
      if (!topic) throw new Error(`no topic ${outgoing.topic}`);
      const { key } = outgoing;
      const partition = outgoing.partition ?? (key ? partitionOf(key, topic.partitions) : 0);
      const place = `${topic.name}/${partition}`;
      const offset = next.get(place) ?? 0;
      next.set(place, offset + 1);
      const headers = outgoing.headers ?? [];
      const record = { ...outgoing, partition, offset, timestampMs: nowMs(), headers };
      logs.set(topic.name, [...(logs.get(topic.name) ?? []), record]);
      return record;
    },
  };
}

/** The tables of one processor: by topic and partition for joins, by topic for global ones. */
function createTables(processor: Processor, serde: Serde) {
  const joined = new Map<string, MemoryTable<unknown>>();
  const global = new Map<string, MemoryTable<unknown>>();
  for (const spec of Object.values(processor.tables)) {
    const { name, partitions } = spec.topic;
    for (let partition = 0; partition < partitions; partition += 1) {
      const table = createMemoryTable(spec as TableSpec<Topic>, serde, partition);
      joined.set(`${name}/${partition}`, table);
    }
  }
  for (const topic of Object.values(processor.globals)) {
    global.set(topic.name, createMemoryTable(indexed(topic), serde));
  }
  return {
    apply({ topic, partition, key, value, offset }: KafkaRecord) {
      joined.get(`${topic}/${partition}`)?.put(key ?? Buffer.alloc(0), value, offset);
      global.get(topic)?.put(key ?? Buffer.alloc(0), value, offset);
    },
    of(partition: number) {
      const named = Object.entries(processor.tables).map(([name, { topic }]) => [
        name,
        joined.get(`${topic.name}/${partition}`),
      ]);
      const globals = Object.entries(processor.globals).map(([name, { name: topic }]) => [
        name,
        global.get(topic),
      ]);
      return { tables: Object.fromEntries(named), globals: Object.fromEntries(globals) };
    },
  };
}

function decodeAll<T extends Topic>(serde: Serde, topic: T, records: readonly KafkaRecord[]) {
  return records.map((record): ValueOf<T> => {
    if (topic.schema === null) return record.value as ValueOf<T>;
    const decoded = serde.decode(topic, record.value ?? Buffer.alloc(0));
    if (!decoded.ok) throw new Error(`${topic.name}: ${decoded.reason}`);
    return decoded.value;
  });
}

/** Opens a driver. `limits` lets a test cut chunks as small as one person. */
export async function createDriver(
  processors: readonly Processor[],
  limits: SinkLimits = { maxRecords: 1000, maxBytes: 1024 * 1024 },
): Promise<Driver> {
  const time = { nowMs: startMs };
  const clock = { nowMs: () => time.nowMs, sleep: async () => undefined };
  const memory = await createMemorySerde(clock);
  const real = decodeSameOnce(memory, ({ kind }) => kind === 'commands');
  const broken = new Set<string>();
  const serde: Serde = {
    ...real,
    decode: (topic, value) =>
      broken.has(topic.name)
        ? { ok: false, code: 'INTERNAL', reason: 'the test broke decoding' }
        : real.decode(topic, value),
  };
  const topicLog = createLogOf(allTopics, clock.nowMs);
  const tables = new Map(processors.map((each) => [each.name, createTables(each, serde)]));
  const queue: Job[] = [];
  const health = createHealth(createLog({ level: 'silent', name: 'driver' }));
  let chunks = 0;

  const seen = new Map<string, SeenEvents>();
  /** What a processor wrote to its memory, those know that read all of it. */
  const remember = (record: KafkaRecord) => {
    for (const { name, once } of processors) {
      if (once?.scope !== 'everywhere' || once.memory.name !== record.topic) continue;
      for (const event of decodeAll(serde, once.memory, [record])) seen.get(name)?.note(event);
    }
  };

  const write = (outgoing: OutgoingRecord) => {
    const record = topicLog.append(outgoing);
    remember(record);
    for (const processor of processors) {
      const topic = processor.inputs.find(({ name }) => name === record.topic);
      if (topic) queue.push({ processor, topic, record });
    }
    return record;
  };

  const seenOf = ({ name, once }: Processor, { topic, partition }: KafkaRecord) => {
    const place = once?.scope === 'everywhere' ? name : `${name}/${topic}/${partition}`;
    if (once && !seen.has(place)) seen.set(place, createSeenEvents(once.horizonMs));
    return seen.get(place) ?? null;
  };

  const work = ({ processor, topic, record }: Job) => {
    const context = {
      ...tables.get(processor.name)?.of(record.partition),
      resumeAfter: null,
      partitionsOf: ({ partitions }: Topic) => partitions,
    } as never;
    const job = openJob(
      {
        processor,
        topic,
        context,
        serde,
        seen: seenOf(processor, record),
        nowMs: clock.nowMs,
        health,
      },
      record,
    );
    for (let finished = false; !finished; chunks += 1) {
      const sink = createRecordSink(countOf, limits);
      finished = job.fill(sink).done;
      const filled = sink
        .partitions()
        .flatMap(({ batches, ...place }) => batches.flatMap((batch) => recordsIn(batch, place)));
      for (const each of filled) write(each);
    }
  };

  const settle = () => {
    for (let job = queue.shift(); job; job = queue.shift()) work(job);
  };

  const row = (topic: Topic, key: string, value: Buffer | null) => {
    const record = write({ topic: topic.name, key: Buffer.from(key), value });
    for (const each of tables.values()) each.apply(record);
  };

  const driver: Driver = {
    advance(durationMs) {
      time.nowMs += durationMs;
    },
    chunks: () => chunks,
    counted: (name) =>
      health
        .counted()
        .filter((each) => each.name === name)
        .reduce((sum, { value }) => sum + value, 0),
    table: (topic, key, value) => row(topic, key, value && serde.encode(topic, value)),
    tableRaw: row,
    send(topic, key, value) {
      const keyBytes = key === null ? null : Buffer.from(key);
      write({ topic: topic.name, key: keyBytes, value: serde.encode(topic, value) });
      settle();
    },
    broadcast(topic, value) {
      const bytes = serde.encode(topic, value);
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        write({ topic: topic.name, key: null, value: bytes, partition });
      }
      settle();
    },
    breakDecoding: ({ name }) => void broken.add(name),
    sendRaw(topic, key, value, place = {}) {
      write({ topic: topic.name, key, value, ...place });
      settle();
    },
    outputs: (topic) => decodeAll(serde, topic, topicLog.of(topic.name)),
    records: (topic) => topicLog.of(topic.name),
    encode: (topic, value) => Buffer.from(serde.encode(topic, value)),
  };
  return driver;
}
