import { beginAnew, type Watched } from '../runtime/begin-anew.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';
import type { Health } from '../runtime/health.ts';
import { connectKafka, type KafkaClient } from '../runtime/kafka/client.ts';
import { ownPartitions } from '../runtime/kafka/ownership.ts';
import { createLetterTeller } from '../runtime/letter-teller.ts';
import type { Running } from '../runtime/lifecycle.ts';
import type { Log } from '../runtime/log.ts';
import { openSerde } from '../runtime/serde.ts';
import { watchTopics } from '../runtime/topic-watch.ts';
import { lanes, topics } from '../schemas/topics.ts';
import type { Connector } from './connector.ts';
import { workOnPartition } from './partition.ts';

type ConnectorOptions = {
  readonly connector: Connector;
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
};

/** What the connector needs of its topics. */
async function openParts(kafka: KafkaClient, options: ConnectorOptions, signal: AbortSignal) {
  const { connector, config, log, clock } = options;
  const { direct, bulk } = lanes[connector.name];
  const used = [direct, bulk, topics.deliveryEvents];
  const registryUrl = config.schemaRegistryUrl;
  const serde = await openSerde({ registryUrl, topics: used, log, clock, signal });
  const names = [...used, topics.deadLetters].map(({ name }) => name);
  return { serde, watch: await watchTopics({ kafka, topics: names, log, clock }) };
}

/**
 * Runs a connector on Kafka until it is stopped. Any number of processes may run the same one:
 * the group shares the partitions of the lanes out among them. It stays ready while its vendor is
 * away: the lanes wait, and the log says so.
 */
export function startConnector(options: ConnectorOptions): Promise<Running> {
  return beginAnew(() => startOnce(options), options);
}

async function startOnce(options: ConnectorOptions): Promise<Watched> {
  const { connector, config, log, clock } = options;
  const groupId = `${config.appId}-${connector.name}`;
  const { direct, bulk } = lanes[connector.name];
  const closing = new AbortController();
  const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId: groupId, log });
  const { serde, watch } = await openParts(kafka, options, closing.signal).catch(
    async (error: unknown) => {
      await kafka.close();
      throw error;
    },
  );
  const working = new Set<number>();
  const letters = createLetterTeller(options);
  const vendor = { judged: 0 };
  const ownership = await ownPartitions({
    kafka,
    groupId,
    topics: [direct.name, bulk.name],
    log,
    clock,
    async work(partition, signal) {
      const channel = connector.open(config);
      const started = () => void working.add(partition);
      const parts = { channel, lanes: [direct, bulk], kafka, serde, groupId, partition, letters };
      try {
        await workOnPartition({ ...options, ...parts, vendor, signal, started });
      } finally {
        working.delete(partition);
        channel.close();
      }
    },
  });
  return {
    watch,
    ready: () => ownership.joined() && ownership.owned().every((slot) => working.has(slot)),
    failed: ownership.failed,
    async stop() {
      closing.abort(new DOMException('the connector is stopped', 'AbortError'));
      await ownership.close();
      letters.close();
      await kafka.close();
    },
  };
}
