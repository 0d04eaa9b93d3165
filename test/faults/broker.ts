import { join } from 'node:path';
import type { Child } from '../../dev/infra/child.ts';
import { startBroker } from '../../dev/infra/kafka/broker.ts';
import { runningProcess } from '../../dev/infra/pid-file.mjs';
import { loadState } from '../../dev/infra/saved-state.ts';

/** The broker of the run, to be ended as a loss of power would and started again. */
export type Broker = {
  kill(): void;
  /** On the same ports and records. */
  start(): Promise<void>;
  /** Ends the broker that `start` started. */
  stop(): Promise<void>;
};

/** The broker that `startInfra` started in a folder. */
export function brokerOf(dataDir: string, classPath: string): Broker {
  const { ports } = loadState(dataDir);
  const { kafka: broker = 0, kafkaController: controller = 0 } = ports;
  let restarted: Child | undefined;
  return {
    kill() {
      const pid = runningProcess(join(dataDir, 'pids', 'kafka.pid'))?.pid;
      if (pid === undefined) throw new Error('there is no broker to be killed');
      process.kill(pid, 'SIGKILL');
    },
    async start() {
      const options = { classPath, ports: { broker, controller }, dataDir, jvmArgs: [] };
      restarted = await startBroker(options);
    },
    stop: async () => restarted?.stop(),
  };
}
