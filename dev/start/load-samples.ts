import { createHash } from 'node:crypto';
import { systemClock } from '../../runtime/clock.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { openProducer } from '../../runtime/kafka/producer.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Log } from '../../runtime/log.ts';
import { openSerde } from '../../runtime/serde.ts';
import type { Topic } from '../../schemas/topics.ts';
import { type SampleRow, sampleRows, sampleTopics } from '../samples/rows.ts';
import { newestRecords } from './newest-records.ts';

/** On every record that is a sample: which content it has. Records of others do not have it. */
const sampleHeader = 'vestnik.sample';
const hashDigits = 16;

type Newest = ReadonlyMap<string, Pick<KafkaRecord, 'headers'>>;

/** What there is to do for the samples of one topic. */
export type SamplePlan = {
  readonly write: readonly SampleRow[];
  /** There already, or changed by hand since. */
  readonly kept: number;
  /** The topic holds rows of others, and the cluster is not ours. */
  readonly foreign: boolean;
};

/** Names the content of a sample. */
export function contentOf(row: SampleRow): string {
  return createHash('sha256').update(JSON.stringify(row.value)).digest('hex').slice(0, hashDigits);
}

function writtenContent({ headers }: Pick<KafkaRecord, 'headers'>): string | undefined {
  return headers.find(([name]) => name === sampleHeader)?.[1]?.toString();
}

/**
 * Missing samples and those whose source has changed are written. A newest record without our
 * header was written or deleted by somebody else, and stays: nobody's edit is undone by a restart.
 * On a cluster that is not ours, a topic with rows of others gets nothing.
 */
export function planSamples(
  rows: readonly SampleRow[],
  newest: Newest,
  options: { readonly ourCluster: boolean },
): SamplePlan {
  const foreign =
    !options.ourCluster && [...newest.values()].some((each) => writtenContent(each) === undefined);
  if (foreign) return { write: [], kept: 0, foreign };
  const write = rows.filter((row) => {
    const found = newest.get(row.key);
    if (!found) return true;
    const content = writtenContent(found);
    return content !== undefined && content !== contentOf(row);
  });
  return { write, kept: rows.length - write.length, foreign };
}

export type SamplesLoaded = {
  readonly written: number;
  readonly kept: number;
  /** Names of topics that were left alone. */
  readonly foreignTopics: readonly string[];
};

/** Writes the samples that are not in the topics yet. Resolves when Kafka has them. */
export async function loadSamples(options: {
  readonly kafka: KafkaClient;
  readonly schemaRegistryUrl: string;
  readonly ourCluster: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Promise<SamplesLoaded> {
  const { kafka, schemaRegistryUrl: registryUrl, log, signal } = options;
  const plans = await Promise.all(
    sampleTopics.map(async (topic: Topic) => {
      const rows = sampleRows.filter((row) => row.topic === topic);
      return { topic, ...planSamples(rows, await newestRecords(kafka, topic, signal), options) };
    }),
  );
  const write = plans.flatMap((plan) => plan.write);
  const kept = plans.reduce((sum, plan) => sum + plan.kept, 0);
  const foreignTopics = plans.filter(({ foreign }) => foreign).map(({ topic }) => topic.name);
  if (write.length > 0) {
    const topics = plans.filter((plan) => plan.write.length > 0).map(({ topic }) => topic);
    const serde = await openSerde({ registryUrl, topics, log, clock: systemClock, signal });
    const producer = openProducer({ kafka, log });
    try {
      await producer.send(
        write.map((row) => ({
          topic: row.topic.name,
          key: Buffer.from(row.key),
          value: serde.encode(row.topic, row.value as never),
          headers: [[sampleHeader, Buffer.from(contentOf(row))]],
        })),
      );
    } finally {
      await producer.close();
    }
  }
  return { written: write.length, kept, foreignTopics };
}
