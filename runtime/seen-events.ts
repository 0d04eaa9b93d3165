import type { KafkaRecord } from './kafka/record.ts';

/** How repeated events are recognised: by an id, within a time between the records' timestamps. */
export type Once<Message> = {
  idOf(message: Message): string;
  readonly horizonMs: number;
};

/**
 * The event ids that an input partition carried lately. A projection of the input itself: which
 * record is a repeat depends on nothing but the records before it, so a replay decides the same.
 */
export type SeenEvents = {
  /** Notes the id of a record; true when an earlier one within the horizon has the same. */
  isRepeat(id: string, record: Pick<KafkaRecord, 'offset' | 'timestampMs' | 'headers'>): boolean;
};

/**
 * A record with this header is worked on though its id was seen: it is sent again on purpose,
 * after the first one was refused.
 */
export const redriveHeader = 'vestnik-redrive';

/** Bounds the memory; beyond it the oldest ids are forgotten, about 150 MB. */
const maxIds = 1_000_000;

/** The first record with an id and when the last one came. */
type Seen = { readonly offset: number; readonly timestampMs: number };

/** Opens an empty memory of ids. */
export function createSeenEvents(horizonMs: number): SeenEvents {
  /** In the order of the last record with each id, so that the first ones are the oldest. */
  const ids = new Map<string, Seen>();
  let newestMs = Number.NEGATIVE_INFINITY;

  function forgetOld(): void {
    for (const [id, { timestampMs }] of ids) {
      if (timestampMs >= newestMs - horizonMs && ids.size <= maxIds) return;
      ids.delete(id);
    }
  }
  return {
    isRepeat(id, { offset, timestampMs, headers }) {
      newestMs = Math.max(newestMs, timestampMs);
      forgetOld();
      const seen = ids.get(id);
      // A repeat counts as well: else it would depend on where the reading began.
      ids.delete(id);
      ids.set(id, { offset: Math.min(seen?.offset ?? offset, offset), timestampMs });
      const repeated = seen !== undefined && seen.offset < offset;
      return repeated && !headers.some(([name]) => name === redriveHeader);
    },
  };
}
