import { systemClock } from '../../runtime/clock.ts';
import { connectKafka } from '../../runtime/kafka/client.ts';
import { openProducer } from '../../runtime/kafka/producer.ts';
import { createLog } from '../../runtime/log.ts';
import { openSerde } from '../../runtime/serde.ts';
import type { Movie } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';

/** The service that fills the catalogue, as far as an administrator notices it. */
export type Upstream = {
  /** A record that nobody can read, as a broken service would write it. */
  writePoison(): Promise<void>;
  /** Says that a film was added, whether or not its row is there. */
  announceFilm(movieId: string): Promise<void>;
  writeFilm(movie: Movie): Promise<void>;
  close(): Promise<void>;
};

/** Opens the catalogue's service beside a system that runs. */
export async function openUpstream(infra: {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
}): Promise<Upstream> {
  const { brokers, registryUrl } = infra;
  const log = createLog({ level: 'silent', name: 'upstream' });
  const kafka = await connectKafka({ brokers, clientId: 'upstream', log });
  const producer = openProducer({ kafka, log });
  const { signal } = new AbortController();
  const written = [topics.movies, topics.movieAdded];
  const serde = await openSerde({ registryUrl, topics: written, log, clock: systemClock, signal });
  const write = (topic: (typeof written)[number], key: string, value: Buffer) =>
    producer.send([{ topic: topic.name, key: Buffer.from(key), value }]);
  return {
    writePoison: () => write(topics.movieAdded, '1', Buffer.from('<script>no Avro</script>')),
    announceFilm(movieId) {
      const event = { eventId: `added-${movieId}`, movieId, addedAt: systemClock.nowMs() };
      return write(topics.movieAdded, movieId, serde.encode(topics.movieAdded, event));
    },
    writeFilm: (movie) => write(topics.movies, movie.id, serde.encode(topics.movies, movie)),
    async close() {
      await producer.close();
      await kafka.close();
    },
  };
}
