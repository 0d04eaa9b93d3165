import type { Notification } from '../schemas/generated/records.ts';

/**
 * The closed answer of every vendor. Codes are the vendor's own; reasons are sentences of ours,
 * because what a vendor says often quotes the address. A new kind breaks the build where it is
 * not handled.
 */
export type SendResult =
  /** The vendor took it over. `providerId` is its id for callbacks and for its support. */
  | { readonly kind: 'accepted'; readonly providerId: string | null }
  /** Refused for good: the same message to the same address will be refused again. */
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string }
  /** Refused for now, and surely not sent. To be tried again, a bounded number of times. */
  | {
      readonly kind: 'throttled';
      readonly code: string;
      readonly reason: string;
      readonly retryAfterMs: number;
    }
  /** The vendor is not there, so the message surely did not go out. The lane waits for it. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly reason: string }
  /** It may have gone out: the guarantee of the channel decides, and the journal remembers. */
  | { readonly kind: 'unknown'; readonly code: string; readonly reason: string }
  /** The vendor refuses us, not the message: all would fail alike until someone corrects it. */
  | { readonly kind: 'misconfigured'; readonly code: string; readonly reason: string };

/** One vendor: a way to reach people. */
export type Channel = {
  /**
   * Tries once to hand a notification over. Never rejects. The signal is aborted when nobody
   * waits any longer; the answer is then `unknown` unless nothing can have been written.
   */
  send(notification: Notification, signal: AbortSignal): Promise<SendResult>;
  /** Closes idle connections; to be called when nothing is being sent. */
  close(): void;
};

/** How long a channel waits, milliseconds. */
export type Timeouts = {
  /** For a connection to be up, TLS included: longer, and the message surely did not go out. */
  readonly connectMs: number;
  /** For an answer once connected: longer, and the message may have gone out. */
  readonly answerMs: number;
};

/**
 * Together they stay below the deadline of a send (deliver.ts), so that the more exact finding of
 * the channel comes first. Shorter ones would call slow vendors unknown, and an SMS would be lost.
 */
export const usualTimeouts: Timeouts = { connectMs: 4000, answerMs: 10_000 };

/**
 * An answer is some hundred bytes of JSON; more is none. Without a bound, a door that answers
 * without end would take the memory of the process, and all lanes with it.
 */
export const maxAnswerBytes = 64 * 1024;
