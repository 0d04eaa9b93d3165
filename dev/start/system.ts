import { join } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import { type Environment, type Language, loadConfig } from '../../runtime/config.ts';
import { deploy } from '../../runtime/deploy/deploy.ts';
import { connectKafka } from '../../runtime/kafka/client.ts';
import { createLog, type Log } from '../../runtime/log.ts';
import { allTopics } from '../../schemas/topics.ts';
import { type Inbox, startInbox } from '../inbox/inbox.ts';
import { infraChoice } from '../infra/environment.mjs';
import type { Infra, InfraKind } from '../infra/infra.ts';
import { startInfra } from '../infra/start-infra.ts';
import { describeState, type StepName, wordsFor } from '../words.ts';
import { ensureApiKey } from './api-key.ts';
import { awaitLeaders } from './await-leaders.ts';
import type { Board } from './board.ts';
import { developerLink } from './developer-link.ts';
import { type Endpoints, removeEndpoints, writeEndpoints } from './endpoints.ts';
import { chooseGatewayPort, type GatewayPort } from './gateway-port.ts';
import { holdLines } from './held-lines.ts';
import { loadSamples } from './load-samples.ts';
import { type LogSink, openLogSink } from './log-sink.ts';
import { reasonOf } from './reason.ts';
import { type Roles, startRoles } from './roles.ts';

const inboxPorts = { httpPort: 8025, smtpPort: 1025 } as const;
const apiKeyName = 'development';
/** What needs no broker is done by then; all that is durable is in Kafka and PostgreSQL anyway. */
const stopWithoutInfraMs = 2_000;

/** Everything that `npm start` brings up. */
export type System = {
  readonly endpoints: Endpoints;
  readonly infraKind: InfraKind;
  readonly apiKey: string;
  /** Logs the developer in, once; null: that account is disabled. */
  readonly loginUrl: string | null;
  readonly logPath: string;
  /** Rejects when a part of it cannot go on; the message says which and why. */
  readonly failed: Promise<never>;
  /** Ends all parts, the last started first; nothing of them is left afterwards. */
  stop(): Promise<void>;
};

export type SystemOptions = {
  readonly environment: Environment;
  readonly dataDir: string;
  readonly language: Language;
  readonly board: Board;
  readonly signal: AbortSignal;
};

/** What has been started so far, to be ended in the opposite order. */
type Started = { readonly stop: () => Promise<void> | void };

async function stopAll(started: Started[]): Promise<void> {
  for (let each = started.pop(); each; each = started.pop()) await each.stop();
}

/** The roles' settings: what was started here, and beside it what the environment says. */
export function roleEnvironment(
  environment: Environment,
  parts: {
    readonly infra: Pick<Infra, 'kafkaBrokers' | 'schemaRegistryUrl' | 'databaseUrl'>;
    readonly inbox: Pick<Inbox, 'smtpUrl' | 'twilioBaseUrl' | 'telegramApiRoot'>;
    readonly apiKey: string;
    readonly dataDir: string;
  },
): Environment {
  const { infra, inbox, apiKey, dataDir } = parts;
  const keys = [environment['API_KEYS']?.trim(), `${apiKeyName}:${apiKey}`];
  return {
    ...environment,
    NODE_ENV: 'development',
    KAFKA_BROKERS: infra.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: infra.schemaRegistryUrl,
    DATABASE_URL: infra.databaseUrl,
    // Whatever the environment says: nothing that is tried out here may reach a person.
    SMTP_URL: inbox.smtpUrl,
    TWILIO_BASE_URL: inbox.twilioBaseUrl,
    TELEGRAM_API_ROOT: inbox.telegramApiRoot,
    API_KEYS: keys.filter(Boolean).join(','),
    VESTNIK_DATA_DIR: dataDir,
  };
}

/** Creates topics and schemas, then writes the samples. */
async function fillTopics(options: SystemOptions, infra: Infra, log: Log): Promise<void> {
  const { board, language, signal } = options;
  const words = wordsFor(language);
  const step = (name: StepName, text: string, done = false) => board.report(name, { text, done });
  const starting = describeState(language, { kind: 'starting' });
  const { kafkaBrokers: brokers, schemaRegistryUrl } = infra;
  step('topics', starting);
  const kafka = await connectKafka({ brokers, clientId: 'vestnik-start', log });
  try {
    const target = { kafka, registryUrl: schemaRegistryUrl, topics: allTopics };
    const deployed = await deploy({ ...target, log, clock: systemClock });
    await awaitLeaders(kafka, allTopics, signal);
    step('topics', words.topicsDeployed(deployed.created.length, deployed.kept.length), true);
    step('samples', starting);
    const ourCluster = infra.kind !== 'external';
    const loaded = await loadSamples({ kafka, schemaRegistryUrl, ourCluster, log, signal });
    step('samples', words.samplesWritten(loaded.written, loaded.kept), true);
    if (loaded.foreignTopics.length > 0) board.print(words.samplesSkipped(loaded.foreignTopics));
  } finally {
    await kafka.close();
  }
}

async function openInbox({ board, language }: SystemOptions): Promise<Inbox> {
  const text = (kind: 'starting' | 'ready') => describeState(language, { kind });
  board.report('inbox', { text: text('starting') });
  const inbox = await startInbox(inboxPorts);
  board.report('inbox', { text: text('ready'), done: true });
  return inbox;
}

async function bringUpInfra(options: SystemOptions): Promise<Infra> {
  const { board, language, environment, dataDir, signal } = options;
  const infra = await startInfra({
    dataDir,
    choice: infraChoice(environment),
    signal,
    progress: (step, state) =>
      board.report(step, {
        text: describeState(language, state),
        done: state.kind === 'ready' || state.kind === 'usingAddresses',
        transient: state.kind === 'downloaded',
      }),
  });
  // Compose and outside addresses come as one step; the list names each of them.
  if (infra.kind !== 'embedded') {
    const text = describeState(language, { kind: 'ready' });
    for (const step of ['kafka', 'registry', 'postgres']) board.report(step, { text, done: true });
  }
  return infra;
}

type RoleSettings = {
  readonly environment: Environment;
  readonly sink: LogSink;
  readonly port: GatewayPort;
};

async function openRoles(
  { board, language, signal }: SystemOptions,
  { environment, sink, port }: RoleSettings,
): Promise<Roles> {
  const text = (kind: 'starting' | 'ready') => describeState(language, { kind });
  return startRoles({
    environment,
    port,
    destination: sink,
    words: wordsFor(language),
    onStarting: (role) => board.report(role, { text: text('starting') }),
    onReady: (role) => board.report(role, { text: text('ready'), done: true }),
    signal,
  });
}

/** Roles take leave of Kafka in order; of one that is gone they would try to for 15 s. */
async function stopRoles(roles: Roles, infra: Infra): Promise<void> {
  const gone = infra.failed.catch(() => systemClock.sleep(stopWithoutInfraMs));
  await Promise.race([roles.stop(), gone]);
}

/**
 * Brings up the whole system in the order in which its parts need each other, and writes
 * `endpoints.json` when all of them work. When one cannot be brought up, nothing is left running.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { environment, dataDir, board, language, signal } = options;
  const words = wordsFor(language);
  const { port: wantedPort, logLevel } = loadConfig(environment);
  const port = await chooseGatewayPort(environment, wantedPort, words);
  const started: Started[] = [];
  const lines = holdLines(board.print);
  // When the infrastructure goes away under the roles that start on it, nobody waits for them.
  const gone = new AbortController();
  const working = { ...options, signal: AbortSignal.any([signal, gone.signal]) };
  try {
    const infra = await bringUpInfra(options);
    started.push(infra);
    infra.failed.catch((error: unknown) => gone.abort(error));
    const inbox = await openInbox(options);
    started.push({ stop: () => inbox.close() });
    const logPath = join(dataDir, 'logs', 'vestnik.log');
    const sink = openLogSink({
      path: logPath,
      print: lines.print,
      repeated: words.repeated,
      lost: (error) => words.logLost(reasonOf(error, words, dataDir)),
    });
    started.push({ stop: () => sink.close() });
    const log = createLog({ level: logLevel, name: 'start', destination: sink });
    await fillTopics(working, infra, log);
    const apiKey = ensureApiKey(dataDir);
    const settings = roleEnvironment(environment, { infra, inbox, apiKey, dataDir });
    const roles = await openRoles(working, { environment: settings, sink, port });
    started.push({ stop: () => stopRoles(roles, infra) });
    working.signal.throwIfAborted();
    const endpoints = {
      gateway: roles.gatewayUrl,
      kafka: infra.kafkaBrokers.join(','),
      schemaRegistry: infra.schemaRegistryUrl,
      postgres: infra.databaseUrl,
      inbox: inbox.url,
    };
    const { databaseUrl } = infra;
    const loginUrl = await developerLink({ databaseUrl, gatewayUrl: roles.gatewayUrl, log });
    writeEndpoints(dataDir, endpoints);
    started.push({ stop: () => removeEndpoints(dataDir) });
    lines.forget();
    const failed = Promise.race([infra.failed, roles.failed]);
    const stop = () => stopAll(started);
    return { endpoints, infraKind: infra.kind, apiKey, loginUrl, logPath, failed, stop };
  } catch (error) {
    if (!signal.aborted) lines.show();
    await stopAll(started);
    throw gone.signal.aborted ? gone.signal.reason : error;
  }
}
