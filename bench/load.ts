import type { OutgoingRecord } from '../runtime/kafka/record.ts';
import type { EpisodeReleased, User } from '../schemas/generated/records.ts';
import { type Topic, topics, type ValueOf } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import type { Contender } from './contender.ts';

/** Rows of one send: enough to keep the producer busy, few enough to answer within its deadline. */
const rowsPerSend = 10_000;

/** A record of a topic of the map, perhaps under another name. */
export function recordFor<T extends Topic>(
  { serde }: Bench,
  topic: T,
  row: { readonly key: string; readonly value: ValueOf<T>; readonly name?: string },
): OutgoingRecord {
  const { key, value, name = topic.name } = row;
  return { topic: name, key: Buffer.from(key), value: serde.encode(topic, value) };
}

export const userRecord = (bench: Bench, user: User): OutgoingRecord =>
  recordFor(bench, topics.users, { key: user.id, value: user });

/** Events as records of a contender's own topic. */
export function episodeRecords(
  bench: Bench,
  contender: Contender,
  events: readonly EpisodeReleased[],
): OutgoingRecord[] {
  const name = contender.topicOf(topics.episodeReleased);
  return events.map((value) =>
    recordFor(bench, topics.episodeReleased, { key: value.movieId, value, name }),
  );
}

/** Writes the users from one index up to another. */
export async function loadUsers(bench: Bench, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += rowsPerSend) {
    const records: OutgoingRecord[] = [];
    for (let i = start; i < Math.min(to, start + rowsPerSend); i += 1) {
      records.push(userRecord(bench, bench.world.user(i)));
    }
    await bench.producer.send(records);
  }
}

/** Writes everything that events speak of, and the users that readiness is probed with. */
export async function loadCatalogue(bench: Bench): Promise<void> {
  const { world, producer } = bench;
  await producer.send([
    ...world.templates.map((value) => recordFor(bench, topics.templates, { key: value.id, value })),
    ...world.movies.map((value) => recordFor(bench, topics.movies, { key: value.id, value })),
    ...world.comments.map((value) => recordFor(bench, topics.comments, { key: value.id, value })),
    ...world.probes.map((value) => userRecord(bench, value)),
  ]);
}
