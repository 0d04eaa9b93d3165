import type { Topic } from '../schemas/topics.ts';
import type { Clock } from './clock.ts';
import { crashPoint } from './crash-point.ts';
import { VestnikError } from './errors.ts';
import type { Health } from './health.ts';
import { borrowMemory } from './kafka/batch-memory.ts';
import type { KafkaClient } from './kafka/client.ts';
import { murmur2, partitionOfHash } from './kafka/partitioner.ts';
import type { Fetched } from './kafka/reader.ts';
import {
  beforeRecords,
  type InflatedBatch,
  nextRecord,
  type RecordPlace,
  recordAt,
  releaseBatches,
} from './kafka/record-batch-decoder.ts';
import { readRecordSet } from './kafka/record-set.ts';
import type { Log } from './log.ts';
import {
  createMisplacedLetters,
  type MisplacedLetters,
  type PoisonHandler,
} from './misplaced-letters.ts';
import { createMisplacedRows, type Homes } from './misplaced-rows.ts';
import { faultOfKey } from './row-key.ts';
import { createRowWords, type NobodysRow, type RowWords } from './row-words.ts';
import type { Serde } from './serde.ts';
import type { Checkpoint } from './store/checkpoint.ts';
import type { RowChange } from './store/row-memory.ts';
import { createRowStore, type RowStore, rowChange } from './store/row-store.ts';
import { faultOfSize, largeRow, type RowFault, type TableSpec } from './table.ts';

export type TableRowsOptions<T extends Topic> = {
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly spec: TableSpec<T>;
  readonly partition: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
  /** Who works with the table, as dead letters name it. */
  readonly process: string;
  readonly onPoison: PoisonHandler;
  /** The partitions of the table that this process has. */
  readonly homes: Homes;
};

/** What one partition may hold in memory; a table that needs more needs more partitions. */
export const maxHeldBytes = 4 * 1024 * 1024 * 1024;
/** How often it is looked whether what was set aside is healed. */
const tendMs = 1000;
/** How often unreadable rows are read again: the registry may know their schema by now. */
const readAgainMs = 30_000;
/** Rows read again in one go, so that others get their turn. */
const rowsPerTurn = 1000;

/** What becomes of a row that is not taken as it is. */
type Fate = RowFault & { readonly kind: 'misplaced' | 'nobodys' | 'unreadable' };

const noWords: readonly number[] = [];
const isList: (words: readonly number[] | RowFault) => words is readonly number[] = Array.isArray;
const isNobodys = (fault: RowFault | NobodysRow): boolean => 'nobodys' in fault;

type Change = { -readonly [K in keyof RowChange]: RowChange[K] };

/** The rows of a partition, filled from its checkpoint and then from the topic. */
export class TableRows<T extends Topic> {
  readonly rows: RowStore = createRowStore();
  readonly #options: TableRowsOptions<T>;
  readonly #checkpoint: Checkpoint | null;
  readonly #partitions: number;
  readonly #wordsOf: RowWords;
  readonly #misplaced = createMisplacedRows();
  readonly #letters: MisplacedLetters;
  /** Something was not saved because letters about it wait. */
  #unsaved = false;
  #restored = false;
  /** Rows looked at. */
  #passed = 0;
  #tendAtMs = 0;
  #readAgainAtMs = 0;
  /** The change of the record that is looked at; one object for all of them. */
  readonly #change: Change = {
    bytes: Buffer.alloc(0),
    keyStart: 0,
    keyEnd: 0,
    valueStart: 0,
    valueEnd: 0,
    hash: 0,
    offset: 0,
    words: noWords,
  };
  /** Everything before this offset is in the rows. */
  position = 0;

  constructor(options: TableRowsOptions<T>, checkpoint: Checkpoint | null, partitions: number) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#partitions = partitions;
    this.#wordsOf = createRowWords(options.spec, options.serde, this.rows.words);
    const place = `${options.spec.topic.name}-${options.partition}`;
    this.#letters = createMisplacedLetters(place, this.#misplaced, options.onPoison);
  }

  /** Reads the checkpoint. What was set aside was told when it was saved. */
  async load(
    range: { readonly low: number; readonly high: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { log, spec, partition, clock } = this.#options;
    const place = { topic: spec.topic.name, partition };
    for (const { set, fromOffset, nextOffset } of this.#checkpoint?.saved() ?? []) {
      const found = await readRecordSet(set, [], { ...place, fromOffset }, borrowMemory);
      for (const batch of found.batches) await this.#apply(batch, fromOffset, false);
      releaseBatches(found.batches);
      this.position = nextOffset;
      // Lets heartbeats and other partitions have a turn.
      await clock.sleep(0);
      signal.throwIfAborted();
    }
    const saved = this.position;
    if (saved >= range.low && saved <= range.high) return;
    if (saved > 0) {
      log.warn(
        { ...place, saved, ...range },
        'a checkpoint does not fit its topic; reading the topic from its beginning',
      );
      this.#checkpoint?.wipe();
      this.rows.clear();
      this.#misplaced.clear();
    }
    this.position = range.low;
  }

  /** Takes what was fetched into the rows, then onto the disk: a checkpoint may be behind them. */
  async project({ batches, fromOffset, nextOffset }: Fetched): Promise<void> {
    const { spec, partition } = this.#options;
    for (const batch of batches) await this.#apply(batch, fromOffset, true);
    releaseBatches(batches);
    if (this.#restored) await this.#letters.send(this.#passed);
    if (batches.length > 0) {
      crashPoint('beforeStoreFlush');
      const count = batches.reduce((sum, batch) => sum + batch.count, 0);
      const packed = batches.map((batch) => batch.packed);
      this.#unsaved ||= this.#letters.waiting();
      if (!this.#unsaved) {
        this.#checkpoint?.append({ batches: packed, count, fromOffset, nextOffset });
      }
    }
    this.position = nextOffset;
    if (!this.#unsaved) this.#checkpoint?.tidy(this.rows, nextOffset, this.#misplaced.rows());
    if (this.rows.heldBytes() > maxHeldBytes) {
      throw new VestnikError('STORE_FULL', `${spec.topic.name}-${partition}`);
    }
  }

  /** All is there that was there at the opening: now misplaced rows are slips, or too many. */
  async settle(): Promise<void> {
    this.#restored = true;
    await this.#letters.send(this.#passed);
    if (!this.#unsaved) return;
    this.#checkpoint?.rewrite(this.rows, this.position, this.#misplaced.rows());
    this.#unsaved = false;
  }

  /** Looks after what was set aside: what is healed is forgotten, the rest is told. */
  async tend(): Promise<void> {
    const { clock, kafka, spec, homes } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#tendAtMs) return;
    this.#tendAtMs = nowMs + tendMs;
    if (this.rows.countUnreadable() > 0 && nowMs >= this.#readAgainAtMs) {
      this.#readAgainAtMs = nowMs + readAgainMs;
      await this.#readAgain();
    }
    this.#tell('ROW_UNREADABLE', this.rows.countUnreadable());
    if (await this.#misplaced.heal(kafka, spec.topic.name, homes)) {
      this.#tell('WRONG_PARTITION', this.#misplaced.count());
    }
  }

  #tell(code: 'ROW_UNREADABLE' | 'WRONG_PARTITION', count: number): void {
    const { health, spec, partition, process } = this.#options;
    const subject = `${spec.topic.name}-${partition} in ${process}`;
    health.set({ code, subject, count });
  }

  /** Rows whose schema the registry did not know, or did not know any more. */
  async #readAgain(): Promise<void> {
    const { serde, clock } = this.#options;
    const found = [...this.rows.unreadable()];
    await serde.prepare(found.map(({ value }) => value));
    for (const [index, { key, offset, value }] of found.entries()) {
      const change = rowChange(Buffer.from(key), value, offset);
      const words = this.#wordsOf(change.bytes, change);
      if (isList(words)) this.rows.apply({ ...change, words });
      else if (isNobodys(words)) this.rows.apply(rowChange(Buffer.from(key), null, offset));
      if (index % rowsPerTurn === 0) await clock.sleep(0);
    }
  }

  async #apply(batch: InflatedBatch, fromOffset: number, tell: boolean): Promise<void> {
    const place = beforeRecords(batch);
    while (nextRecord(place)) {
      if (place.offset < fromOffset) continue;
      const fate = this.#applyOne(batch.records, place);
      if (fate !== null) await this.#setAside(batch, place, fate, tell);
    }
  }

  /** Makes the change of a record, or says why it is not made. */
  #applyOne(bytes: Buffer, place: RecordPlace): Fate | null {
    const { topic } = this.#options.spec;
    const { keyStart, keyEnd } = place;
    this.#passed += 1;
    const fault = faultOfKey(bytes, keyStart, keyEnd, topic);
    if (fault) return { ...fault, kind: 'nobodys' };
    const hash = murmur2(bytes, keyStart, keyEnd);
    const home = partitionOfHash(hash, this.#partitions);
    if (home !== this.#options.partition) return this.#fateOfMisplaced(bytes, place, home);
    const words = place.valueEnd < 0 ? noWords : this.#wordsOf(bytes, place);
    if (!isList(words)) return { ...words, kind: isNobodys(words) ? 'nobodys' : 'unreadable' };
    this.#put(bytes, place, hash, words);
    return null;
  }

  #put(bytes: Buffer, place: RecordPlace, hash: number, words: readonly number[]): void {
    const change = this.#change;
    change.bytes = bytes;
    change.keyStart = place.keyStart;
    change.keyEnd = place.keyEnd;
    change.valueStart = place.valueStart;
    change.valueEnd = place.valueEnd;
    change.hash = hash;
    change.offset = place.offset;
    change.words = words;
    this.rows.apply(change);
  }

  #putUnreadable(bytes: Buffer, place: RecordPlace, hash: number): void {
    const key = bytes.subarray(place.keyStart, place.keyEnd);
    const words = this.rows.wordsOfUnreadable(key);
    if (!faultOfSize(place.valueEnd - place.valueStart))
      return this.#put(bytes, place, hash, words);
    this.rows.apply(rowChange(key, largeRow, place.offset, words));
  }

  #fateOfMisplaced(bytes: Buffer, place: RecordPlace, home: number): Fate | null {
    const { spec, partition } = this.#options;
    if (place.valueEnd < 0) {
      this.#misplaced.forget(bytes.toString('utf8', place.keyStart, place.keyEnd));
      return null;
    }
    const { name } = spec.topic;
    const reason = `the row lies in ${name}-${partition}, its key belongs in ${name}-${home}`;
    return { code: 'WRONG_PARTITION', reason, kind: 'misplaced' };
  }

  async #setAside(batch: InflatedBatch, place: RecordPlace, first: Fate, tell: boolean) {
    const { serde, spec, partition, process, health, onPoison } = this.#options;
    const { name: topic } = spec.topic;
    const record = recordAt(batch, place.start, { topic, partition });
    let fate = first;
    if (fate.code === 'SCHEMA_UNKNOWN') {
      await serde.prepare([record.value]);
      const again = this.#applyOne(batch.records, place);
      if (again === null) return;
      fate = again;
    }
    const { kind, code, reason } = fate;
    const { keyStart, keyEnd } = place;
    const hash = murmur2(batch.records, keyStart, keyEnd);
    // What it replaces does not count any more, though nobody knows what it says instead.
    if (kind === 'unreadable') this.#putUnreadable(batch.records, place, hash);
    if (kind === 'misplaced') {
      const { offset, timestampMs } = record;
      const key = record.key?.toString() ?? '';
      const home = partitionOfHash(hash, this.#partitions);
      this.#misplaced.add({ key, offset, timestampMs, home }, this.#passed);
    }
    if (!tell) return;
    health.count('rows_set_aside', { topic, code, process });
    const cause = { code, reason, process };
    if (kind === 'misplaced') this.#letters.hold(record, cause);
    else await onPoison(record, cause);
  }

  close(): void {
    this.#tell('ROW_UNREADABLE', 0);
    this.#tell('WRONG_PARTITION', 0);
    this.#checkpoint?.close();
  }
}
