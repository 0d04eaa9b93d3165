import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { committedOffsets, highWatermarks, partitionCount } from '../../runtime/kafka/offsets.ts';
import { lanes, topics } from '../../schemas/topics.ts';
import type { BoundedReads } from './bounded-reads.ts';
import { doneBehind, historyPositions } from './flow.ts';

/** How far an audience was gone through. */
export type FanOutState =
  /** Nothing was begun that is known of, or nobody can be asked. */
  | { readonly kind: 'unknown' }
  /** `share` is the part of the people that was gone through, from 0 to 1. */
  | { readonly kind: 'underWay'; readonly share: number }
  /** Everybody was gone through; the history has not yet all that was written of it. */
  | { readonly kind: 'written' }
  | { readonly kind: 'ended' };

/** Where a fan-out's command lies; there is one in each users-partition. */
export type FanOutCommand = { readonly partition: number; readonly offset: number };

type Offsets = ReadonlyMap<string, readonly number[]>;

/** How far fan-outs are, and what the history has of what they wrote. */
export type FanOutPositions = {
  /** Where `notify` goes on in each partition; null: it never committed anything there. */
  readonly commands: readonly ({ readonly offset: number; readonly metadata: string } | null)[];
  /** One past the last record that a fan-out can have written, asked for behind the commands. */
  readonly ends: Offsets;
  /** How far the history is in the same topics. */
  readonly projected: Offsets;
};

const writtenTopics = [
  ...Object.values(lanes).map(({ bulk }) => bulk.name),
  topics.notificationDecisions.name,
];

/** Asks Kafka and PostgreSQL, in the order that {@link openFanOutEnds} rests on. */
export async function readFanOutPositions(options: {
  readonly kafka: KafkaClient;
  readonly appId: string;
  readonly reads: BoundedReads;
}): Promise<FanOutPositions> {
  const { kafka, appId, reads } = options;
  const topic = topics.broadcastCommands.name;
  const count = await partitionCount(kafka, topic);
  const places = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  const commands = await committedOffsets(kafka, `${appId}-notify`, places);
  const ends = await highWatermarks(kafka, writtenTopics);
  const projected = new Map<string, number[]>(writtenTopics.map((name) => [name, []]));
  for (const { place, offset } of await reads.read(historyPositions)) {
    const known = projected.get(place.topic);
    if (known) known[place.partition] = offset;
  }
  return { commands, ends, projected };
}

/** The part of a partition's people that was gone through; null: nobody can say. */
function shareOf(
  position: FanOutPositions['commands'][number],
  command: FanOutCommand | undefined,
): number | null {
  if (position === null) return null;
  if (!command || position.offset < command.offset) return 0;
  return position.offset > command.offset ? 1 : doneBehind(position.metadata);
}

/** How far the commands of a fan-out are, whatever the history has of them. Pure. */
export function fanOutStateOf(
  commands: readonly FanOutCommand[],
  { commands: positions }: Pick<FanOutPositions, 'commands'>,
): Exclude<FanOutState, { kind: 'ended' }> {
  if (commands.length === 0) return { kind: 'unknown' };
  const shares = positions.map((position, partition) =>
    shareOf(
      position,
      commands.find((each) => each.partition === partition),
    ),
  );
  const known = shares.filter((share) => share !== null);
  if (known.length < shares.length) return { kind: 'unknown' };
  if (known.every((share) => share === 1)) return { kind: 'written' };
  return { kind: 'underWay', share: known.reduce((sum, share) => sum + share, 0) / known.length };
}

/** Each is some dozen numbers; whoever is forgotten is only waited for once more. */
const maxRemembered = 1000;

/** Knows when a fan-out is over, and all that came of it is in the history. */
export type FanOutEnds = {
  stateOf(eventId: string, commands: readonly FanOutCommand[]): Promise<FanOutState>;
};

function isProjected(ends: Offsets, projected: Offsets): boolean {
  return [...ends].every(([topic, partitions]) =>
    partitions.every((end, partition) => (projected.get(topic)?.[partition] ?? 0) >= end),
  );
}

/**
 * A fan-out is over in a partition once the committed offset is behind its command, for that moves
 * in the transaction of its last notifications. What it wrote lies before the ends of the lanes as
 * they were when that was first seen: these are remembered, for others go on writing, and the
 * history is complete once it is there. Counts are to be read afterwards.
 */
export function openFanOutEnds(read: () => Promise<FanOutPositions | null>): FanOutEnds {
  const endsOf = new Map<string, Offsets>();

  function remember(eventId: string, ends: Offsets): Offsets {
    const known = endsOf.get(eventId);
    if (known) return known;
    const [oldest] = endsOf.keys();
    if (endsOf.size >= maxRemembered && oldest !== undefined) endsOf.delete(oldest);
    endsOf.set(eventId, ends);
    return ends;
  }

  return {
    async stateOf(eventId, commands) {
      const positions = await read();
      if (positions === null) return { kind: 'unknown' };
      const state = fanOutStateOf(commands, positions);
      if (state.kind !== 'written') {
        endsOf.delete(eventId);
        return state;
      }
      const ends = remember(eventId, positions.ends);
      return isProjected(ends, positions.projected) ? { kind: 'ended' } : state;
    },
  };
}
