import { parseArgs } from 'node:util';
import { runFaults } from './run-faults.ts';
import { killWorkers } from './worker.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string' } },
});
const seeds = 1_000_000;
const seed = Number(values.seed ?? Date.now() % seeds);
process.once('exit', killWorkers);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = (await runFaults({ seed, only: values.only ?? '' })) ? 0 : 1;
process.exit();
