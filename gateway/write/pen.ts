import type { Clock } from '../../runtime/clock.ts';
import { describeError, VestnikError } from '../../runtime/errors.ts';
import type { GlobalTables } from '../../runtime/global-tables.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { openTransactions } from '../../runtime/kafka/transactions.ts';
import type { Log } from '../../runtime/log.ts';
import type { Serde } from '../../runtime/serde.ts';
import { answerWithin } from '../http/answer-within.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import type { gatewayTopics } from '../read/tables.ts';
import { encodedBy, type GatewayRecord } from './publisher.ts';

/** What a change comes to on the tables as they are. */
export type Planned<T> = {
  /** Each is written as a whole or not at all, one behind the other; none: nothing is to do. */
  readonly transactions: readonly (readonly GatewayRecord[])[];
  readonly value: T;
};

/** A change of rows, and how it is known again by whoever did not learn whether it was written. */
export type PenChange<T> = {
  readonly decide: () => Outcome<Planned<T>>;
  /** Whether the tables show what an earlier attempt had planned. */
  readonly isWritten: (planned: T) => boolean;
};

/** Makes changes one after the other, whoever asks in whichever process. */
export type Pen = <T>(change: PenChange<T>) => Promise<Outcome<T>>;

/** Each takes some 40 ms; whoever comes behind so many would wait longer than for an answer. */
const maxWaiting = 50;
/** Somebody waits for the answer; the work goes on. */
const answerDeadlineMs = 10_000;
const catchUpDeadlineMs = 5000;
/** Gateways that take the pen from each other in turn; then whoever asks is told to come again. */
const maxAttempts = 5;
/** Who took the pen needs so long; to take it back at once would end both, again and again. */
const otherWritesMs = 100;

const refused = (detail: string) => ({ ok: false, problem: notNow(detail) }) as const;
const tooMany = () => refused('Too many changes wait. Nothing was written; try again later.');
const behind = () => refused('The tables are behind what was written. Nothing was written.');
const unsure = () =>
  refused(
    'Kafka did not answer in time: the change may be written or not. It is safe to repeat it.',
  );

/** What may be tried again: another gateway took the pen, or nobody knows what became of it. */
const isPassing = (error: unknown): error is VestnikError =>
  error instanceof VestnikError && error.retryable;

/**
 * The right to change some rows, which one process at a time has (decisions 021 and 025): take the
 * transactional id, which ends and fences whoever had it; read the tables to their ends; decide on
 * that; write in transactions. Killed before the end of one, nothing of it is ever read. Whoever
 * loses the pen, or does not learn the outcome, begins again and finds what was written.
 */
export function openPen(options: {
  readonly kafka: KafkaClient;
  readonly serde: Pick<Serde, 'encode'>;
  readonly globals: GlobalTables<typeof gatewayTopics>;
  readonly tables: readonly (keyof typeof gatewayTopics)[];
  readonly transactionalId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Pen {
  const { kafka, serde, globals, tables, transactionalId, clock, log, signal } = options;
  const encode = encodedBy(serde);
  const catchUp = () => globals.catchUp(tables, catchUpDeadlineMs);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** `former` is what an attempt had planned that nobody heard of. */
  async function attempt<T>(change: PenChange<T>, former: { plan: Planned<T> | null }) {
    const producer = await openTransactions({ kafka, transactionalId, signal });
    try {
      if (!(await catchUp())) return behind();
      const { plan } = former;
      if (plan && change.isWritten(plan.value)) return { ok: true, value: plan.value } as const;
      const decided = change.decide();
      if (!decided.ok) return decided;
      former.plan = decided.value;
      for (const records of decided.value.transactions) {
        await producer.commit({ records: records.map(encode), offsets: [] });
      }
      // Whoever made the change reads it next; if that takes too long, they read what was before.
      if (decided.value.transactions.length > 0) await catchUp();
      return { ok: true, value: decided.value.value } as const;
    } finally {
      await producer.close();
    }
  }

  async function change<T>(asked: PenChange<T>): Promise<Outcome<T>> {
    const former: { plan: Planned<T> | null } = { plan: null };
    for (let count = 1; ; count += 1) {
      try {
        return await attempt(asked, former);
      } catch (error) {
        if (!isPassing(error)) throw error;
        const reason = describeError(error);
        log.warn({ transactionalId, count, reason }, 'a change is made again');
        if (count === maxAttempts) return unsure();
        await clock.sleep(otherWritesMs * count, signal);
      }
    }
  }

  return async (asked) => {
    if (waiting >= maxWaiting) return tooMany();
    waiting += 1;
    const turn = last.then(() => change(asked)).finally(() => (waiting -= 1));
    last = turn.catch(() => undefined);
    return answerWithin({ clock, deadlineMs: answerDeadlineMs, work: turn, late: unsure() });
  };
}
