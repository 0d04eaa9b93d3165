import { join } from 'node:path';
import { cached, mavenLock } from '../cache.ts';
import { runMaven } from '../maven.ts';
import { kafkaPom, kafkaProgram, kafkaVersion } from '../programs.mjs';
import type { Progress } from '../progress.ts';

const downloadMb = 65;

/** Fetches the jars of the broker and its tools, once per user, and returns their class path. */
export async function kafkaClassPath(
  progress: Progress = () => {},
  signal?: AbortSignal,
): Promise<string> {
  const make = async (directory: string) => {
    progress('kafka', { kind: 'fetching', what: `Apache Kafka ${kafkaVersion()}` });
    const output = `-DoutputDirectory=${join(directory, 'libs')}`;
    const args = ['-f', kafkaPom, 'dependency:copy-dependencies', output];
    await runMaven(args, { cwd: directory, step: 'kafka', totalMb: downloadMb, progress, signal });
  };
  const folder = await cached({
    name: kafkaProgram(),
    step: 'kafka',
    lock: mavenLock,
    progress,
    make,
  });
  return join(folder, 'libs', '*');
}
