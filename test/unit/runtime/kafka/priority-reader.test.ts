import { describe, expect, it } from 'vitest';
import { openPriorityReader, type ReadInput } from '../../../../runtime/kafka/priority-reader.ts';
import type { Batch } from '../../../../runtime/kafka/reader.ts';
import type { KafkaRecord } from '../../../../runtime/kafka/record.ts';

const record = (topic: string, offset: number): KafkaRecord => ({
  topic,
  partition: 0,
  offset,
  timestampMs: 0,
  key: null,
  value: null,
  headers: [],
});

/** A reader that a test feeds by hand. */
function handFed(topic: string) {
  const waiting: Batch[] = [];
  let ask: PromiseWithResolvers<Batch> | null = null;
  const settle = () => {
    const batch = ask && waiting.shift();
    if (!batch) return;
    ask?.resolve(batch);
    ask = null;
  };
  const input: ReadInput & { readonly topic: string } = {
    topic,
    fromOffset: 0,
    reader: {
      next() {
        ask = Promise.withResolvers();
        const { promise } = ask;
        settle();
        return promise;
      },
      hasNext: () => waiting.length > 0,
      close: () => undefined,
    },
  };
  return {
    input,
    feed(offsets: readonly number[], nextOffset: number) {
      const records = offsets.map((offset) => record(topic, offset));
      waiting.push({ records, nextOffset, highWatermark: nextOffset });
      settle();
    },
    fail: (error: Error) => ask?.reject(error),
  };
}

const all = (records: readonly KafkaRecord[]) => records.length;
const two = () => 2;

function opened() {
  const [urgent, patient] = [handFed('urgent'), handFed('patient')];
  const reader = openPriorityReader([urgent.input, patient.input]);
  const next = async (sizeOf = all) => {
    const portion = await reader.next(sizeOf);
    return portion && [portion.input.topic, ...portion.records.map(({ offset }) => offset)];
  };
  return { urgent, patient, reader, next };
}

describe('several inputs', () => {
  it('give what is more urgent first, though it came later', async () => {
    const { urgent, patient, next } = opened();
    patient.feed([1, 2, 3], 4);
    expect(await next(two)).toEqual(['patient', 1, 2]);
    urgent.feed([7], 8);
    await Promise.resolve();
    expect(await next(two)).toEqual(['urgent', 7]);
    expect(await next(two)).toEqual(['patient', 3]);
  });

  it('do not wait for one that is empty', async () => {
    const { patient, next } = opened();
    patient.feed([1], 2);
    expect(await next()).toEqual(['patient', 1]);
  });

  it('answer null when nothing came, and have seen the markers', async () => {
    const { urgent, reader, next } = opened();
    const waiting = next();
    urgent.feed([], 5);
    expect(await waiting).toBeNull();
    expect(reader.position(urgent.input)).toBe(5);
  });

  it('stand behind what was taken, and behind the markers after it when all is', async () => {
    const { patient, reader, next } = opened();
    patient.feed([1, 2, 4], 9);
    await next(two);
    expect(reader.position(patient.input)).toBe(4);
    await next(two);
    expect(reader.position(patient.input)).toBe(9);
  });

  it('give at least one record, whatever size is asked for', async () => {
    const { patient, next } = opened();
    patient.feed([1, 2], 3);
    expect(await next(() => 0)).toEqual(['patient', 1]);
  });

  it('end with the first of them that fails', async () => {
    const { urgent, next } = opened();
    const waiting = next();
    urgent.fail(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(next()).rejects.toThrow('gone');
  });
});
