import type { OutgoingRecord } from '../runtime/kafka/record.ts';
import type { Output } from '../runtime/processor.ts';
import type { JoinedTable } from '../runtime/table.ts';
import type { NotifyCommand, Preference, Suppression, User } from '../schemas/generated/records.ts';
import type { Topic } from '../schemas/topics.ts';

/** A command for many people, and all that its fan-out may look at. */
export type FanOutJob = {
  readonly command: NotifyCommand;
  readonly lane: 'direct' | 'bulk';
  readonly context: {
    readonly tables: {
      readonly users: JoinedTable<User>;
      readonly preferences: JoinedTable<Preference>;
      readonly suppressions: JoinedTable<Suppression>;
    };
    readonly resumeAfter: string | null;
    partitionsOf(topic: Topic): number;
    frameOf(topic: Topic): Buffer;
    encode(output: Output): OutgoingRecord;
  };
};
