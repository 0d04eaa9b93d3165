import type { PartitionReader } from './reader.ts';
import type { KafkaRecord } from './record.ts';

/** A partition to be read, and where from. Callers may hang more on it. */
export type ReadInput = { readonly reader: PartitionReader; readonly fromOffset: number };

/** Some records of one input, in order; at least one. */
export type Portion<I> = { readonly input: I; readonly records: readonly KafkaRecord[] };

/** Reads several inputs; the first one in the list that has records comes first. */
export type PriorityReader<I> = {
  /**
   * Waits for records and takes the first `sizeOf(records)` of them, at least one; null when
   * nothing arrived for a while. Rejects when a reader does.
   */
  next(sizeOf: (records: readonly KafkaRecord[]) => number): Promise<Portion<I> | null>;
  /** Where an input goes on when all that was taken is done. */
  position(input: I): number;
};

/** What was read of an input and not taken: one batch at most, its reader holds two more. */
type Held<I> = {
  readonly input: I;
  pending: readonly KafkaRecord[];
  /** Position behind `pending`. */
  end: number;
  /** Called when `pending` has been taken. */
  drained: () => void;
};

/**
 * Reads all inputs at once in the background, so that the arrival of a more urgent record is seen
 * the next time, and nobody waits for an empty input. Ends when the readers do.
 */
export function openPriorityReader<I extends ReadInput>(inputs: readonly I[]): PriorityReader<I> {
  const all = new Map<I, Held<I>>();
  let failure: { readonly error: unknown } | null = null;
  let arrival = Promise.withResolvers<void>();
  const arrived = () => {
    arrival.resolve();
    arrival = Promise.withResolvers();
  };

  async function follow(held: Held<I>): Promise<void> {
    for (;;) {
      const batch = await held.input.reader.next();
      const drained = Promise.withResolvers<void>();
      held.end = batch.nextOffset;
      held.pending = batch.records;
      held.drained = drained.resolve;
      arrived();
      if (batch.records.length > 0) await drained.promise;
    }
  }
  for (const input of inputs) {
    const held: Held<I> = { input, pending: [], end: input.fromOffset, drained: () => undefined };
    all.set(input, held);
    follow(held).catch((error: unknown) => {
      failure = { error };
      arrived();
    });
  }

  function take(sizeOf: (records: readonly KafkaRecord[]) => number): Portion<I> | null {
    const held = [...all.values()].find(({ pending }) => pending.length > 0);
    if (!held) return null;
    const size = Math.max(1, sizeOf(held.pending));
    const records = held.pending.slice(0, size);
    held.pending = held.pending.slice(size);
    if (held.pending.length === 0) held.drained();
    return { input: held.input, records };
  }
  const throwFailure = () => {
    if (failure) throw failure.error;
  };

  return {
    async next(sizeOf) {
      throwFailure();
      const ready = take(sizeOf);
      if (ready) return ready;
      await arrival.promise;
      throwFailure();
      return take(sizeOf);
    },
    position(input) {
      const held = all.get(input);
      return held?.pending[0]?.offset ?? held?.end ?? input.fromOffset;
    },
  };
}
