import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { infraChoice } from '../../dev/infra/environment.mjs';
import { kafkaClassPath } from '../../dev/infra/kafka/jars.ts';
import { removeData } from '../../dev/infra/remove-data.mjs';
import { startInfra } from '../../dev/infra/start-infra.ts';
import { abortedTransactions } from './aborted.ts';
import { brokerOf } from './broker.ts';
import { unreached } from './counters.ts';
import { isClean, outputTopics, type Verdict } from './ledger.ts';
import { mutantSituations } from './mutants.ts';
import { openPlant, type Plant } from './plant.ts';
import { recordMutants } from './record-mutants.ts';
import type { Situation } from './situation.ts';
import { situations } from './situations/all.ts';
import { judgeTrials, readFound, strangersIn } from './verdict.ts';

/** Five chunks in each of four partitions. */
const people = 900;
const nameColumns = 36;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function runAll(plant: Plant, list: readonly Situation[]): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, run } of list) {
    const startedMs = Date.now();
    let how = 'done';
    try {
      await run(plant);
    } catch (error) {
      how = 'FAILED';
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    for (const trial of plant.trials) await trial.close();
    say(`${how.padEnd(6)} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  }
  return failures;
}

const describe = ({ expected, found, lost, ghost, duplicate }: Verdict) =>
  `expected ${expected}, found ${found}, lost ${lost}, ghost ${ghost}, duplicate ${duplicate}`;

function total(verdicts: readonly Verdict[]): Verdict {
  const sum = (pick: (verdict: Verdict) => number) =>
    verdicts.reduce((result, verdict) => result + pick(verdict), 0);
  return {
    expected: sum(({ expected }) => expected),
    found: sum(({ found }) => found),
    lost: sum(({ lost }) => lost),
    ghost: sum(({ ghost }) => ghost),
    duplicate: sum(({ duplicate }) => duplicate),
  };
}

/** Counts what the outputs of the engine itself say beyond its records. */
async function countTraces({ kafka, counters }: Plant): Promise<void> {
  for (const topic of Object.values(outputTopics).flat()) {
    counters.abortedTransactions += await abortedTransactions(kafka, topic);
  }
}

async function runOn(plant: Plant, only: string): Promise<boolean> {
  const chosen = (list: readonly Situation[]) => list.filter(({ name }) => name.includes(only));
  const failures = await runAll(plant, chosen(situations));
  await countTraces(plant);
  const counters = { ...plant.counters };
  const engine = new Set(plant.trials.map(({ name }) => name));
  failures.push(...(await runAll(plant, chosen([...mutantSituations, ...recordMutants]))));
  const found = await readFound(plant);
  const verdicts = judgeTrials(plant.trials, found);
  for (const each of strangersIn(plant.trials, found)) say(`nobody asked for ${each}`);
  for (const [name, verdict] of verdicts) say(`${name.padEnd(nameColumns)} ${describe(verdict)}`);

  const isMutant = (name: string) => !engine.has(name) && name !== 'unasked';
  const mutants = [...verdicts].filter(([name]) => isMutant(name));
  const caught = mutants.filter(([, verdict]) => !isClean(verdict));
  const sum = total([...verdicts].filter(([name]) => !isMutant(name)).map(([, each]) => each));
  // A part of the run cannot reach everything.
  const missing = only === '' ? unreached(counters) : [];
  for (const failure of failures) say(`failed: ${failure}`);
  for (const name of missing) say(`never reached: ${name}`);
  say(JSON.stringify(counters));
  const mutantCounts = { mutantsCaught: caught.length, mutants: mutants.length };
  say(JSON.stringify({ runs: engine.size, kills: counters.kills, ...sum, ...mutantCounts }));
  const wrong = sum.lost + sum.ghost + sum.duplicate + failures.length + missing.length;
  return wrong === 0 && caught.length === mutants.length;
}

/** Runs the situations whose name holds `only`, on a broker of their own; true when all held. */
export async function runFaults(options: {
  readonly seed: number;
  readonly only: string;
}): Promise<boolean> {
  const { seed, only } = options;
  say(`seed ${seed}; again with: npm run test:faults -- --seed ${seed}`);
  const dataDir = mkdtempSync(join(tmpdir(), 'vestnik-faults-infra-'));
  const infra = await startInfra({
    dataDir,
    choice: infraChoice(),
    progress: () => undefined,
    usualPorts: false,
  });
  const broker = brokerOf(dataDir, await kafkaClassPath());
  try {
    const { kafkaBrokers, schemaRegistryUrl } = infra;
    const classPath = await kafkaClassPath();
    const addresses = { kafkaBrokers, schemaRegistryUrl, kafkaClassPath: classPath };
    const plant = await openPlant({
      ...{ addresses, name: 'faults', people, seed, broker },
      brokerLogs: join(dataDir, 'kafka', 'data'),
    });
    try {
      return await runOn(plant, only);
    } finally {
      for (const trial of plant.trials) await trial.close();
      await plant.close();
    }
  } finally {
    await broker.stop();
    await infra.stop();
    await removeData(dataDir);
  }
}
