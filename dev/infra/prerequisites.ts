import { runCommand } from './command.ts';
import { commandPath, javaCommand } from './environment.mjs';
import { findCommand } from './find-command.ts';
import { InfraError } from './infra-error.ts';

const versionBoundMs = 20_000;
/** Brokers of Kafka 4 run on Java 17 or newer (KIP-1013). */
const oldestJava = 17;

/** How each package manager calls what we need. */
const packages = {
  java: { 'apt-get': 'openjdk-17-jre-headless', dnf: 'java-21-openjdk-headless', brew: 'openjdk' },
  maven: { 'apt-get': 'maven', dnf: 'maven', brew: 'maven' },
  postgresql: { 'apt-get': 'postgresql', dnf: 'postgresql-server', brew: 'postgresql@17' },
} as const;

/** The command that installs a package on this machine. */
export function installHint(what: keyof typeof packages): string {
  const managers = ['apt-get', 'dnf', 'brew'] as const;
  const manager = managers.find((name) => findCommand(name, commandPath())) ?? 'apt-get';
  const sudo = manager === 'brew' || process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}${manager} install ${packages[what][manager]}`;
}

/** The main version in what `java -version` prints: "17.0.15", or "1.8.0_392" for Java 8. */
export function javaMajor(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output);
  return found ? Number(found[1]) : undefined;
}

/**
 * Checks what embedded infrastructure needs of the machine, before anything is downloaded.
 * One line for each thing that is missing: what, why, and the command that installs it.
 * Returns the full version of the Java that will be used.
 */
export async function requireTools(needed: { readonly maven: boolean }): Promise<string> {
  const problems: string[] = [];
  const { output } = await runCommand(javaCommand(), ['-version'], { timeoutMs: versionBoundMs });
  const major = javaMajor(output);
  if (major === undefined || major < oldestJava) {
    const found = major === undefined ? 'is missing' : `is needed, this is ${major}`;
    const why = 'Kafka and the registry run on it.';
    problems.push(`Java ${oldestJava} or newer ${found}: ${why} ${installHint('java')}`);
  }
  if (needed.maven && !findCommand('mvn', commandPath())) {
    const why = 'it fetches the jars of Kafka and the registry, once per user.';
    problems.push(`Maven (mvn) is missing: ${why} ${installHint('maven')}`);
  }
  if (problems.length > 0) throw new InfraError(problems.join('\n'));
  return /version "([^"]+)"/.exec(output)?.[1] ?? String(major);
}
