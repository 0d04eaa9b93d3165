import type { SeenEvent } from '../schemas/generated/records.ts';
import type { Job, Work } from './job.ts';
import type { OutgoingRecord } from './kafka/record.ts';
import { type Message, type Output, type Step, sourceOf } from './processor.ts';
import type { EventIdentity, Once } from './seen-events.ts';

/** What the memory of events says about a message. */
export type Sight =
  /** Nobody has worked on it. `remembering` writes it down with the first of the work. */
  | {
      readonly kind: 'first';
      remembering(job: Job): Job;
      noteOutput(output: Output): void;
    }
  /** The event was worked on: nothing is to be done. */
  | { readonly kind: 'repeat' }
  /** Another event was, and it has the same id. */
  | { readonly kind: 'reused'; readonly steps: Iterable<Step> };

const unremembered: Sight = {
  kind: 'first',
  remembering: (job) => job,
  noteOutput: () => undefined,
};

function memoryRecord(
  { serde }: Work,
  { memory }: Once,
  partition: number,
  event: SeenEvent,
): OutgoingRecord {
  const value = serde.encode(memory, event);
  return { topic: memory.name, key: Buffer.from(event.id), value, partition };
}

function entryOf(event: EventIdentity, message: Message, seenAt: number): SeenEvent {
  return { ...event, input: sourceOf(message), seenAt };
}

/**
 * Looks a message up in the memory. What a crash leaves behind: the entry is in the transaction of
 * the first chunk, so either both are there or neither; a message that goes on behind a cursor
 * finds its own entry, which is no repeat.
 */
export function openOnce(work: Work, message: Message): Sight {
  const { processor, seen, context } = work;
  const { once } = processor;
  const event = once?.eventOf(message) ?? null;
  if (!once || !seen || event === null) return unremembered;
  const meant = once.isMeant(message);
  const atMs = once.scope === 'partition' ? message.timestampMs : (work.nowMs?.() ?? 0);
  const known = meant ? undefined : seen.find(event.id, atMs);
  if (known && !once.isSame(message, known)) {
    if (known.digest === event.digest) return { kind: 'repeat' };
    return { kind: 'reused', steps: once.reused(message, known) };
  }
  const entry = entryOf(event, message, atMs);
  const note = () => seen.note(entry, { anew: meant });
  if (once.scope === 'everywhere') {
    const begins = (output: Output) => once.begins.some(({ name }) => name === output.topic.name);
    return {
      kind: 'first',
      remembering: (job) => job,
      noteOutput: (output) => void (begins(output) && note()),
    };
  }
  note();
  let unwritten = context.resumeAfter === null;
  return {
    kind: 'first',
    noteOutput: () => undefined,
    remembering: (job) => ({
      fill(sink) {
        if (unwritten) sink.add(memoryRecord(work, once, message.partition, entry));
        unwritten = false;
        return job.fill(sink);
      },
    }),
  };
}
