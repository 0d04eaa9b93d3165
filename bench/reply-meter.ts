import { openReader } from '../runtime/kafka/reader.ts';
import { lanes, topics } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import { committedEnds } from './committed.ts';
import type { Contender } from './contender.ts';
import { recordFor } from './load.ts';

/** Sends comment replies, one recipient each, and takes the time until each can be read. */
export type ReplyMeter = {
  send(): void;
  /** Waits for what is missing; answers the latencies in milliseconds, in order of sending. */
  finish(): Promise<readonly number[]>;
};

const deadlineMs = 120_000;
const pollMs = 20;
/** Replies of all meters; each has an id of its own, far from those of the workloads. */
let replies = 2_000_000;

/** Opens a meter that reads at read_committed what the contender writes for single people. */
export async function openReplyMeter(bench: Bench, contender: Contender): Promise<ReplyMeter> {
  const { kafka, serde, producer, world } = bench;
  const closing = new AbortController();
  const output = contender.topicOf(lanes.messenger.direct);
  const input = contender.topicOf(topics.commentReplied);
  const sentMs = new Map<string, number>();
  const latencies = new Map<string, number>();
  const ends = await committedEnds(kafka, [output]);
  let failure: unknown = null;

  async function follow(partition: number, fromOffset: number): Promise<void> {
    const { signal } = closing;
    const reader = openReader({ kafka, topic: output, partition, fromOffset, signal });
    while (!signal.aborted) {
      const { records } = await reader.next();
      const nowMs = performance.now();
      await serde.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const decoded = serde.decode(lanes.messenger.direct, value ?? Buffer.alloc(0));
        if (!decoded.ok) throw new Error(`${output}: ${decoded.reason}`);
        const { eventId } = decoded.value;
        latencies.set(eventId, nowMs - (sentMs.get(eventId) ?? nowMs));
      }
    }
  }
  for (const { partition, offset } of ends) {
    follow(partition, offset).catch((error: unknown) => {
      if (!closing.signal.aborted) failure = error;
    });
  }

  return {
    send() {
      replies += 1;
      const value = world.reply(replies);
      const record = recordFor(bench, topics.commentReplied, {
        key: value.commentId,
        value,
        name: input,
      });
      sentMs.set(value.eventId, performance.now());
      producer.send([record]).catch((error: unknown) => {
        failure = error;
      });
    },
    async finish() {
      const endMs = performance.now() + deadlineMs;
      while (latencies.size < sentMs.size && !failure && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
      closing.abort();
      if (failure) throw failure;
      if (latencies.size < sentMs.size) {
        throw new Error(`${contender.name}: ${sentMs.size - latencies.size} replies are missing`);
      }
      return [...sentMs.keys()].map((eventId) => latencies.get(eventId) ?? 0);
    },
  };
}
