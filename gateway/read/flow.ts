import { keyBefore } from '../../rules/people.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { committedOffsets, highWatermarks } from '../../runtime/kafka/offsets.ts';
import { murmur2 } from '../../runtime/kafka/partitioner.ts';
import type { Database } from '../../runtime/postgres.ts';
import { allTopics, type Role, type Topic, topics } from '../../schemas/topics.ts';
import { answerWithin } from '../http/answer-within.ts';
import type { BoundedReads } from './bounded-reads.ts';

/** How many records of a topic a role has not worked on; markers of transactions count too. */
export type LagLine = { readonly role: Role; readonly topic: string; readonly behind: number };

/** A users-partition with a fan-out under way. */
export type FanOutProgress = {
  readonly partition: number;
  /** Of the people of the partition, from 0 to 1. */
  readonly done: number;
  /** Commands that wait in the partition, this one among them. */
  readonly commands: number;
};

/** How far everybody is. */
export type Flow = {
  readonly lags: readonly LagLine[];
  readonly fanOuts: readonly FanOutProgress[];
};

/** How far the roles are, by their offsets. */
export type FlowSource = {
  /** Null while there is no Kafka to ask. */
  flow(): Promise<Flow | null>;
};

type Place = { readonly role: Role; readonly topic: string; readonly partition: number };

const workedOn: ReadonlySet<Topic['kind']> = new Set(['events', 'commands', 'rendered']);
const groupRoles: readonly Role[] = ['audience', 'notify', 'email', 'sms', 'messenger'];

/** The inputs of a role that commits offsets; tables and the journal are read without. */
const inputsOf = (role: Role): readonly Topic[] =>
  allTopics.filter(({ kind, readers }) => workedOn.has(kind) && readers.includes(role));

const hashes = 2 ** 32;

/**
 * Which part of a partition's people a cursor is behind: they come in the order of their keys'
 * hashes, which are spread evenly (decision 003). Pure.
 */
export function doneBehind(cursor: string | null): number {
  const key = keyBefore(cursor);
  return key === undefined ? 0 : (murmur2(Buffer.from(key)) + hashes / 2) / hashes;
}

type Ends = ReadonlyMap<string, readonly number[]>;
type Position = { readonly place: Place; readonly offset: number; readonly cursor: string };

function lagsOf(positions: readonly Position[], ends: Ends): LagLine[] {
  const groups = Map.groupBy(positions, ({ place }) => `${place.role} ${place.topic}`);
  return [...groups.values()].map((group) => ({
    role: group[0]?.place.role ?? 'everyone',
    topic: group[0]?.place.topic ?? '',
    behind: group.reduce((sum, each) => sum + behindOf(each, ends), 0),
  }));
}

function behindOf({ place: { topic, partition }, offset }: Position, ends: Ends): number {
  return Math.max(0, (ends.get(topic)?.[partition] ?? 0) - offset);
}

/** How far everybody is, of positions and ends. Pure. */
export function flowOf(positions: readonly Position[], ends: Ends): Flow {
  const fanOuts = positions
    .filter(({ place }) => place.topic === topics.broadcastCommands.name)
    .map((each) => ({ each, commands: behindOf(each, ends) }))
    .filter(({ each, commands }) => commands > 0 && each.cursor !== '')
    .map(({ each, commands }) => ({
      partition: each.place.partition,
      done: doneBehind(each.cursor),
      commands,
    }));
  return { lags: lagsOf(positions, ends), fanOuts };
}

async function groupPositions(
  kafka: KafkaClient,
  appId: string,
  role: Role,
  ends: Ends,
): Promise<Position[]> {
  const places = inputsOf(role).flatMap(({ name: topic }) =>
    (ends.get(topic) ?? []).map((_end, partition) => ({ role, topic, partition })),
  );
  const committed = await committedOffsets(kafka, `${appId}-${role}`, places);
  return places.map((place, index) => {
    const { offset = 0, metadata: cursor = '' } = committed[index] ?? {};
    return { place, offset, cursor };
  });
}

/** How far the history is in each topic partition. */
export async function historyPositions(database: Database): Promise<Position[]> {
  type Row = { readonly topic: string; readonly partition: number; readonly offset: number };
  const rows = await database.query<Row>`
    select topic, partition, next_offset as "offset" from projected_offsets`;
  return rows.map(({ topic, partition, offset }) => {
    return { place: { role: 'postgres', topic, partition }, offset, cursor: '' };
  });
}

/** Asks Kafka and PostgreSQL how far everybody is; without PostgreSQL the history is left out. */
export async function readFlow(options: {
  readonly kafka: KafkaClient;
  readonly appId: string;
  readonly reads: BoundedReads;
}): Promise<Flow> {
  const { kafka, appId, reads } = options;
  const read = allTopics.filter(
    ({ kind, readers }) => workedOn.has(kind) || readers.includes('postgres'),
  );
  const ends = await highWatermarks(
    kafka,
    read.map(({ name }) => name),
  );
  const groups = groupRoles.map((role) => groupPositions(kafka, appId, role, ends));
  const history = reads.read(historyPositions).catch(() => []);
  const positions = await Promise.all([...groups, history]);
  return flowOf(positions.flat(), ends);
}

/** A dashboard asks every second or two, and each of its viewers has one. */
const keptMs = 2000;
const flowDeadlineMs = 4000;

/** All who ask at once share one answer, kept for two seconds; null when it fails or is late. */
export function shareFlow<T>(ask: () => Promise<T>, clock: Clock): () => Promise<T | null> {
  let kept: { readonly untilMs: number; readonly answer: Promise<T | null> } | null = null;
  return () => {
    const nowMs = clock.nowMs();
    if (!kept || nowMs >= kept.untilMs) {
      const work = ask().catch(() => null);
      const answer = answerWithin({ clock, deadlineMs: flowDeadlineMs, work, late: null });
      kept = { untilMs: nowMs + keptMs, answer };
    }
    return kept.answer;
  };
}
