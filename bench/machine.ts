import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { javaCommand } from '../dev/infra/environment.mjs';
import { kafkaProgram } from '../dev/infra/programs.mjs';

const root = join(import.meta.dirname, '..');
const bytesPerGb = 1024 ** 3;

function git(...args: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** `java -version` answers on the error stream. */
function javaVersion(): string {
  const { stderr } = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
  return /"([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
}

/** Where and with what a run was made. */
export type Machine = {
  readonly hardware: string;
  readonly versions: string;
  readonly commit: string;
};

export function describeMachine(): Machine {
  const cores = cpus();
  const memory = Math.round(totalmem() / bytesPerGb);
  const kafka = /kafka-([\d.]+)/.exec(kafkaProgram())?.[1] ?? 'unknown';
  const pom = readFileSync(join(import.meta.dirname, 'kafka-streams', 'pom.xml'), 'utf8');
  const streams = /<kafka.version>([^<]+)</.exec(pom)?.[1] ?? 'unknown';
  const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
  return {
    hardware: `${cores.length} × ${cores[0]?.model ?? 'unknown'}, ${memory} GB, Linux ${release()}`,
    versions: [
      `Node ${process.versions.node}`,
      `Kafka ${kafka}`,
      `Kafka Streams ${streams}`,
      `Java ${javaVersion()}`,
    ].join(', '),
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with local changes' : ''}`,
  };
}
