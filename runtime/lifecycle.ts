import { type Config, loadConfig } from './config.ts';
import { armCrashPoint } from './crash-point.ts';
import { describeError } from './errors.ts';
import { createHealth, type Health } from './health.ts';
import { openHealthServer } from './health-server.ts';
import { createLog, type Log } from './log.ts';

/** A role at work in this process. */
export type Running = {
  /** True when it does its work: connected, tables restored. */
  ready(): boolean;
  /** Rejects when it cannot go on. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
};

/** Stopping takes at most this long; then the process ends anyway, as after a kill. */
const stopDeadlineMs = 20_000;
const failureExitCode = 1;
const configExitCode = 2;

/** Resolves with the first signal that asks the process to end. */
function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

async function stopBounded(running: Running, log: Log): Promise<void> {
  const deadline = setTimeout(() => {
    log.error('stopping took too long; the process ends now');
    process.exit(failureExitCode);
  }, stopDeadlineMs);
  await running.stop();
  clearTimeout(deadline);
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    return process.exit(configExitCode);
  }
}

type Context = { readonly config: Config; readonly log: Log; readonly health: Health };

/** Reads the configuration; null when that was all that was asked for (`--check-config`). */
function contextOf(role: string): Context | null {
  const config = readConfig();
  if (!process.argv.includes('--check-config')) {
    armCrashPoint(config.crashAt);
    const log = createLog({ level: config.logLevel, name: role });
    return { config, log, health: createHealth(log) };
  }
  process.stdout.write('ok\n');
  return null;
}

/** Runs a step that ends by itself as a process; prints what it answers. */
export async function runStep(
  name: string,
  step: (context: Context) => Promise<string>,
): Promise<void> {
  const context = contextOf(name);
  if (!context) return;
  try {
    process.stdout.write(`${await step(context)}\n`);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = failureExitCode;
  }
  process.exit();
}

/** Before the role starts, for a start may wait long; until the process ends. */
async function answerProbes({ config, log, health }: Context, ready: () => boolean): Promise<void> {
  const { host, healthPort: port } = config;
  if (port === null) return;
  const { address } = await openHealthServer({ host, port, health, ready, log });
  log.info({ address }, 'probes are answered');
}

/**
 * Runs a role as a process: reads the configuration, starts, stops in order on SIGINT or SIGTERM,
 * exits with 1 when the role cannot go on. Probes are answered on HEALTH_PORT, if it is set. With
 * `--check-config` it only reads the configuration.
 */
export async function runMain(
  role: string,
  start: (context: Context) => Promise<Running>,
): Promise<void> {
  const context = contextOf(role);
  if (!context) return;
  const { log } = context;
  const ending = endSignal();
  let isReady = () => false;
  try {
    await answerProbes(context, () => isReady());
    // Starting may wait for Kafka or the registry as long as they are away, and can be ended then.
    const running = await Promise.race([start(context), ending]);
    if (typeof running !== 'string') {
      isReady = () => running.ready();
      log.info('started');
      const reason = await Promise.race([ending, running.failed]);
      log.info({ reason }, 'stopping');
      isReady = () => false;
      await stopBounded(running, log);
    }
    process.exitCode = 0;
  } catch (error) {
    log.fatal({ error }, describeError(error));
    process.exitCode = failureExitCode;
  }
  process.exit();
}
