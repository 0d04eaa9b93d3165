import { rmSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import { describeError, VestnikError } from './errors.ts';

/** What a store is a projection of. A store of anything else is wiped when it is opened. */
export type StoreIdentity = {
  readonly topic: string;
  readonly partition: number;
  readonly partitions: number;
  /** Grows when the way rows or index keys are stored changes. */
  readonly layout: number;
};

/** A row as it lies on disk: the record's bytes and its offset. */
export type StoredRow = { readonly key: string; readonly offset: number; readonly value: Buffer };

/** One change: a row with its index keys, or its deletion when `value` is null. */
export type StoreChange = {
  readonly key: string;
  readonly offset: number;
  readonly value: Buffer | null;
  readonly indexKeys: readonly string[];
};

/** Ordered rows on disk, projected from one topic partition. */
export type Store = {
  /** Where to go on reading the topic; null when nothing was read yet. */
  nextOffset(): number | null;
  get(key: string): StoredRow | undefined;
  /** Rows in the byte order of their keys, after a key. */
  rows(after?: string): Iterable<StoredRow>;
  /** Rows that have an index key, in the byte order of their keys, after a key. */
  rowsWith(indexKey: string, after?: string): Iterable<StoredRow>;
  /** Changes and the offset behind them, in one atomic batch: both are there or neither. */
  apply(changes: readonly StoreChange[], nextOffset: number): void;
  close(): Promise<void>;
};

/** LMDB takes keys up to 1,978 bytes; an index key and a row key share one. */
export const maxKeyBytes = 900;

const offsetBytes = 8;
const separator = Buffer.from([0]);
const afterSeparator = Buffer.from([1]);
const rowPrefix = Buffer.from('r\0');
const indexPrefix = Buffer.from('i\0');
const indexListPrefix = Buffer.from('l\0');
const metaKey = Buffer.from('meta');

type Meta = StoreIdentity & { readonly nextOffset: number };
type Database = RootDatabase<Buffer, Buffer>;

function openDatabase(directory: string): Database {
  try {
    return open<Buffer, Buffer>({ path: directory, encoding: 'binary', keyEncoding: 'binary' });
  } catch (error) {
    throw new VestnikError('STORE_UNUSABLE', `${directory}: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function readMeta(database: Database): Meta | null {
  const bytes = database.get(metaKey);
  return bytes ? (JSON.parse(bytes.toString()) as Meta) : null;
}

function isSame(meta: Meta, identity: StoreIdentity): boolean {
  return (
    meta.topic === identity.topic &&
    meta.partition === identity.partition &&
    meta.partitions === identity.partitions &&
    meta.layout === identity.layout
  );
}

const rowKey = (key: string) => Buffer.concat([rowPrefix, Buffer.from(key)]);
const listKey = (key: string) => Buffer.concat([indexListPrefix, Buffer.from(key)]);
const indexStart = (indexKey: string) =>
  Buffer.concat([indexPrefix, Buffer.from(indexKey), separator]);
const indexRow = (indexKey: string, key: string) =>
  Buffer.concat([indexStart(indexKey), Buffer.from(key)]);

function toRow(key: string, stored: Buffer): StoredRow {
  return {
    key,
    offset: Number(stored.readBigInt64BE(0)),
    value: stored.subarray(offsetBytes),
  };
}

function fromChange(offset: number, value: Buffer): Buffer {
  const stored = Buffer.allocUnsafe(offsetBytes + value.length);
  stored.writeBigInt64BE(BigInt(offset), 0);
  value.copy(stored, offsetBytes);
  return stored;
}

/** Keys from `start` (exclusive when it is a row's own key) to the end of a prefix. */
function keysAfter(database: Database, prefix: Buffer, after: string | undefined) {
  const from = after === undefined ? prefix : Buffer.concat([prefix, Buffer.from(after)]);
  const end = Buffer.concat([prefix.subarray(0, -1), afterSeparator]);
  const start = after === undefined ? from : Buffer.concat([from, separator]);
  // Without a snapshot: one held through a long fan-out would keep every old page on disk.
  return database.getKeys({ start, end, snapshot: false });
}

function applyChange(database: Database, change: StoreChange): void {
  const { key, offset, value, indexKeys } = change;
  const former = database.get(listKey(key));
  const formerKeys = former ? (JSON.parse(former.toString()) as string[]) : [];
  for (const indexKey of formerKeys) {
    if (!indexKeys.includes(indexKey)) database.removeSync(indexRow(indexKey, key));
  }
  if (value === null) {
    database.removeSync(rowKey(key));
    database.removeSync(listKey(key));
    return;
  }
  database.putSync(rowKey(key), fromChange(offset, value));
  if (indexKeys.length === 0 && formerKeys.length === 0) return;
  database.putSync(listKey(key), Buffer.from(JSON.stringify(indexKeys)));
  for (const indexKey of indexKeys) {
    if (!formerKeys.includes(indexKey)) {
      database.putSync(indexRow(indexKey, key), Buffer.alloc(0));
    }
  }
}

/**
 * Opens the store in a folder of its own. A store that projects something else, or that cannot be
 * opened, is wiped: it can always be read from the topic again.
 */
export async function openStore(directory: string, identity: StoreIdentity): Promise<Store> {
  let database = openDatabase(directory);
  const meta = readMeta(database);
  if (meta && !isSame(meta, identity)) {
    await database.close();
    rmSync(directory, { recursive: true, force: true });
    database = openDatabase(directory);
  }
  let nextOffset = readMeta(database)?.nextOffset ?? null;

  function* rowsOf(keys: Iterable<Buffer>, prefixBytes: number): Iterable<StoredRow> {
    for (const key of keys) {
      const name = key.subarray(prefixBytes).toString();
      const stored = database.get(rowKey(name));
      if (stored) yield toRow(name, stored);
    }
  }

  return {
    nextOffset: () => nextOffset,
    get(key) {
      const stored = database.get(rowKey(key));
      return stored && toRow(key, stored);
    },
    rows: (after) => rowsOf(keysAfter(database, rowPrefix, after), rowPrefix.length),
    rowsWith(indexKey, after) {
      const prefix = indexStart(indexKey);
      return rowsOf(keysAfter(database, prefix, after), prefix.length);
    },
    apply(changes, next) {
      database.transactionSync(() => {
        // Another process on this machine may share the folder and be ahead: its rows are newer.
        const present = readMeta(database)?.nextOffset ?? 0;
        for (const change of changes) {
          if (change.offset >= present) applyChange(database, change);
        }
        const after: Meta = { ...identity, nextOffset: Math.max(present, next) };
        database.putSync(metaKey, Buffer.from(JSON.stringify(after)));
      });
      nextOffset = next;
    },
    close: () => database.close(),
  };
}
