import type { CrashPoint } from '../../runtime/crash-point.ts';
import type { Situation } from './situation.ts';
import { openTrial } from './trial.ts';
import { until } from './until.ts';
import type { SourcePatch } from './worker.ts';

/** An engine with one mistake, and the fault that must bring it to light. */
type Mutant = {
  readonly name: string;
  readonly patches: readonly SourcePatch[];
  readonly crash: { readonly point: CrashPoint; readonly passing: number; readonly stop?: true };
};

const transactions = 'runtime/kafka/transactions.ts';
const fanOut = 'processors/fan-out.ts';
const task = 'runtime/task.ts';
const middle = 9;
/** Four slots with two inputs each. */
const takenOver = 8;
const mutantDeadlineMs = 30_000;

const writeBlock = 'writeBlock(size, sink);';
const endTxn = 'await session.coordinator.endTxn({ ...transaction, transactionResult: true });';

/** Mistakes that an engine of this kind can have; each breaks one rule of the design. */
const mutants: readonly Mutant[] = [
  {
    name: 'drop-one',
    patches: [
      {
        file: fanOut,
        find: writeBlock,
        replace: 'writeBlock(size - 1, sink);',
      },
    ],
    crash: { point: 'afterCommit', passing: middle },
  },
  {
    name: 'double-one',
    patches: [
      {
        file: fanOut,
        find: writeBlock,
        replace: `${writeBlock} writeSlow(people.keyOf(0), sink);`,
      },
    ],
    crash: { point: 'afterCommit', passing: middle },
  },
  {
    // Right as long as nobody is killed: only who resumes sees the cursor.
    name: 'cursor-off-by-one',
    patches: [
      {
        file: fanOut,
        find: 'return rowCursor(storedRowOf(scan.view).key);',
        replace: 'return rowCursor(people.keyOf(Math.max(0, size - 2)));',
      },
    ],
    crash: { point: 'beforeCommit', passing: middle },
  },
  {
    name: 'cursor-forgotten',
    patches: [{ file: task, find: "metadata: cursor ?? ''", replace: "metadata: ''" }],
    crash: { point: 'beforeCommit', passing: middle },
  },
  {
    // The offset is committed before the records are sent, in a transaction of its own.
    name: 'commit-before-send',
    patches: [
      {
        file: transactions,
        find: 'if (partitions.length > 0) await addPartitions(session, partitions);',
        replace:
          `await sendOffsets(session, offsets); ${endTxn} ` +
          'if (partitions.length > 0) await addPartitions(session, partitions);',
      },
      {
        file: transactions,
        find: 'if (offsets.length > 0) written.push(sendOffsets(session, offsets));',
        replace: 'if (partitions.length === 0) return;',
      },
    ],
    crash: { point: 'afterSend', passing: middle },
  },
  {
    name: 'offset-outside-transaction',
    patches: [
      {
        file: transactions,
        find: 'if (offsets.length > 0) written.push(sendOffsets(session, offsets));',
        replace: '',
      },
      {
        file: transactions,
        find: "crashPoint('afterCommit');",
        replace: `crashPoint('afterCommit'); await sendOffsets(session, offsets); ${endTxn}`,
      },
    ],
    crash: { point: 'afterCommit', passing: middle },
  },
  {
    // Every owner has a transactional id of its own, so nobody fences anybody.
    name: 'skip-the-fence',
    patches: [
      {
        file: 'runtime/stream.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the source
        find: 'transactionalId: `${stream.groupId}-${topic.name}-${slot}`',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the source
        replace: 'transactionalId: `${stream.groupId}-${topic.name}-${slot}-${process.pid}`',
      },
      {
        // On a slow machine the broker would end the zombie's transaction before it goes on.
        file: transactions,
        find: 'transactionTimeoutMs = 20_000',
        replace: 'transactionTimeoutMs = 120_000',
      },
    ],
    crash: { point: 'beforeCommit', passing: middle, stop: true },
  },
];

/** The same course that the engine itself passes: a fault in the middle, and someone goes on. */
function mutantSituation({ name, patches, crash }: Mutant): Situation {
  return {
    name: `mutant-${name}`,
    async run(plant) {
      const trial = await openTrial(plant, `mutant-${name}`);
      await trial.happens('episode');
      const broken = await trial.crashes({ crash, patches });
      const heir = trial.start({ patches });
      if (crash.stop) {
        await until('the heir has taken over', () => heir.takeOvers().length >= takenOver);
        broken.send('SIGCONT');
        await until('the zombie goes on', () => broken.lines('joined the group').length > 1);
      }
      // A mutant may never come to an end; what it wrote until then is judged.
      await trial.finishes(mutantDeadlineMs).catch(() => undefined);
    },
  };
}

/** What the mutants change in the sources. */
export const mutantPatches: readonly SourcePatch[] = mutants.flatMap(({ patches }) => patches);

export const mutantSituations: readonly Situation[] = mutants.map(mutantSituation);
