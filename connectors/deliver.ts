import type { Clock } from '../runtime/clock.ts';
import { deadLetter } from '../runtime/dead-letter.ts';
import { withDeadline } from '../runtime/deadline.ts';
import type { KafkaClient } from '../runtime/kafka/client.ts';
import { offsetRange } from '../runtime/kafka/offsets.ts';
import type { Portion, PriorityReader, ReadInput } from '../runtime/kafka/priority-reader.ts';
import type { OutgoingRecord } from '../runtime/kafka/record.ts';
import type { TransactionalProducer } from '../runtime/kafka/transactions.ts';
import type { Log } from '../runtime/log.ts';
import type { Serde } from '../runtime/serde.ts';
import { type Topic, topics } from '../schemas/topics.ts';
import { boundedResult } from './bounded-result.ts';
import type { Channel } from './channel.ts';
import type { Connector } from './connector.ts';
import type { EarlierAttempts } from './earlier-attempts.ts';
import { type Attempt, journalRecord, type Line, lineOf, resultLine } from './journal.ts';
import {
  type Answered,
  type GaveUp,
  type Outcome,
  outcomeOf,
  portionSize,
  roundOf,
  sortPortion,
} from './portion.ts';
import { type Absences, noteJudged, refusedAlone, type VendorPresence } from './vendor-presence.ts';
import { interrupted, outageWaitMs } from './verdict.ts';

/** One lane of a partition, and how far it is committed. */
export type Lane = ReadInput & {
  readonly topic: Topic<'Notification'>;
  committed: number;
};

/** A partition that was taken over: what it takes to deliver what lies in its lanes. */
export type Delivery = {
  readonly connector: Connector;
  readonly channel: Channel;
  readonly kafka: KafkaClient;
  readonly serde: Serde;
  readonly producer: TransactionalProducer;
  readonly partition: number;
  /** The more urgent first, as the reader has them. */
  readonly lanes: readonly Lane[];
  readonly reader: PriorityReader<Lane>;
  readonly earlier: EarlierAttempts;
  readonly vendor: VendorPresence;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * A send ends by then, so that a stop or a rebalance, which wait 20 s, see its answer written
 * down. Below the time-outs of the channels it would cut their better answers off.
 */
const sendDeadlineMs = 15_000;
/** As in task.ts: empty batches before the offset is moved over markers alone. */
const idleBatchesBeforeCommit = 4;

function line(delivery: Delivery, attempt: Attempt, words: Line): OutgoingRecord {
  const { serde, clock } = delivery;
  return journalRecord(serde, lineOf(attempt, words, clock.nowMs()));
}

/** Writes records and moves the offset of some lanes to where the reader stands. */
async function commit(
  { producer, partition, reader, earlier }: Delivery,
  records: readonly OutgoingRecord[],
  lanes: readonly Lane[],
): Promise<void> {
  const offsets = lanes.map((lane) => {
    const topic = lane.topic.name;
    const nextOffset = reader.position(lane);
    return {
      topic,
      partition,
      nextOffset,
      metadata: earlier.noteOf(earlier.openSince(topic, nextOffset)),
    };
  });
  await producer.commit({ records, offsets });
  for (const [index, lane] of lanes.entries()) {
    lane.committed = offsets[index]?.nextOffset ?? lane.committed;
  }
}

/** The unmoved offset of a portion's lane with the note that the portion is being worked on. */
async function openNote(delivery: Delivery, { input, records }: Portion<Lane>) {
  const { kafka, partition, earlier } = delivery;
  const topic = input.topic.name;
  const nextOffset = records[0]?.offset ?? input.committed;
  const { high } = await offsetRange(kafka, topics.deliveryEvents.name, partition);
  const since = earlier.openSince(topic, nextOffset) ?? high;
  return { topic, partition, nextOffset, metadata: earlier.noteOf(Math.min(since, high)) };
}

/** The record goes to the dead letters as it came, and the journal says so. */
function giveUp(delivery: Delivery, { attempt, reason }: GaveUp): OutgoingRecord[] {
  const code = 'DELIVERY_GAVE_UP';
  const cause = { code, reason, process: delivery.connector.name } as const;
  const words: Line = { kind: 'deadLettered', code, reason };
  return [line(delivery, attempt, words), deadLetter(attempt.record, cause)];
}

/** How the vendor was when it was last tried. */
type Trouble = Pick<Outcome, 'outages' | 'waitMs'>;

/** Sends a round side by side; a portion's size bounds how many that are. */
async function sendAll(delivery: Delivery, round: readonly Attempt[]): Promise<Answered[]> {
  const { channel, clock } = delivery;
  const sends = round.map(async (attempt) => {
    // Rate limits belong here: wait for a token of the vendor's bucket before the time counts.
    const result = await withDeadline({ clock, durationMs: sendDeadlineMs }, (signal) =>
      channel.send(attempt.notification, signal),
    );
    return { attempt, result: boundedResult(result) };
  });
  return Promise.all(sends);
}

/** Says what went wrong, once for a round, in the words of the journal. */
function tell({ log, partition }: Delivery, answered: readonly Answered[], outcome: Outcome): void {
  const { again, gaveUp, waitMs, outages } = outcome;
  if (outages + again.length + gaveUp.length === 0) return;
  const answers = answered.map(({ result }) =>
    'reason' in result ? `${result.kind} ${result.code}: ${result.reason}` : result.kind,
  );
  const counts = { sent: answered.length, again: again.length, gaveUp: gaveUp.length };
  const what = { partition, ...counts, answers: [...new Set(answers)], waitMs };
  if (gaveUp.length > 0) log.error(what, 'gave up on some; see the dead letters');
  else if (outages > 0) log.error(what, 'the vendor is away, in trouble or refuses us; we wait');
  else log.warn(what, 'some are sent again');
}

/**
 * Sends a portion and writes down what became of it. What a crash leaves behind:
 *
 * 1. Read: nothing. The next owner reads it again.
 * 2. `started` is in the journal, and beside the unmoved offset a note from where to read the
 *    journal back. The next owner finds the attempt open. Whether it was sent nobody can know, so
 *    it becomes `unknown`: at least once sends it again as the next attempt, at most once does not.
 *    Such ends are counted apart from what the vendor refuses, and bounded far higher.
 * 3. Sent: the same, and now the person may have it. Only from here comes a double, or a loss.
 * 4. The answers, the moved offset and the cleared note stand in one transaction: nothing is left
 *    to do, the next owner goes on behind the portion.
 *
 * Where some must be sent again, the answers so far are written without the offset, and 2 to 4
 * come again for the rest. The note leads to those answers too: what is settled is not sent again,
 * and attempts go on counting.
 *
 * A former owner that still runs is fenced, so its next transaction fails; what it is sending just
 * then is like after a crash.
 */
async function deliverPortion(
  delivery: Delivery,
  portion: Portion<Lane>,
  before: Trouble,
): Promise<Trouble> {
  const { connector, producer, clock, signal } = delivery;
  const { guarantee, name: process } = connector;
  const { topic } = portion.input;
  const sorted = sortPortion(portion.records, { ...delivery, topic, process, guarantee });
  const closing = [...sorted.letters, ...sorted.gaveUp.flatMap((each) => giveUp(delivery, each))];
  let unwritten = sorted.interrupted.map((each) => line(delivery, each, resultLine(interrupted)));
  let { pending } = sorted;
  let note = pending.length > 0 ? [await openNote(delivery, portion)] : [];
  let trouble = before;
  let absences: Absences = new Map();
  while (pending.length > 0) {
    const round = roundOf(pending, trouble.outages);
    const started = round.map((attempt) => line(delivery, attempt, { kind: 'started' }));
    await producer.commit({ records: [...unwritten, ...started], offsets: note });
    note = [];
    const answers = await sendAll(delivery, round);
    const pauseMs = outageWaitMs(trouble.outages);
    const told = refusedAlone(answers, absences, delivery.vendor, pauseMs);
    const { answered } = told;
    ({ absences } = told);
    noteJudged(delivery.vendor, answered);
    unwritten = answered.map(({ attempt, result }) => line(delivery, attempt, resultLine(result)));
    const outcome = outcomeOf(answered, { outages: trouble.outages, guarantee });
    tell(delivery, answered, outcome);
    closing.push(...outcome.gaveUp.flatMap((each) => giveUp(delivery, each)));
    // The others first: one of them tells whether the vendor is away, or only for those again.
    pending = [...pending.slice(round.length), ...outcome.again];
    trouble = outcome;
    const pause = outcome.waitMs > 0 || signal.aborted;
    if (pending.length > 0 && pause) {
      await producer.commit({ records: unwritten, offsets: [] });
      unwritten = [];
      await clock.sleep(outcome.waitMs, signal);
      signal.throwIfAborted();
    }
  }
  await commit(delivery, [...unwritten, ...closing], [portion.input]);
  return trouble;
}

/** Delivers what lies in the lanes and what comes, until the signal is aborted. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { connector, lanes, reader, serde, clock, signal } = delivery;
  let idleBatches = 0;
  let trouble: Trouble = { outages: 0, waitMs: 0 };
  while (!signal.aborted) {
    const maxRecords = trouble.outages > 0 ? 1 : connector.maxInFlight;
    const portion = await reader.next((all) => portionSize(all, maxRecords));
    idleBatches = portion ? 0 : idleBatches + 1;
    if (portion) {
      await serde.prepare(portion.records.map(({ value }) => value));
      const { outages } = trouble;
      trouble = await deliverPortion(delivery, portion, { outages, waitMs: 0 });
      if (trouble.waitMs > 0) await clock.sleep(trouble.waitMs, signal);
    } else if (idleBatches >= idleBatchesBeforeCommit) {
      const moved = lanes.filter((lane) => reader.position(lane) > lane.committed);
      if (moved.length > 0) await commit(delivery, [], moved);
    }
  }
}
