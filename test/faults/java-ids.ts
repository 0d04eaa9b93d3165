import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { javaCommand } from '../../dev/infra/environment.mjs';

/** How long the consumer waits for another record before it takes the topic as read. */
const idleMs = 4000;
/** A broker that is away would be asked for ever. */
const readTimeoutMs = 300_000;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

/**
 * The notification ids in some topics, as Kafka's own console consumer reads them at
 * read_committed: a client that shares no code with ours. Only records that hold `mark` count.
 * Reads line by line, so that a long run does not have to fit into memory.
 */
export async function readIdsWithJava(options: {
  readonly classPath: string;
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly mark: string;
}): Promise<readonly string[]> {
  const { classPath, brokers, topics, mark } = options;
  const deserializer = 'org.apache.kafka.common.serialization.BytesDeserializer';
  const consumer = spawn(
    javaCommand(),
    [
      ...['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath],
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...[
        '--bootstrap-server',
        brokers.join(','),
        '--include',
        topics.join('|'),
        '--from-beginning',
      ],
      ...['--isolation-level', 'read_committed', '--timeout-ms', String(idleMs)],
      ...['--property', `value.deserializer=${deserializer}`],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], timeout: readTimeoutMs },
  );
  const ended = once(consumer, 'exit');
  const ids: string[] = [];
  for await (const line of createInterface({ input: consumer.stdout })) {
    if (!line.includes(mark)) continue;
    const id = uuid.exec(line)?.[0];
    if (id === undefined) throw new Error(`no notification id in ${line.slice(0, 200)}`);
    ids.push(id);
  }
  await ended;
  return ids;
}
