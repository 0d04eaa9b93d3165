import type { Clock } from '../../runtime/clock.ts';
import { describeError, VestnikError } from '../../runtime/errors.ts';
import type { GlobalTables } from '../../runtime/global-tables.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { openTransactions } from '../../runtime/kafka/transactions.ts';
import type { Log } from '../../runtime/log.ts';
import type { Serde } from '../../runtime/serde.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import type { gatewayTopics } from '../read/tables.ts';
import { encodedBy, type GatewayRecord } from '../write/publisher.ts';
import { refused, type TemplateTables } from './authored.ts';

/** What is to be written, as a whole or not at all. */
type Change = { readonly records: readonly GatewayRecord[] };

/** A change as it was asked for: what to write, seeing the tables as they are then. */
export type AskedChange<C extends Change> = {
  /** What is changed, as a reader of logs and problems calls it: `template 5`. */
  readonly subject: string;
  readonly decide: (tables: TemplateTables) => Outcome<C>;
  /** The change, if an attempt that nobody heard of had written it. */
  readonly writtenIn: (tables: TemplateTables) => C | null;
};

/** Changes templates and parts, one change after the other, whoever asks in whichever process. */
export type ChangeTemplate = <C extends Change>(asked: AskedChange<C>) => Promise<Outcome<C>>;

/** People and their editors wait for it; more of them than this are no people. */
const maxWaiting = 50;
/** How long the tables may take to hold all that was written before. */
const catchUpDeadlineMs = 5000;
/** Gateways that take the pen from each other in turn; then whoever asks is told to come again. */
const maxAttempts = 5;
/** Who took the pen needs so long; to take it back at once would end both, again and again. */
const otherWritesMs = 300;

type Tables = GlobalTables<typeof gatewayTopics>;
const written = [
  'templates',
  'templateDrafts',
  'templateVersions',
  'partDrafts',
  'partVersions',
] as const;

const tooMany = () => notNow('Too many changes of templates wait. Nothing was written.');
const behind = () => notNow('The tables are behind what was written. Nothing was written.');
const unknown = (subject: string) =>
  notNow(`Kafka did not answer in time: read ${subject} to see whether it was changed.`);

/** What may be tried again: another gateway took the pen, or nobody knows what became of it. */
const isPassing = (error: unknown): error is VestnikError =>
  error instanceof VestnikError && error.retryable;

/**
 * The one pen with which templates and their shared parts are written. All gateways use the same
 * transactional id, and each change goes so:
 *
 * 1. InitProducerId. It ends what another holder of the pen had open, and fences that holder: from
 *    here on nobody else can write until they take the pen themselves.
 * 2. The tables are read up to the end of their topics, so they hold every change there is.
 * 3. The change is decided on that state. A draft that somebody else published is not there.
 * 4. One transaction with all records.
 *
 * Killed before the end of 4, nothing of it is ever read: the next taker of the pen aborts it, or
 * Kafka does so when its time is up. Killed behind it, all of it is there. Who loses the pen
 * between 1 and 4, or does not learn the outcome, begins again at 1, and finds by the id of the
 * change whether it had been written. Upstream services write `templates` without the pen: what
 * they write between 2 and 4 is replaced.
 */
export function openTemplateWriter(options: {
  readonly kafka: KafkaClient;
  readonly serde: Pick<Serde, 'encode'>;
  readonly globals: Tables;
  readonly transactionalId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}): ChangeTemplate {
  const { kafka, serde, globals, transactionalId, clock, log, signal } = options;
  const encode = encodedBy(serde);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  const catchUp = () => globals.catchUp(written, catchUpDeadlineMs);

  async function attempt<C extends Change>(
    asked: AskedChange<C>,
    isFirst: boolean,
  ): Promise<Outcome<C>> {
    const pen = await openTransactions({ kafka, transactionalId, signal });
    try {
      if (!(await catchUp())) return refused(behind());
      const done = isFirst ? null : asked.writtenIn(globals.tables);
      if (done) return { ok: true, value: done };
      const decided = asked.decide(globals.tables);
      if (!decided.ok) return decided;
      await pen.commit({ records: decided.value.records.map(encode), offsets: [] });
      // Whoever made the change reads it next; if that takes too long, they read what was before.
      await catchUp();
      return decided;
    } finally {
      await pen.close();
    }
  }

  async function change<C extends Change>(asked: AskedChange<C>): Promise<Outcome<C>> {
    for (let count = 1; ; count += 1) {
      try {
        return await attempt(asked, count === 1);
      } catch (error) {
        if (!isPassing(error)) throw error;
        const { subject } = asked;
        log.warn({ subject, count, reason: describeError(error) }, 'a change is written again');
        if (count === maxAttempts) return refused(unknown(subject));
        await clock.sleep(otherWritesMs * count, signal);
      }
    }
  }

  return async (asked) => {
    if (waiting >= maxWaiting) return refused(tooMany());
    waiting += 1;
    const turn = last.then(() => change(asked));
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };
}
