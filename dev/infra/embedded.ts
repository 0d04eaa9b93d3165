import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from './child.ts';
import { PortTakenError } from './child.ts';
import { classArchiveArgs, trainingStopMs } from './class-archive.ts';
import { fetchArtifacts } from './fetch-artifacts.mjs';
import type { Infra } from './infra.ts';
import { startBroker } from './kafka/broker.ts';
import { kafkaClassPath } from './kafka/jars.ts';
import { choosePort, loopback } from './ports.ts';
import { packagedBinaries, systemBinaries } from './postgres/binaries.ts';
import { postgresUser, reachableFolder } from './postgres/run-as.ts';
import { databases, databaseUrl, startPostgres } from './postgres/server.ts';
import { requireTools } from './prerequisites.ts';
import {
  hasKafkaJars,
  hasRegistry,
  kafkaProgram,
  kafkaVersion,
  registryProgram,
} from './programs.mjs';
import type { Progress } from './progress.ts';
import { registryJar } from './registry/build.ts';
import { registryUrl, startRegistry } from './registry/server.ts';
import type { SavedState } from './saved-state.ts';
import { loadState, saveState } from './saved-state.ts';

export type EmbeddedOptions = {
  readonly dataDir: string;
  /** Kafka's, the registry's and PostgreSQL's usual ports when they are free; else any. */
  readonly usualPorts: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
};

/** The ports of docker-compose.yml and of the configuration's defaults. */
const usualPorts = { kafka: 9092, kafkaController: 9093, registry: 8081, postgres: 5432 } as const;
type PortName = keyof typeof usualPorts;

/** How often a start that lost its port to another process is tried with a new one. */
const portAttempts = 4;

type Session = EmbeddedOptions & {
  /** Ends all parts of the start when one of them fails. */
  readonly abort: AbortController;
  readonly signal: AbortSignal;
  readonly javaVersion: string;
  readonly children: Child[];
  state: SavedState;
};

/**
 * Chooses the ports and starts the child on them. Two starts on one machine can choose the same
 * port; the one that comes second finds it taken and chooses again.
 */
async function startOnPorts(
  session: Session,
  names: readonly PortName[],
  start: (ports: Readonly<Record<string, number>>) => Promise<Child>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const ports: Record<string, number> = {};
    for (const name of names) {
      const saved = session.state.ports[name];
      const wanted = [saved, session.usualPorts ? usualPorts[name] : undefined];
      const candidates = attempt === 1 ? wanted.filter((port) => port !== undefined) : [];
      ports[name] = await choosePort(candidates, new Set(Object.values(ports)));
    }
    session.state = { ...session.state, ports: { ...session.state.ports, ...ports } };
    try {
      const child = await start(ports);
      session.children.push(child);
      return;
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt >= portAttempts) throw error;
    }
  }
}

async function startKafka(session: Session): Promise<void> {
  const { progress, signal, dataDir, javaVersion } = session;
  const classPath = await kafkaClassPath(progress, signal);
  const jvmArgs = await classArchiveArgs({
    step: 'kafka',
    program: kafkaProgram(),
    javaVersion,
    train: async (trainingDir, args) => {
      const broker = await choosePort([]);
      const ports = { broker, controller: await choosePort([], new Set([broker])) };
      const training = { dataDir: trainingDir, jvmArgs: args, stopTimeoutMs: trainingStopMs };
      return startBroker({ classPath, ports, signal, ...training });
    },
    progress,
    signal,
  });
  progress('kafka', { kind: 'starting' });
  await startOnPorts(session, ['kafka', 'kafkaController'], (ports) => {
    const { kafka: broker = 0, kafkaController: controller = 0 } = ports;
    return startBroker({ classPath, ports: { broker, controller }, dataDir, jvmArgs, signal });
  });
  progress('kafka', { kind: 'ready' });
}

async function startDatabase(session: Session): Promise<void> {
  const { progress, signal, dataDir } = session;
  const user = await postgresUser();
  const binaries = systemBinaries() ?? (await packagedBinaries(progress, user, signal));
  const home = await reachableFolder(join(dataDir, 'postgres'), user);
  session.state = { ...session.state, postgresHome: home };
  saveState(dataDir, session.state);
  progress('postgres', { kind: 'starting' });
  const password = session.state.postgresPassword;
  await startOnPorts(session, ['postgres'], ({ postgres: port = 0 }) =>
    startPostgres({ binaries, user, home, dataDir, port, password, signal }),
  );
  progress('postgres', { kind: 'ready' });
}

/** The registry's tables are in PostgreSQL, so it waits for both its own jar and the database. */
async function startDatabaseAndRegistry(session: Session): Promise<void> {
  const { progress, signal, dataDir, javaVersion } = session;
  const building = registryJar(progress, signal);
  await together(session, [building, startDatabase(session)]);
  const jar = await building;
  const postgres = {
    port: session.state.ports['postgres'] ?? 0,
    password: session.state.postgresPassword,
  };
  const jvmArgs = await classArchiveArgs({
    step: 'registry',
    program: registryProgram(),
    javaVersion,
    train: async (trainingDir, args) => {
      const training = { dataDir: trainingDir, jvmArgs: args, stopTimeoutMs: trainingStopMs };
      return startRegistry({ jar, port: await choosePort([]), postgres, signal, ...training });
    },
    progress,
    signal,
  });
  progress('registry', { kind: 'starting' });
  await startOnPorts(session, ['registry'], ({ registry: port = 0 }) =>
    startRegistry({ jar, port, postgres, dataDir, jvmArgs, signal }),
  );
  progress('registry', { kind: 'ready' });
}

/** The registry first: it must not see its database go away. */
async function stopAll(children: readonly Child[]): Promise<void> {
  const isRegistry = (child: Child) => child.name === 'registry';
  await Promise.all(children.filter(isRegistry).map((child) => child.stop()));
  await Promise.all(children.filter((child) => !isRegistry(child)).map((child) => child.stop()));
}

/** Waits for all parts. The first that fails ends the others, and they are waited for, too. */
async function together({ abort }: Session, parts: readonly Promise<unknown>[]): Promise<void> {
  for (const part of parts) part.catch((error: unknown) => abort.abort(error));
  await Promise.allSettled(parts);
  await Promise.all(parts);
}

/** Waits for all parts; when one fails, nothing is left running. */
async function startAll(session: Session): Promise<void> {
  try {
    await together(session, [startKafka(session), startDatabaseAndRegistry(session)]);
  } catch {
    await stopAll(session.children);
    throw session.abort.signal.reason;
  }
}

/** What is still to be fetched for a first start; nothing for any other. */
async function fetchListed(progress: Progress, signal: AbortSignal): Promise<void> {
  if (hasKafkaJars() && hasRegistry()) return;
  progress('kafka', { kind: 'fetching', what: `Apache Kafka ${kafkaVersion()}` });
  await fetchArtifacts({ signal });
  signal.throwIfAborted();
}

/**
 * Real Kafka, registry and PostgreSQL as child processes on loopback, with their data in `dataDir`.
 * The caller owns the folder: nobody else may start anything in it at the same time.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Infra> {
  mkdirSync(options.dataDir, { recursive: true });
  const javaVersion = await requireTools({ maven: !hasKafkaJars() || !hasRegistry() });
  const abort = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  await fetchListed(options.progress, signal);
  const state = { ...loadState(options.dataDir), kind: 'embedded' as const };
  const session: Session = { ...options, abort, signal, javaVersion, children: [], state };
  await startAll(session);
  saveState(options.dataDir, session.state);
  const { ports, postgresPassword: password } = session.state;
  const { kafka = 0, registry = 0, postgres = 0 } = ports;
  return {
    kind: 'embedded',
    kafkaBrokers: [`${loopback}:${kafka}`],
    schemaRegistryUrl: registryUrl(registry),
    databaseUrl: databaseUrl({ port: postgres, password, database: databases.history }),
    failed: Promise.race(session.children.map((child) => child.failed)),
    stop: () => stopAll(session.children),
  };
}
