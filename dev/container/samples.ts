import { connectKafka } from '../../runtime/kafka/client.ts';
import { runStep } from '../../runtime/lifecycle.ts';
import { loadSamples } from '../start/load-samples.ts';

/** Fills the tables of a composed system, whose Kafka is its own; other rows are not touched. */
await runStep('samples', async ({ config, log }) => {
  const { kafkaBrokers: brokers, schemaRegistryUrl } = config;
  const kafka = await connectKafka({ brokers, clientId: 'vestnik-samples', log });
  const { signal } = new AbortController();
  const options = { kafka, schemaRegistryUrl, ourCluster: true, log, signal };
  const { written, kept } = await loadSamples(options);
  await kafka.close();
  return `wrote ${written} samples, kept ${kept}`;
});
