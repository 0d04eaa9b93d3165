import type { Plant } from './plant.ts';
import type { Situation } from './situation.ts';
import { poisonInFanOut, withCleanTables } from './situations/poison.ts';
import { registryDown, schemasForgotten } from './situations/registry.ts';
import {
  thenCleanTables,
  usersRemadeWhileDown,
  usersRemadeWhileRunning,
} from './situations/remade.ts';
import type { SourcePatch } from './worker.ts';

type Course = {
  readonly name: string;
  readonly patches: readonly SourcePatch[];
  readonly deadlineMs: number;
};

/** An engine with one mistake in what it does with records that are wrong, or no more there. */
type Mutant = {
  readonly name: string;
  readonly patches: readonly SourcePatch[];
  readonly around: typeof withCleanTables;
  run(plant: Plant, course: Course): Promise<void>;
};

const task = 'runtime/task.ts';
const tableRows = 'runtime/table-rows.ts';
const mutantDeadlineMs = 20_000;
/** In the first transactions there are letters. */
const early = 4;

const inPoison: Pick<Mutant, 'around' | 'run'> = {
  around: withCleanTables,
  run: (plant, course) =>
    poisonInFanOut(plant, { ...course, point: 'beforeCommit', passing: early }),
};

const mutants: readonly Mutant[] = [
  {
    ...inPoison,
    name: 'letter-forgotten',
    patches: [
      {
        file: 'runtime/job.ts',
        find: 'if (!input.ok) return settingAside(input.letter);',
        replace: 'if (!input.ok) return nothing;',
      },
    ],
  },
  {
    ...inPoison,
    name: 'letter-outside-transaction',
    patches: [
      {
        file: 'runtime/letter-teller.ts',
        find: 'letters.push({ topic, headers });\n      sink.add(record);',
        replace: 'letters.push({ ...record, headers });\n      else sink.add(record);',
      },
      {
        file: task,
        find: 'const packing = packSink(this.#sink);',
        replace:
          "const { openProducer } = await import('./kafka/producer.ts'); " +
          'const outside = openProducer(this.#options); ' +
          'if (letters.length > 0) await outside.send(letters); await outside.close(); ' +
          'const packing = packSink(this.#sink);',
      },
    ],
  },
  {
    // Until the next record comes: whoever takes over meanwhile sets it aside again.
    ...inPoison,
    name: 'offset-not-past-poison',
    patches: [
      {
        file: task,
        find: 'this.#nextOffset = nextOffset;\n      if (reader.hasNext()',
        replace:
          'const poison = records.find(({ value }) => value?.[0] !== 0); ' +
          'this.#nextOffset = poison?.offset ?? nextOffset;\n      if (reader.hasNext()',
      },
    ],
  },
  {
    ...inPoison,
    name: 'row-before-unreadable-counts',
    patches: [
      {
        file: tableRows,
        find: "if (kind === 'unreadable') this.#putUnreadable(batch.records, place, hash);",
        replace: '',
      },
    ],
  },
  {
    name: 'checkpoint-of-former-topic',
    patches: [
      {
        file: 'runtime/store/checkpoint.ts',
        find: 'if (found.identity === identity) return found;',
        replace: 'if (found.identity !== null) return found;',
      },
    ],
    around: thenCleanTables,
    run: (plant, course) =>
      usersRemadeWhileDown(plant, { ...course, share: 1.6, inTheMiddle: false }),
  },
  {
    name: 'topic-id-not-looked-at',
    patches: [
      {
        file: 'runtime/topic-watch.ts',
        find: 'if (now.id === before.id) return null;',
        replace: 'return null;',
      },
    ],
    around: thenCleanTables,
    run: usersRemadeWhileRunning,
  },
  {
    name: 'unreadable-wish-is-none',
    patches: [
      {
        file: 'rules/judge.ts',
        find: "if (isUnreadable(wishes)) return no('rowUnreadable', describeUnreadable(wishes));",
        replace: '',
      },
    ],
    around: withCleanTables,
    run: schemasForgotten,
  },
  {
    name: 'registry-down-is-poison',
    patches: [
      {
        file: 'runtime/writer-schemas.ts',
        find: 'const found = await ask((each) => each.schemaOf(id));',
        replace:
          "const found = await registry.schemaOf(id).catch(() => ({ ok: false, reason: 'down' }));",
      },
    ],
    around: withCleanTables,
    run: registryDown,
  },
];

/** What these mutants change in the sources. */
export const recordMutantPatches: readonly SourcePatch[] = mutants.flatMap(
  ({ patches }) => patches,
);

export const recordMutants: readonly Situation[] = mutants.map((mutant) => {
  const { patches, around, run } = mutant;
  const name = `mutant-${mutant.name}`;
  return around(name, (plant) =>
    // A mutant may never come to an end; what it wrote until then is judged.
    run(plant, { name, patches, deadlineMs: mutantDeadlineMs }).catch(() => undefined),
  );
});
