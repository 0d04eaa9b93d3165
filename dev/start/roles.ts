import { startConnectors } from '../../connectors/start.ts';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import { startProcessors } from '../../processors/start.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type Config, type Environment, loadConfig } from '../../runtime/config.ts';
import { describeError } from '../../runtime/errors.ts';
import { createHealth, type Health } from '../../runtime/health.ts';
import { type HealthServer, openHealthServer } from '../../runtime/health-server.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { createLog, type Log, type LogDestination } from '../../runtime/log.ts';
import { InfraError } from '../infra/infra-error.ts';
import type { Words } from '../words.ts';
import { type GatewayPort, otherPort, portTakenError } from './gateway-port.ts';

const readyPollMs = 50;
/** Tables of a broker that was killed are read within seconds; this means that something hangs. */
const readyBoundMs = 90_000;
const msPerSecond = 1_000;
/** A port can be lost between the choice and its use, hardly several times in a row. */
const portAttempts = 4;

/** All roles at work in this process. */
export type Roles = {
  readonly gatewayUrl: string;
  /** Rejects with the role's name and why, when one cannot go on. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
};

export type RolesOptions = {
  /** Everything but the gateway's port. */
  readonly environment: Environment;
  readonly port: GatewayPort;
  readonly destination: LogDestination;
  readonly words: Words;
  readonly onStarting: (role: RoleName) => void;
  readonly onReady: (role: RoleName) => void;
  readonly signal: AbortSignal;
};

export type RoleName = 'processors' | 'connectors' | 'gateway';

const roleCount = 3;

type Started<R extends Running = Running> = { readonly name: RoleName; readonly running: R };

async function waitReady({ name, running }: Started, options: RolesOptions): Promise<void> {
  const endMs = systemClock.nowMs() + readyBoundMs;
  const poll = async () => {
    while (!running.ready()) {
      options.signal.throwIfAborted();
      if (systemClock.nowMs() >= endMs) {
        throw new InfraError(options.words.notReady([name], readyBoundMs / msPerSecond));
      }
      await systemClock.sleep(readyPollMs, options.signal);
    }
  };
  await Promise.race([poll(), running.failed]);
  options.onReady(name);
}

const isPortTaken = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function openGateway(
  options: RolesOptions,
  { log, health }: { readonly log: Log; readonly health: Health },
): Promise<Gateway> {
  let { port } = options;
  for (let attempt = 1; ; attempt++) {
    const config = loadConfig({ ...options.environment, PORT: String(port.port) });
    try {
      return await startGateway({ config, log, health });
    } catch (error) {
      if (!isPortTaken(error)) throw error;
      if (port.fixed || attempt >= portAttempts) throw portTakenError(port.port, options.words);
      port = await otherPort();
    }
  }
}

/** The failure of a role, with its name before it. */
function failureOf({ name, running }: Started, words: Words): Promise<never> {
  const failed = running.failed.catch((error: unknown) => {
    throw new InfraError(words.partFailed(name, describeError(error)), { cause: error });
  });
  failed.catch(() => undefined);
  return failed;
}

async function stopRoles(started: readonly Started[], probes: HealthServer | null): Promise<void> {
  await Promise.all(started.map(({ running }) => running.stop()));
  await probes?.close();
}

/** On HEALTH_PORT, if it is set, as each role has it when it is a process of its own. */
async function openProbes(
  options: Omit<Parameters<typeof openHealthServer>[0], 'host' | 'port'> & {
    readonly config: Config;
  },
): Promise<HealthServer | null> {
  const { config, health, ready, log } = options;
  const { host, healthPort: port } = config;
  if (port === null) return null;
  try {
    return await openHealthServer({ host, port, health, ready, log });
  } catch (error) {
    throw new InfraError(`HEALTH_PORT: ${describeError(error)}`, { cause: error });
  }
}

/** Starts all roles at once and waits until they do their work; when one cannot, none is left. */
export async function startRoles(options: RolesOptions): Promise<Roles> {
  const { environment, destination, words } = options;
  const config: Config = loadConfig(environment);
  const started: Started[] = [];
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const logOf = (name: string) => createLog({ level: config.logLevel, name, destination });
  const start = async <R extends Running>(name: RoleName, open: (log: Log) => Promise<R>) => {
    options.onStarting(name);
    const running = await open(logOf(name));
    started.push({ name, running });
    await waitReady({ name, running }, { ...options, signal });
    return running;
  };
  // One for all: the gateway of this process shows the conditions of the others, too.
  const health = createHealth(logOf('health'));
  const isReady = () => started.length === roleCount && started.every((it) => it.running.ready());
  const probes = await openProbes({ config, health, ready: isReady, log: logOf('health') });
  const starting = [
    start('gateway', (log) => openGateway(options, { log, health })),
    start('processors', (log) => startProcessors({ config, log, health })),
    start('connectors', (log) => startConnectors({ config, log, health })),
  ] as const;
  for (const each of starting) each.catch((error: unknown) => failing.abort(error));
  await Promise.allSettled(starting);
  try {
    signal.throwIfAborted();
    const [gateway] = await Promise.all(starting);
    return {
      gatewayUrl: gateway.address,
      failed: Promise.race(started.map((each) => failureOf(each, words))),
      stop: () => stopRoles(started, probes),
    };
  } catch (error) {
    await stopRoles(started, probes);
    throw error;
  }
}
