import { allTopics } from '../../schemas/topics.ts';
import { systemClock } from '../clock.ts';
import { connectKafka } from '../kafka/client.ts';
import { runStep } from '../lifecycle.ts';
import { deploy } from './deploy.ts';

await runStep('deploy', async ({ config, log }) => {
  const { kafkaBrokers: brokers, schemaRegistryUrl: registryUrl } = config;
  const kafka = await connectKafka({ brokers, clientId: 'vestnik-deploy', log });
  const options = { kafka, registryUrl, topics: allTopics, log, clock: systemClock };
  const { created, kept, subjects } = await deploy(options);
  await kafka.close();
  return `created ${created.length} topics, kept ${kept.length}, registered ${subjects} schemas`;
});
