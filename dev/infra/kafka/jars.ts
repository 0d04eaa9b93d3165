import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, contentHash, mavenLock } from '../cache.ts';
import { cacheRoot } from '../environment.mjs';
import { runMaven } from '../maven.ts';
import type { Progress } from '../progress.ts';

const pom = join(import.meta.dirname, 'pom.xml');
const downloadMb = 65;

/** The release of Kafka that the pom pins. */
function pinnedVersion(): string {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${pom} names no kafka.version`);
  return version;
}

/** Names the jars in the cache: their release and the pom that lists them. */
export const kafkaProgram = (): string => `kafka-${pinnedVersion()}-${contentHash(pom)}`;

/** Whether the jars have been fetched already, so that Maven is not needed. */
export function hasKafkaJars(): boolean {
  return existsSync(join(cacheRoot(), kafkaProgram()));
}

/** Fetches the jars of the broker and its tools, once per user, and returns their class path. */
export async function kafkaClassPath(
  progress: Progress = () => {},
  signal?: AbortSignal,
): Promise<string> {
  const make = async (directory: string) => {
    progress('kafka', { kind: 'fetching', what: `Apache Kafka ${pinnedVersion()}` });
    const output = `-DoutputDirectory=${join(directory, 'libs')}`;
    const args = ['-f', pom, 'dependency:copy-dependencies', output];
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
