import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, mavenLock } from '../dev/infra/cache.ts';
import { javaCommand } from '../dev/infra/environment.mjs';
import { runMaven } from '../dev/infra/maven.ts';
import { contentHash } from '../dev/infra/programs.mjs';
import type { Progress } from '../dev/infra/progress.ts';
import { describeState } from '../dev/words.ts';
import type { Bench } from './bench.ts';
import { type Contender, createContender, ownTopics } from './contender.ts';
import type { PeerVariant } from './options.ts';

const project = join(import.meta.dirname, 'kafka-streams');
const schemas = join(import.meta.dirname, '..', 'schemas', 'avro');
const downloadMb = 90;
/** As in production: room for its caches, the throughput collector, all compilers. */
const jvm = ['-Xmx2g', '-XX:+UseParallelGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
/** The defaults of Kafka Streams under exactly_once_v2 (idiomatic), and what suits big batches. */
const usual: Readonly<Record<PeerVariant, Readonly<Record<string, string>>>> = {
  idiomatic: { 'commit-interval-ms': '100', 'linger-ms': '100' },
  tuned: { 'commit-interval-ms': '100', 'linger-ms': '20' },
};
/** For a contender that is asked to be quick rather than thrifty. */
export const quickPeer = { 'commit-interval-ms': '20', 'linger-ms': '0' } as const;

function sources(): string[] {
  const found = [
    ...globSync('src/**/*.java', { cwd: project }).map((file) => join(project, file)),
    ...globSync('*.avsc', { cwd: schemas }).map((file) => join(schemas, file)),
  ];
  return [join(project, 'pom.xml'), ...found.sort()];
}

/** Builds the peer, once for each state of its sources; answers its class path. */
export async function buildPeer(bench: Bench): Promise<string> {
  const progress: Progress = (step, state) => bench.say(`${step}: ${describeState('en', state)}`);
  const make = async (directory: string) => {
    const work = join(directory, 'work');
    mkdirSync(work);
    const args = ['-f', join(project, 'pom.xml'), `-DbuildFolder=${work}`, 'package'];
    await runMaven(args, { cwd: project, step: 'peer', totalMb: downloadMb, progress });
    cpSync(join(work, 'libs'), join(directory, 'libs'), { recursive: true });
    const jar = globSync(join(work, '*.jar'))[0] ?? '';
    cpSync(jar, join(directory, 'libs', 'bench-kafka-streams.jar'));
    rmSync(work, { recursive: true });
  };
  const folder = await cached({
    name: `bench-peer-${contentHash(...sources())}`,
    step: 'peer',
    lock: mavenLock,
    progress,
    make,
  });
  return join(folder, 'libs', '*');
}

/** Kafka Streams with two threads, in one of its variants; creates its topics. */
export async function createPeer(
  bench: Bench,
  variant: PeerVariant,
  classPath: string,
): Promise<Contender> {
  const prefix = `peer-${variant}-`;
  await bench.createTopics(ownTopics.map((topic) => ({ ...topic, name: prefix + topic.name })));
  const stateFolder = join(bench.folder, prefix);
  const own = {
    variant,
    prefix,
    brokers: bench.brokers.join(','),
    registry: bench.registryUrl,
    'state-dir': stateFolder,
    compression: bench.options.peerCompression,
  };
  return createContender(bench, {
    name: variant,
    prefix,
    processes: 1,
    env: {},
    stateFolder,
    command: (settings) => {
      const all = Object.entries({ ...own, ...usual[variant], ...settings });
      const args = all.map(([name, value]) => `${name}=${value}`);
      return {
        file: javaCommand(),
        args: [...jvm, '-cp', classPath, 'ru.vestnik.bench.Main', ...args],
      };
    },
  });
}
