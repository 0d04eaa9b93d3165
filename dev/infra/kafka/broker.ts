import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../child.ts';
import { startChild } from '../child.ts';
import { runCommand } from '../command.ts';
import { javaCommand } from '../environment.mjs';
import { InfraError } from '../infra-error.ts';
import { quickJvm } from '../java.ts';
import type { KafkaPorts, KafkaSettings } from './properties.ts';
import { brokerProperties } from './properties.ts';

/** Any id will do: nothing else ever joins this cluster. It is 16 bytes in base64url. */
const clusterId = 'dmVzdG5pay1kZXYtMDAwMQ';
const formatTimeoutMs = 60_000;
/** 2 to 4 s when idle; a machine that builds something else at the same time needs far more. */
const readyTimeoutMs = 90_000;
/** It closes its segments in order, half a second here; killed, it would check them next time. */
const stopTimeoutMs = 15_000;

export type BrokerOptions = {
  readonly classPath: string;
  readonly ports: KafkaPorts;
  /** Holds `kafka/` with the records, and the log and the pid file. */
  readonly dataDir: string;
  readonly jvmArgs: readonly string[];
  readonly settings?: KafkaSettings;
  readonly stopTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
};

const log4j = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`;

/** Gives the folder its cluster id and metadata log. A folder that was not finished starts anew. */
async function formatStorage(options: BrokerOptions, logDir: string, properties: string) {
  const done = join(options.dataDir, 'kafka', '.formatted');
  if (existsSync(done)) return;
  rmSync(logDir, { recursive: true, force: true });
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  const { code, output } = await runCommand(
    javaCommand(),
    [...quickJvm, log4j, '-cp', options.classPath, ...format],
    { timeoutMs: formatTimeoutMs, signal: options.signal },
  );
  if (code !== 0) throw new InfraError(`Kafka cannot format ${logDir}:\n${output}`);
  writeFileSync(done, '');
}

/** Starts a broker on loopback and waits until it takes requests. */
export async function startBroker(options: BrokerOptions): Promise<Child> {
  const home = join(options.dataDir, 'kafka');
  const logDir = join(home, 'data');
  const properties = join(home, 'server.properties');
  mkdirSync(home, { recursive: true });
  writeFileSync(properties, brokerProperties(options.ports, logDir, options.settings));
  await formatStorage(options, logDir, properties);
  const jvm = ['-Xmx512m', ...quickJvm, ...options.jvmArgs, log4j];
  return startChild(
    {
      name: 'kafka',
      command: javaCommand(),
      args: [...jvm, '-cp', options.classPath, 'kafka.Kafka', properties],
      cwd: home,
      stopSignal: 'SIGTERM',
      ready: /Kafka Server started/,
      portTaken: /Address already in use/,
      readyTimeoutMs,
      stopTimeoutMs: options.stopTimeoutMs ?? stopTimeoutMs,
    },
    options.dataDir,
    options.signal,
  );
}
