import { loopback } from '../ports.ts';

export type KafkaPorts = { readonly broker: number; readonly controller: number };
export type KafkaSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * A broker for one machine: it is its own controller (KRaft), keeps one replica of everything, and
 * does not make anybody wait. Names and defaults: https://kafka.apache.org/41/configuration/
 * `changes` are settings that are to be otherwise.
 */
export function brokerProperties(
  ports: KafkaPorts,
  logDir: string,
  changes: KafkaSettings = {},
): string {
  const broker = `PLAINTEXT://${loopback}:${ports.broker}`;
  const controller = `${loopback}:${ports.controller}`;
  const settings: KafkaSettings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    // Voters named here, not in the metadata log, so that the port may change between two starts.
    'controller.quorum.voters': `1@${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${broker},CONTROLLER://${controller}`,
    'advertised.listeners': broker,
    'log.dirs': logDir,
    // A misspelt topic must fail; the deploy step creates what the topic map names.
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // 50 partitions each by default: a hundred folders to create, open and recover for nothing.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    // By default the first member of a group waits 3 s for others to come.
    'group.initial.rebalance.delay.ms': 0,
    // Lets a test see within seconds that a killed member is gone; 6 s by default.
    'group.min.session.timeout.ms': 1_000,
    // Transactions of killed producers are aborted within a second of their time-out, not ten.
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'log.cleaner.enable': true,
    // 128 MB of heap by default, for topics a thousand times as large.
    'log.cleaner.dedupe.buffer.size': 16 * 1_048_576,
    'num.network.threads': 2,
    'num.io.threads': 4,
    ...changes,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
