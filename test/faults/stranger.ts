import kafkajs from 'kafkajs';
import type { ErrorCode } from '../../runtime/errors.ts';
import type { Topic } from '../../schemas/topics.ts';
import { letterId, poisonHeader } from './letters.ts';
import type { Plant } from './plant.ts';
import type { Trial } from './trial.ts';

const { CompressionTypes, Kafka, logLevel } = kafkajs;

/** A record of another service, in a partition of its choice. */
export type StrangeRecord = {
  readonly topic: Topic;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  /** Why it must be set aside; null when it can be used. */
  readonly code: ErrorCode | null;
};

/**
 * Writes records as another service does, with another client: those of a partition in one batch,
 * in this order. Of those that cannot be used the ledger notes the letter, with the place that the
 * broker gave.
 */
export async function writeStrange(
  plant: Plant,
  trial: Trial,
  records: readonly StrangeRecord[],
): Promise<void> {
  const { kafkaBrokers: brokers } = plant.addresses;
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const places = Map.groupBy(records, ({ topic, partition }) => `${topic.name}-${partition}`);
  try {
    for (const list of places.values()) {
      const [first] = list;
      if (!first) continue;
      const { topic, partition } = first;
      const numbered = list.map((each) => ({ ...each, poison: trial.nextPoison() }));
      const sent = await producer.send({
        topic: topic.name,
        compression: CompressionTypes.GZIP,
        messages: numbered.map(({ key, value, poison }) => ({
          ...{ key, value, partition },
          headers: { [poisonHeader]: poison },
        })),
      });
      const base = Number(sent[0]?.baseOffset);
      const letters = numbered.flatMap(({ code, poison }, index) =>
        code === null
          ? []
          : [letterId({ poison, code, topic: topic.name, partition, offset: base + index })],
      );
      trial.expects('letter', letters);
    }
  } finally {
    await producer.disconnect();
  }
}
