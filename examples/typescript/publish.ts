/**
 * Publishes a user, a movie and a new episode of it. The user follows the movie, so Vestnik writes
 * to them: `node examples/typescript/publish.ts [e-mail address]`, against what `npm start` runs.
 */
import { randomUUID } from 'node:crypto';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Kafka, Partitioners } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const host = process.env['SCHEMA_REGISTRY_URL'] ?? 'http://127.0.0.1:8081/apis/ccompat/v7';
const email = process.argv[2] ?? 'anna@example.com';

const registry = new SchemaRegistry({ host });
// The partitioner matters: it is murmur2 of the key, as in Java. LegacyPartitioner is not.
const producer = new Kafka({ clientId: 'example-typescript', brokers }).producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  idempotent: true,
});

/** Resolves when Kafka has it: the key is plain UTF-8, the value Avro behind a schema id. */
async function publish(topic: string, key: string, value: object): Promise<void> {
  const schemaId = await registry.getLatestSchemaId(`${topic}-value`);
  const messages = [{ key, value: await registry.encode(schemaId, value) }];
  await producer.send({ topic, messages });
}

const userId = `user-${randomUUID()}`;
const movieId = `movie-${randomUUID()}`;
const eventId = randomUUID();

await producer.connect();
await publish('movies', movieId, {
  id: movieId,
  title: 'Двенадцать стульев',
  englishTitle: 'The Twelve Chairs',
  genres: ['comedy'],
  year: 1971,
  description: null,
});
await publish('users', userId, {
  id: userId,
  fullName: 'Анна Каренина',
  email,
  phone: null,
  telegramChatId: null,
  locale: 'ru',
  timeZone: 'Europe/Moscow',
  channels: ['email'],
  followedMovieIds: [movieId],
  followedGenres: [],
});
// Only now: an event that is sent after the rows were acknowledged finds them.
await publish('episode-released', movieId, {
  eventId,
  movieId,
  episodeId: `${movieId}-s1e1`,
  season: 1,
  episode: 1,
  episodeTitle: 'Гарнитур генеральши Поповой',
  releasedAt: Date.now(),
});
await producer.disconnect();
console.log(`published ${eventId} for ${userId}`);
