import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import type { Child } from './child.ts';
import type { Progress } from './progress.ts';

const archiveName = 'classes.jsa';
/** Time for a trained JVM to write its archive when it ends: 5 s here, on two busy cores. */
export const trainingStopMs = 45_000;

/**
 * JVM arguments that save a program more than a second of each start: an archive of its loaded
 * classes (JEP 350), written once per user by a training run: started, then stopped. An archive
 * fits one Java and one class path, hence the name; the JVM ignores one that does not fit. The
 * program works the same without it, so when it cannot be made the answer is empty.
 */
export async function classArchiveArgs(options: {
  readonly step: string;
  /** Names the program and its version. */
  readonly program: string;
  readonly javaVersion: string;
  /** Starts the program with these arguments and data in this folder. */
  readonly train: (dataDir: string, jvmArgs: readonly string[]) => Promise<Child>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}): Promise<readonly string[]> {
  const { step, progress, signal } = options;
  const make = async (directory: string) => {
    progress(step, { kind: 'preparing' });
    const archive = join(directory, archiveName);
    const training = join(directory, 'training');
    const child = await options.train(training, [`-XX:ArchiveClassesAtExit=${archive}`]);
    await child.stop();
    rmSync(training, { recursive: true });
    if (!existsSync(archive)) throw new Error('the JVM wrote no archive');
  };
  try {
    const name = `${options.program}-classes-java-${options.javaVersion}`;
    const folder = await cached({ name, step, progress, make });
    return [`-XX:SharedArchiveFile=${join(folder, archiveName)}`];
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
