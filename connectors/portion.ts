import { deadLetter } from '../runtime/dead-letter.ts';
import { readInput } from '../runtime/input-record.ts';
import type { KafkaRecord, OutgoingRecord } from '../runtime/kafka/record.ts';
import { isReplayed, replayHeader } from '../runtime/replay-mark.ts';
import type { Serde } from '../runtime/serde.ts';
import type { Channel } from '../schemas/generated/records.ts';
import type { Topic } from '../schemas/topics.ts';
import type { SendResult } from './channel.ts';
import type { EarlierAttempts, LastLine } from './earlier-attempts.ts';
import type { Attempt } from './journal.ts';
import { unfitToSend } from './unfit-notification.ts';
import {
  type Guarantee,
  maxInterruptions,
  outageWaitMs,
  uncounted,
  verdictOn,
  verdictOnEarlier,
} from './verdict.ts';

/** A notification that was tried often enough, and the last that is known of it. */
export type GaveUp = { readonly attempt: Attempt; readonly reason: string };

/** What is to be done about the records of a portion. */
export type Sorted = {
  readonly pending: readonly Attempt[];
  /** Attempts that a former owner began; they become `unknown`. */
  readonly interrupted: readonly Attempt[];
  readonly gaveUp: readonly GaveUp[];
  /** Records that nobody can send. */
  readonly letters: readonly OutgoingRecord[];
};

/** An attempt that was made, and the answer. */
export type Answered = { readonly attempt: Attempt; readonly result: SendResult };

/** What is to be done after the answers of a round. */
export type Outcome = {
  readonly again: readonly Attempt[];
  readonly gaveUp: readonly GaveUp[];
  /** How long nothing may be sent; the longest of what was asked for. */
  readonly waitMs: number;
  /**
   * Rounds in a row that found the vendor away, in trouble or refusing us. Above zero, one
   * notification is sent alone before others are: so an outage costs the others no attempt, and
   * does not turn a whole lane of SMS into `unknown`.
   */
  readonly outages: number;
};

/**
 * The first records of a lane, until a person comes a second time: what is sent side by side is
 * for different people, so each of them gets their messages in order.
 */
export function portionSize(records: readonly KafkaRecord[], maxRecords: number): number {
  const people = new Set<string>();
  for (const [index, { key }] of records.entries()) {
    const person = key?.toString() ?? '';
    if (index === maxRecords || people.has(person)) return index;
    people.add(person);
  }
  return records.length;
}

function whyGivenUp({ kind, interruptions }: LastLine): string {
  if (interruptions < maxInterruptions) return `the last line was ${kind}`;
  return `the process ended ${interruptions} times while sending it`;
}

/**
 * Sorts a portion by what its bytes say and by what the journal knows of it. A replayed record is
 * refused whatever it says; the journal hears nothing of it, for it bears the id of the
 * notification that it repeats.
 */
export function sortPortion(
  records: readonly KafkaRecord[],
  by: {
    readonly topic: Topic<'Notification'>;
    readonly process: Channel;
    readonly guarantee: Guarantee;
    readonly serde: Pick<Serde, 'decode'>;
    readonly earlier: Pick<EarlierAttempts, 'lastLine'>;
  },
): Sorted {
  const pending: Attempt[] = [];
  const interrupted: Attempt[] = [];
  const gaveUp: GaveUp[] = [];
  const letters: OutgoingRecord[] = [];
  for (const record of records) {
    if (isReplayed(record)) {
      const reason = `a record of ${by.topic.name} with the header ${replayHeader}`;
      const cause = { code: 'REPLAY_REFUSED', reason, process: by.process } as const;
      letters.push(deadLetter(record, cause));
      continue;
    }
    const input = readInput(by.topic, record, by);
    if (!input.ok) {
      letters.push(input.letter);
      continue;
    }
    const { value: notification } = input.message;
    const unfit = unfitToSend(notification, by.process);
    if (unfit) {
      letters.push(deadLetter(record, { ...unfit, process: by.process }));
      continue;
    }
    const fresh: Attempt = { record, notification, attempt: 1, ...uncounted };
    const last = by.earlier.lastLine(record, notification.notificationId);
    if (!last) {
      pending.push(fresh);
      continue;
    }
    const { attempt, refusals, interruptions } = last;
    const earlier: Attempt = { ...fresh, attempt, refusals, interruptions };
    if (last.kind === 'started') interrupted.push(earlier);
    const verdict = verdictOnEarlier(last, by.guarantee);
    if (verdict.kind === 'again') pending.push({ ...earlier, attempt: verdict.attempt });
    if (verdict.kind === 'gaveUp') gaveUp.push({ attempt: earlier, reason: whyGivenUp(last) });
  }
  return { pending, interrupted, gaveUp, letters };
}

const troubleKinds: ReadonlySet<SendResult['kind']> = new Set([
  'unavailable',
  'unknown',
  'misconfigured',
]);

/**
 * The attempts to make side by side now. While the vendor is away one is sent alone, and so is
 * each where some were interrupted: beside a message that ends the process the others would be
 * counted as interrupted with it, and given up with it.
 */
export function roundOf(pending: readonly Attempt[], outages: number): readonly Attempt[] {
  const alone = outages > 0 || pending.some(({ interruptions }) => interruptions > 0);
  return alone ? pending.slice(0, 1) : pending;
}

/** Decides about a round of sends. */
export function outcomeOf(
  answered: readonly Answered[],
  state: { readonly outages: number; readonly guarantee: Guarantee },
): Outcome {
  const again: Attempt[] = [];
  const gaveUp: GaveUp[] = [];
  const trouble = answered.some(({ result }) => troubleKinds.has(result.kind));
  let waitMs = trouble ? outageWaitMs(state.outages) : 0;
  for (const { attempt, result } of answered) {
    const verdict = verdictOn(result, { ...attempt, ...state });
    if (verdict.kind === 'gaveUp') {
      gaveUp.push({ attempt, reason: 'reason' in result ? result.reason : result.kind });
    }
    if (verdict.kind === 'again') {
      again.push({ ...attempt, attempt: verdict.attempt, refusals: verdict.refusals });
      waitMs = Math.max(waitMs, verdict.waitMs);
    }
  }
  return { again, gaveUp, waitMs, outages: trouble ? state.outages + 1 : 0 };
}
