import type { PartitionReader } from './reader.ts';
import type { KafkaRecord } from './record.ts';

/** Some records of one input, in order; none when nothing arrived for a while. */
export type Portion = { readonly input: number; readonly records: readonly KafkaRecord[] };

/** Reads several inputs; the first one in the list that has records comes first. */
export type PriorityReader = {
  /**
   * Waits for records and takes the first `sizeOf(records)` of them, at least one. Rejects when a
   * reader does.
   */
  next(sizeOf: (records: readonly KafkaRecord[]) => number): Promise<Portion>;
  /** Where an input goes on when all that was taken is done. */
  position(input: number): number;
};

/** Records of one input that were read and not taken. At most one batch is held here. */
type Input = {
  readonly reader: PartitionReader;
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
export function openPriorityReader(
  inputs: readonly { readonly reader: PartitionReader; readonly fromOffset: number }[],
): PriorityReader {
  const states: Input[] = inputs.map(({ reader, fromOffset }) => ({
    reader,
    pending: [],
    end: fromOffset,
    drained: () => undefined,
  }));
  let failure: { readonly error: unknown } | null = null;
  let arrival = Promise.withResolvers<void>();
  const arrived = () => {
    arrival.resolve();
    arrival = Promise.withResolvers();
  };

  async function follow(input: Input): Promise<void> {
    for (;;) {
      const batch = await input.reader.next();
      input.end = batch.nextOffset;
      input.pending = batch.records;
      const drained = new Promise<void>((resolve) => {
        input.drained = resolve;
      });
      arrived();
      if (batch.records.length > 0) await drained;
    }
  }
  for (const input of states) {
    follow(input).catch((error: unknown) => {
      failure = { error };
      arrived();
    });
  }

  function take(sizeOf: (records: readonly KafkaRecord[]) => number): Portion | null {
    const index = states.findIndex(({ pending }) => pending.length > 0);
    const input = states[index];
    if (!input) return null;
    const size = Math.max(1, sizeOf(input.pending));
    const records = input.pending.slice(0, size);
    input.pending = input.pending.slice(size);
    if (input.pending.length === 0) input.drained();
    return { input: index, records };
  }

  return {
    async next(sizeOf) {
      if (failure) throw failure.error;
      const ready = take(sizeOf);
      if (ready) return ready;
      await arrival.promise;
      if (failure) throw (failure as { readonly error: unknown }).error;
      return take(sizeOf) ?? { input: 0, records: [] };
    },
    position(index) {
      const input = states[index];
      return input?.pending[0]?.offset ?? input?.end ?? 0;
    },
  };
}
