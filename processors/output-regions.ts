import { addFramed, type BatchBuilder } from '../runtime/kafka/batch-builder.ts';
import type { RecordSink } from '../runtime/kafka/record-sink.ts';
import { type Kernel, wordBytes } from './notification-kernel.ts';

/**
 * The parts of the kernel's memory that it writes records to, one for each partition of each lane.
 * A region is closed until the kernel asks for it, so that no batch is begun in vain.
 */
export type OutputRegions = {
  /** Closes all regions; what lies there is forgotten. */
  reset(): void;
  /** Opens a region for the batch that the sink has for its partition. */
  open(region: number, sink: RecordSink): void;
  /** Moves what was written to its batches, and closes the regions. */
  flush(): void;
  isEmpty(region: number): boolean;
};

/** A lane as the kernel counts: its partitions are regions that follow each other. */
export type Lane = {
  readonly topic: string;
  readonly partitions: number;
  readonly firstRegion: number;
};

/** Room for a block of people; more would only leave the processor's cache. */
const maxRegionBytes = 96 * 1024;
/** Smaller ones would be full after each person. */
const minRegionBytes = 8 * 1024;
const closed = -1;
/** Start, place of the next record, end, records in the batch. */
const regionWords = 4;

type Open = { readonly region: number; readonly batch: BatchBuilder };

/** How large each region may be; null when there are too many of them. */
export function regionBytesFor({ layout }: Kernel, count: number): number | null {
  if (count > layout.maxRegions) return null;
  const share = Math.floor((layout.outputEnd - layout.output) / count / wordBytes) * wordBytes;
  return share < minRegionBytes ? null : Math.min(share, maxRegionBytes);
}

/** The regions of some lanes. */
export function createOutputRegions(
  { bytes, words, layout }: Kernel,
  lanes: readonly Lane[],
  regionBytes: number,
): OutputRegions {
  const places = lanes.flatMap(({ topic, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  );
  const first = layout.regions / wordBytes;
  let opened: Open[] = [];

  const wordOf = (region: number) => first + region * regionWords;
  const startOf = (region: number) => layout.output + region * regionBytes;

  function close(region: number): void {
    const start = startOf(region);
    const word = wordOf(region);
    words[word] = start;
    words[word + 1] = start;
    words[word + 2] = start + regionBytes;
    words[word + 3] = closed;
  }
  return {
    reset() {
      opened = [];
      for (let region = 0; region < places.length; region += 1) close(region);
    },
    open(region, sink) {
      const { topic = '', partition = 0 } = places[region] ?? {};
      const batch = sink.batchOf(topic, partition);
      words[wordOf(region) + regionWords - 1] = batch.count;
      opened.push({ region, batch });
    },
    flush() {
      for (const { region, batch } of opened) {
        const at = words[wordOf(region) + 1] ?? 0;
        const count = words[wordOf(region) + regionWords - 1] ?? 0;
        addFramed(batch, bytes.subarray(startOf(region), at), count - batch.count);
        close(region);
      }
      opened = [];
    },
    isEmpty: (region) => (words[wordOf(region) + 1] ?? 0) === startOf(region),
  };
}
