import kafkajs from 'kafkajs';
import { partitionCount } from '../../runtime/kafka/offsets.ts';
import { openTopicAdmin } from '../../runtime/kafka/topic-admin.ts';
import { type Topic, topics } from '../../schemas/topics.ts';
import { type Plant, writeRows } from './plant.ts';
import { until } from './until.ts';

const { Kafka, logLevel } = kafkajs;

/** Deletes topics and makes them anew, empty, under the same names. */
export async function remake({ addresses, kafka }: Plant, remade: readonly Topic[]): Promise<void> {
  const { kafkaBrokers: brokers } = addresses;
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: remade.map(({ name }) => name) });
  await admin.disconnect();
  const creator = await openTopicAdmin(kafka);
  for (const topic of remade) {
    await until(`${topic.name} is made anew`, () =>
      creator.create([topic]).then(
        () => true,
        () => false,
      ),
    );
  }
  await creator.close();
  await until('the topics have leaders', async () => {
    await kafka.cluster.refreshMetadata();
    const counts = remade.map(({ name }) => partitionCount(kafka, name).catch(() => 0));
    return (await Promise.all(counts)).every((count, index) => count === remade[index]?.partitions);
  });
}

/** Gives the trials that follow tables in which there is nothing but the population of the run. */
export async function cleanTables(plant: Plant): Promise<void> {
  await remake(plant, [topics.users, topics.preferences, topics.suppressions]);
  await writeRows(plant);
}
