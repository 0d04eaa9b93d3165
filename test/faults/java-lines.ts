import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { javaCommand } from '../../dev/infra/environment.mjs';

/** How long the consumer waits for another record before it takes the topic as read. */
const idleMs = 4000;
/** A broker that is away would be asked for ever. */
const readTimeoutMs = 300_000;

/**
 * What Kafka's own console consumer prints of some topics at read_committed: a client that shares
 * no code with ours. Line by line, so that a long run does not have to fit into memory.
 */
export async function* linesWithJava(options: {
  readonly classPath: string;
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  /** What it prints of a record, as `name=value`. */
  readonly properties: readonly string[];
}): AsyncGenerator<string> {
  const { classPath, brokers, topics, properties } = options;
  const consumer = spawn(
    javaCommand(),
    [
      ...['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath],
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...['--bootstrap-server', brokers.join(',')],
      ...['--include', topics.join('|'), '--from-beginning'],
      ...['--isolation-level', 'read_committed', '--timeout-ms', String(idleMs)],
      ...properties.flatMap((property) => ['--property', property]),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], timeout: readTimeoutMs },
  );
  const ended = once(consumer, 'exit');
  yield* createInterface({ input: consumer.stdout });
  await ended;
}
