import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const maxOutputBytes = 64 * 1024 * 1024;
/** How long the consumer waits for another record before it takes the topic as read. */
const idleMs = 4000;

/** A record as the console consumer prints it: where it lies, and its bytes with \xNN escapes. */
export type PrintedRecord = { readonly partition: number; readonly value: string };

/**
 * Reads a topic from its beginning with Kafka's own console consumer at read_committed: another
 * client than ours, so that a defect of ours cannot hide a loss or a double.
 */
export async function readWithJava(options: {
  readonly classPath: string;
  readonly brokers: readonly string[];
  readonly topic: string;
}): Promise<readonly PrintedRecord[]> {
  const { stdout } = await run(
    'java',
    [
      '-Xmx256m',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      options.classPath,
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      '--bootstrap-server',
      options.brokers.join(','),
      '--topic',
      options.topic,
      '--from-beginning',
      '--isolation-level',
      'read_committed',
      '--timeout-ms',
      String(idleMs),
      '--property',
      'print.partition=true',
      '--property',
      'value.deserializer=org.apache.kafka.common.serialization.BytesDeserializer',
    ],
    { maxBuffer: maxOutputBytes },
  );
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('Partition:'))
    .map((line) => {
      const tab = line.indexOf('\t');
      return {
        partition: Number(line.slice('Partition:'.length, tab)),
        value: line.slice(tab + 1),
      };
    });
}
