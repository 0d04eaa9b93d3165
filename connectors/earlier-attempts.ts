import { tellRemade } from '../runtime/begin-anew.ts';
import type { Health } from '../runtime/health.ts';
import type { KafkaClient } from '../runtime/kafka/client.ts';
import { offsetRange } from '../runtime/kafka/offsets.ts';
import { openReader } from '../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../runtime/kafka/record.ts';
import { topicLife } from '../runtime/kafka/topic-lives.ts';
import type { Log } from '../runtime/log.ts';
import type { Serde } from '../runtime/serde.ts';
import type { DeliveryEvent, DeliveryKind } from '../schemas/generated/records.ts';
import { topics } from '../schemas/topics.ts';
import type { Connector } from './connector.ts';
import { type Counts, countsAfter, uncounted } from './verdict.ts';

/** A lane, how far it is committed, and the note beside that: see `noteOf`. */
export type CommittedLane = {
  readonly topic: string;
  readonly nextOffset: number;
  readonly metadata: string;
};

/**
 * The last line of the journal about a notification that is not committed, and what all lines about
 * it count: the note leads to the first of them. An attempt still open is an interruption.
 */
export type LastLine = Pick<DeliveryEvent, 'kind' | 'attempt'> & Counts;

type Place = Pick<KafkaRecord, 'topic' | 'offset'>;

/** What the former owner of a partition had begun, and not finished, when it ended. */
export type EarlierAttempts = {
  /** The note that the journal must be read back from an offset; empty for null. */
  noteOf(journalOffset: number | null): string;
  /** To be asked once about each record of a lane, in their order. */
  lastLine(place: Place, notificationId: string): LastLine | null;
  /**
   * Where the journal must be read from if the lane were committed at an offset; null when
   * nothing behind that offset was begun.
   */
  openSince(topic: string, nextOffset: number): number | null;
};

const prefix = 'journal:';

const notePattern = /^journal:([\w-]+):(\d{1,15})$/;

/**
 * The note beside a committed offset: the journal may hold lines about records behind it, from
 * this journal offset on. Empty: it holds none. Written with the `started` lines, taken away with
 * the offset, so only a crash between the two leaves something to be read back. The id is that of
 * the journal's topic: in one that was made anew the offset means nothing.
 */
export const noteOf = (journalId: string, journalOffset: number | null) =>
  journalOffset === null ? '' : `${prefix}${journalId}:${journalOffset}`;

/** The journal offset of a note; null when it is empty, nobody's or of a former journal. */
export function readNote(metadata: string, journalId: string): number | null {
  const [, id, digits] = notePattern.exec(metadata) ?? [];
  return id === journalId ? Number(digits) : null;
}

/** A hundred bytes each. When there are more, whatever may have been begun counts as begun. */
const maxUnreadable = 100_000;

const finalKinds: ReadonlySet<DeliveryKind> = new Set(['accepted', 'rejected', 'deadLettered']);

/** Lines of the journal, folded as they are added. */
export type FoldedJournal = EarlierAttempts & {
  add(event: Pick<DeliveryEvent, 'source' | 'kind' | 'attempt' | 'code'>): void;
  /** A line that nobody can read, by its key: the notification that it is about. */
  addUnreadable(key: Buffer | null): void;
};

/**
 * Folds lines of the journal as they are added. At most one portion of each lane is kept, which
 * `maxBegun` records are. A line that nobody can read may be the one that says "begun", or the
 * answer: its notification counts as begun and not answered, unless another line is final.
 */
export function foldJournal(
  lanes: readonly CommittedLane[],
  journalId: string,
  maxBegun: number,
): FoldedJournal {
  const states = new Map(
    lanes.map((lane) => {
      const noted = readNote(lane.metadata, journalId) !== null;
      return [lane.topic, { ...lane, noted, asked: 0, lines: new Map<number, LastLine>() }];
    }),
  );
  const unreadable = new Set<string>();
  const isDoubtful = (id: string) => unreadable.has(id) || unreadable.size >= maxUnreadable;
  return {
    addUnreadable(key) {
      // Every line of ours has its key; one without is nobody's.
      if (key !== null && unreadable.size < maxUnreadable) unreadable.add(key.toString());
    },
    noteOf: (journalOffset) => noteOf(journalId, journalOffset),
    add({ source, kind, attempt, code }) {
      const lane = states.get(source.topic);
      if (!lane || source.offset < lane.nextOffset) return;
      const { refusals, interruptions } = lane.lines.get(source.offset) ?? uncounted;
      const counts = countsAfter({ refusals, interruptions }, { kind, code });
      lane.lines.set(source.offset, { kind, attempt, ...counts });
    },
    lastLine({ topic, offset }, notificationId) {
      const lane = states.get(topic);
      if (!lane) return null;
      const mayBeBegun = lane.noted && lane.asked < maxBegun && isDoubtful(notificationId);
      lane.asked += 1;
      let last = lane.lines.get(offset) ?? null;
      if (mayBeBegun && !(last && finalKinds.has(last.kind))) {
        last = { attempt: 1, ...uncounted, ...last, kind: 'started' };
      }
      if (last?.kind !== 'started') return last;
      return { ...last, interruptions: last.interruptions + 1 };
    },
    openSince(topic, nextOffset) {
      const lane = states.get(topic);
      if (!lane) return null;
      const open = [...lane.lines.keys()].some((offset) => offset >= nextOffset);
      const doubtful = unreadable.size > 0 && lane.asked < maxBegun;
      return open || doubtful ? readNote(lane.metadata, journalId) : null;
    },
  };
}

/** Adds records of the journal; tells how many of them nobody can read. */
export function foldRecords(
  journal: Pick<FoldedJournal, 'add' | 'addUnreadable'>,
  serde: Pick<Serde, 'decode'>,
  records: readonly Pick<KafkaRecord, 'key' | 'value'>[],
): number {
  let unreadable = 0;
  for (const { key, value } of records) {
    const line = value === null ? null : serde.decode(topics.deliveryEvents, value);
    if (line?.ok) {
      journal.add(line.value);
    } else {
      journal.addUnreadable(key);
      unreadable += 1;
    }
  }
  return unreadable;
}

function tellUnreadable(
  { connector, partition, log, health }: Parameters<typeof readEarlierAttempts>[0],
  lines: number,
): void {
  const code = 'RECORD_UNREADABLE';
  const topic = topics.deliveryEvents.name;
  health.count('journal_lines_unreadable', { process: connector.name }, lines);
  const what = { code, topic, partition, process: connector.name, lines };
  log.warn(what, 'lines of the journal cannot be read; what they are about counts as begun');
}

/**
 * Reads back what the journal says since the oldest note; reads nothing when there is none. To be
 * called after the former owner was fenced: whatever it wrote is below the high watermark then.
 */
export async function readEarlierAttempts(options: {
  readonly connector: Pick<Connector, 'name' | 'maxInFlight'>;
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly partition: number;
  readonly lanes: readonly CommittedLane[];
  readonly log: Log;
  readonly health: Health;
  readonly signal: AbortSignal;
}): Promise<EarlierAttempts> {
  const { kafka, serde, partition, lanes, signal } = options;
  const topic = topics.deliveryEvents;
  const { id: journalId } = await topicLife(kafka, topic.name);
  const earlier = foldJournal(lanes, journalId, options.connector.maxInFlight);
  const lost = lanes.filter(
    ({ metadata }) => metadata !== '' && readNote(metadata, journalId) === null,
  );
  if (lost.length > 0) tellRemade(options, { topic: topic.name, partition });
  const notes = lanes
    .map(({ metadata }) => readNote(metadata, journalId))
    .filter((note) => note !== null);
  if (notes.length === 0) return earlier;
  const { low, high } = await offsetRange(kafka, topic.name, partition);
  let position = Math.max(low, Math.min(...notes));
  if (position >= high) return earlier;
  const reader = openReader({ kafka, topic: topic.name, partition, fromOffset: position, signal });
  let unreadable = 0;
  try {
    while (position < high) {
      const batch = await reader.next();
      await serde.prepare(batch.records.map(({ value }) => value));
      unreadable += foldRecords(earlier, serde, batch.records);
      position = batch.nextOffset;
    }
    if (unreadable > 0) tellUnreadable(options, unreadable);
  } finally {
    reader.close();
  }
  return earlier;
}
