import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openCheckpointFile } from '../../../runtime/store/checkpoint-file.ts';
import type { Situation } from '../situation.ts';
import { openTrial, type Trial } from '../trial.ts';
import { until } from '../until.ts';

const run = promisify(execFile);

function checkpointsOf({ dataDir }: Trial): readonly string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('rows.checkpoint'))
    .map((path) => join(dataDir, path));
}

/** How many records a checkpoint holds, read to its end. */
function recordsIn(path: string): number {
  const file = openCheckpointFile(path);
  for (const _ of file.batches());
  const records = file.records();
  file.close();
  return records;
}

/** A process works, stops, its stores are damaged, and the next one works with what is left. */
function damaged(name: string, damage: (path: string, bytes: Buffer) => void): Situation {
  return {
    name: `store-${name}`,
    async run(plant) {
      const trial = await openTrial(plant, `store-${name}`);
      const before = trial.start();
      await trial.happens('episode');
      await trial.finishes();
      await before.stop();
      const paths = checkpointsOf(trial);
      const whole = paths.map(recordsIn);
      for (const path of paths) damage(path, readFileSync(path));
      const after = trial.start();
      await trial.happens('episode');
      await trial.happens('request');
      await trial.finishes();
      await after.stop();
      const rebuilt = checkpointsOf(trial).map(recordsIn);
      if (JSON.stringify(rebuilt) !== JSON.stringify(whole)) {
        throw new Error(`${name}: ${rebuilt.join()} records are saved, not ${whole.join()}`);
      }
      plant.counters.rebuiltStores += rebuilt.length;
    },
  };
}

const half = (bytes: Buffer) => Math.floor(bytes.length / 2);
const tornTail = 64;

/** Too small for the rows of the population, large enough for the locks and some of them. */
const fullDisk = 'size=64k';
const roomyDisk = 'remount,size=64m';

const diskFull: Situation = {
  name: 'store-disk-full',
  async run(plant) {
    const trial = await openTrial(plant, 'store-disk-full');
    mkdirSync(trial.dataDir, { recursive: true });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', fullDisk, 'tmpfs', trial.dataDir]);
    } catch (error) {
      process.stdout.write(`store-disk-full is left out, mounting is refused: ${String(error)}\n`);
      return;
    }
    try {
      await trial.happens('episode');
      const worker = trial.start();
      await until('the worker has ended', () => worker.hasEnded());
      const how = await worker.ended;
      if (how !== 1) throw new Error(`on a full disk it ended by ${how}:\n${worker.output()}`);
      await run('mount', ['-o', roomyDisk, trial.dataDir]);
      trial.start();
      await trial.finishes();
    } finally {
      await trial.close();
      await run('umount', [trial.dataDir]);
    }
  },
};

export const stores: readonly Situation[] = [
  damaged('deleted', (path) => rmSync(path)),
  damaged('truncated', (path, bytes) => truncateSync(path, half(bytes))),
  damaged('emptied', (path) => truncateSync(path, 0)),
  // What a file system may show after a loss of power: the length was kept, the content was not.
  damaged('zeroed-tail', (path, bytes) =>
    writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(tornTail)])),
  ),
  damaged('zeroed-half', (path, bytes) => writeFileSync(path, bytes.fill(0, half(bytes)))),
  damaged('flipped-byte', (path, bytes) => {
    bytes.writeUInt8(bytes.readUInt8(half(bytes)) ^ 1, half(bytes));
    writeFileSync(path, bytes);
  }),
  damaged('garbage', (path, bytes) => writeFileSync(path, bytes.fill('x'))),
  diskFull,
];
