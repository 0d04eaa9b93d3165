import type { ErrorCode } from '../../runtime/errors.ts';
import type { Channel, DecisionReason } from '../../schemas/generated/records.ts';
import type { Topic, ValueOf } from '../../schemas/topics.ts';

/** A record to be written: a row of a table, or an event. */
export type Written = {
  readonly topic: Topic;
  readonly key: string | null;
  /** A value of the topic's type, raw bytes as they are, or null to delete a row. */
  readonly value: unknown;
};

/** What must come out, as far as it matters; nothing else may come out for the same event. */
export type Expected =
  | {
      readonly kind: 'notification';
      readonly channel: Channel;
      readonly lane: 'direct' | 'bulk';
      readonly userId: string;
      readonly address: string;
      readonly subject: string | null;
      readonly body: string;
    }
  | {
      readonly kind: 'decision';
      readonly userId: string;
      readonly channel: Channel;
      readonly reason: DecisionReason;
    }
  | { readonly kind: 'dead-letter'; readonly code: ErrorCode };

/** One rule of the system: given rows, when an event happens, then exactly this comes out. */
export type Scenario = {
  readonly title: string;
  readonly given: readonly Written[];
  readonly when: readonly Written[];
  readonly then: readonly Expected[];
};

type Given = { given(...rows: readonly Written[]): When };
type When = { when(...events: readonly Written[]): Then };
type Then = { then(...expected: readonly Expected[]): Scenario };

/** Begins a scenario; reads as `scenario(title).given(rows).when(events).then(outputs)`. */
export function scenario(title: string): Given {
  return {
    given: (...given) => ({
      when: (...when) => ({
        // oxlint-disable-next-line unicorn/no-thenable -- given/when/then is what it reads as
        then: (...expected) => ({ title, given, when, then: expected }),
      }),
    }),
  };
}

/** A record of a topic, with the value that the topic's schema asks for. */
export function written<T extends Topic>(
  topic: T,
  key: string | null,
  value: ValueOf<T> | null,
): Written {
  return { topic, key, value };
}

/** Bytes as they are, for records that nobody can read. */
export function raw(topic: Topic, key: string | null, value: Buffer): Written {
  return { topic, key, value };
}

/** Nothing comes out: said aloud, so that an empty list is never an oversight. */
export const nothing: readonly Expected[] = [];
