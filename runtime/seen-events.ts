import type { SeenEvent } from '../schemas/generated/records.ts';
import type { Topic } from '../schemas/topics.ts';
import type { Message, Step } from './processor.ts';

/** What makes an event the one it is. */
export type EventIdentity = Pick<SeenEvent, 'id' | 'digest' | 'source'>;

/**
 * How a processor recognises events that were worked on before, in whichever partition of their
 * topic they came: by an id, in a memory that is a topic.
 */
export type Once<M extends Message = Message> = {
  readonly memory: Topic<'SeenEvent'>;
  /**
   * `partition`: the memory's partition of the same number is this processor's own; it writes to it
   * in the transaction of the work. Exact, whatever happens at the same moment elsewhere.
   * `everywhere`: the whole memory is read, some milliseconds behind. It saves work, and can set an
   * event aside as it came.
   */
  readonly scope: 'partition' | 'everywhere';
  /** Topics whose records mean that the work on an event has begun. */
  readonly begins: readonly Topic[];
  /** How long an event is remembered, by the times in the memory. */
  readonly horizonMs: number;
  /** Null: the message has no id to be known by. */
  eventOf(message: M): EventIdentity | null;
  /** The message is what the memory speaks of, read again after a crash. */
  isSame(message: M, seen: SeenEvent): boolean;
  /** The message was sent again on purpose. */
  isMeant(message: M): boolean;
  /** What comes of a message whose id another event has. */
  reused(message: M, seen: SeenEvent): Iterable<Step>;
};

/** The events that were seen lately, by their ids. */
export type SeenEvents = {
  /** The event with an id, if it was seen within the horizon before a time. */
  find(id: string, atMs: number): SeenEvent | undefined;
  /** Notes an event. The first one with an id stays, unless `anew` says that it is replaced. */
  note(event: SeenEvent, options?: { readonly anew: boolean }): void;
};

/**
 * A record with this header is worked on though its id was seen: it is sent again on purpose,
 * after the first one was refused.
 */
export const redriveHeader = 'vestnik-redrive';

/** Bounds the memory; beyond it the oldest ids are forgotten, about 300 MB. */
const maxIds = 1_000_000;

/** Opens an empty memory. */
export function createSeenEvents(horizonMs: number): SeenEvents {
  /** In the order of noting, so that the first ones are the oldest. */
  const events = new Map<string, SeenEvent>();
  let newestMs = Number.NEGATIVE_INFINITY;

  function forgetOld(): void {
    for (const [id, { seenAt }] of events) {
      if (seenAt >= newestMs - horizonMs && events.size <= maxIds) return;
      events.delete(id);
    }
  }
  return {
    find(id, atMs) {
      const event = events.get(id);
      return event && event.seenAt >= atMs - horizonMs ? event : undefined;
    },
    note(event, { anew } = { anew: false }) {
      newestMs = Math.max(newestMs, event.seenAt);
      const known = events.get(event.id);
      if (known && !anew && known.seenAt >= event.seenAt - horizonMs) return;
      events.delete(event.id);
      events.set(event.id, event);
      forgetOld();
    },
  };
}
