import { openBench } from './bench.ts';
import { describeMachine } from './machine.ts';
import { parts, readOptions } from './options.ts';
import { kindOf, sectionOf, writeResults } from './report.ts';
import { runBenchmark } from './run.ts';
import { summaryOf } from './summary.ts';

const failureExitCode = 1;

/** A signal ends the run in order: everything it has started is a child that must not stay. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    const end = (signal: NodeJS.Signals) => reject(new Error(`ended by ${signal}`));
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}

const options = readOptions(process.argv.slice(2));
const machine = describeMachine();
const bench = await openBench(options);
try {
  bench.say(`${machine.hardware}; ${machine.versions}; commit ${machine.commit}`);
  bench.say(`seed ${options.seed}`);
  const measured = await Promise.race([runBenchmark(bench), interruption()]);
  const summary = summaryOf(measured);
  const section = sectionOf(options, machine, measured, summary);
  writeResults(kindOf(options, parts), section);
  bench.say(section);
  bench.say(JSON.stringify(summary));
} catch (error) {
  process.exitCode = failureExitCode;
  console.error(error);
} finally {
  await bench.close();
}
process.exit();
