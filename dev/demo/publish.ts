import { systemClock } from '../../runtime/clock.ts';
import { connectKafka } from '../../runtime/kafka/client.ts';
import { openProducer } from '../../runtime/kafka/producer.ts';
import type { Log } from '../../runtime/log.ts';
import { openSerde } from '../../runtime/serde.ts';
import { InfraError } from '../infra/infra-error.ts';
import type { Endpoints } from '../start/endpoints.ts';
import type { Words } from '../words.ts';
import type { DemoEvent, DemoRequest } from './plan.ts';

const answerBoundMs = 15_000;

/** Publishes events as an upstream service does: Avro, by the schemas of the registry. */
export async function publishEvents(
  events: readonly DemoEvent[],
  endpoints: Endpoints,
  log: Log,
): Promise<void> {
  const { kafka: brokers, schemaRegistry: registryUrl } = endpoints;
  const kafka = await connectKafka({ brokers: brokers.split(','), clientId: 'vestnik-demo', log });
  const producer = openProducer({ kafka, log });
  try {
    const topics = events.map(({ topic }) => topic);
    const signal = AbortSignal.timeout(answerBoundMs);
    const serde = await openSerde({ registryUrl, topics, log, clock: systemClock, signal });
    await producer.send(
      events.map(({ topic, key, value }) => ({
        topic: topic.name,
        key: Buffer.from(key),
        value: serde.encode(topic, value as never),
      })),
    );
  } finally {
    await producer.close();
    await kafka.close();
  }
}

/** Asks the gateway as an administrator does. */
export async function sendRequest(
  { channel, templateId, movieId, userIds }: DemoRequest,
  options: { readonly gateway: string; readonly apiKey: string; readonly words: Words },
): Promise<void> {
  const { gateway, apiKey, words } = options;
  const answer = await fetch(`${gateway}/api/v1/notifications/${channel}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      template_id: templateId,
      movie_id: movieId,
      user_ids: userIds.join(', '),
    }),
    signal: AbortSignal.timeout(answerBoundMs),
  });
  if (answer.ok) return;
  throw new InfraError(words.demoRefused(answer.status, await answer.text()));
}
