import type { ArrivedMessage, Channel, InboxMessage } from './message.ts';

/** Enough for a demonstration to a room; a load test counts by `received`, not by reading. */
export const MAX_KEPT_MESSAGES = 2_000;

/**
 * 64 MiB. Messages may be up to a MiB each, so the count alone would not bound the memory; the
 * texts of an ordinary run stay far below it.
 */
const MAX_KEPT_BYTES = 64 * 1_024 * 1_024;

export type StoreState = {
  /** Grows with every arrival and every clearing, so that a reader can tell "nothing new". */
  readonly revision: number;
  /** The id of the last message that ever arrived; 0 before the first. */
  readonly newest: number;
  /** Since the start or the last clearing, whether still kept or not. */
  readonly received: number;
  /** Received, then pushed out by newer ones. */
  readonly dropped: number;
  /** Kept at this moment. */
  readonly counts: Readonly<Record<Channel, number>>;
};

export type MessageQuery = {
  readonly channel?: Channel;
  /** The recipient, compared without regard to case. */
  readonly to?: string;
  /** Looked for in recipient, sender, subject and text, without regard to case. */
  readonly search?: string;
};

/**
 * Keeps the newest messages in memory: at most `maxMessages`, at most `maxBytes`; the oldest go
 * first and are counted. The newest message is kept even if it alone is larger than `maxBytes`.
 */
export type MessageStore = {
  add(message: ArrivedMessage): InboxMessage;
  get(id: string): InboxMessage | undefined;
  /** Oldest first. */
  find(query: MessageQuery): InboxMessage[];
  clear(): void;
  state(): StoreState;
  /** Calls `listener` after each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
};

export function createMessageStore(options: {
  nowMs: () => number;
  maxMessages?: number;
  maxBytes?: number;
}): MessageStore {
  const { nowMs, maxMessages = MAX_KEPT_MESSAGES, maxBytes = MAX_KEPT_BYTES } = options;
  // A Map keeps the order of insertion, so its first key is the oldest message.
  const kept = new Map<string, { message: InboxMessage; bytes: number }>();
  const listeners = new Set<() => void>();
  const totals = { lastId: 0, revision: 0, received: 0, dropped: 0, bytes: 0 };

  function changed(): void {
    totals.revision += 1;
    for (const listener of listeners) listener();
  }

  function dropOldest(): void {
    for (const [id, { bytes }] of kept) {
      if (kept.size === 1 || (kept.size <= maxMessages && totals.bytes <= maxBytes)) return;
      kept.delete(id);
      totals.bytes -= bytes;
      totals.dropped += 1;
    }
  }

  return {
    add(arrived) {
      totals.lastId += 1;
      const id = String(totals.lastId);
      const message = { id, ...arrived, receivedAt: new Date(nowMs()).toISOString() };
      const bytes = bytesOf(message);
      kept.set(id, { message, bytes });
      totals.bytes += bytes;
      totals.received += 1;
      dropOldest();
      changed();
      return message;
    },
    get: (id) => kept.get(id)?.message,
    find: (query) => [...kept.values()].map(({ message }) => message).filter(matcherOf(query)),
    clear() {
      kept.clear();
      Object.assign(totals, { received: 0, dropped: 0, bytes: 0 });
      changed();
    },
    state: () => ({
      revision: totals.revision,
      newest: totals.lastId,
      received: totals.received,
      dropped: totals.dropped,
      counts: countsOf(kept.values()),
    }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function countsOf(kept: Iterable<{ message: InboxMessage }>): Record<Channel, number> {
  const counts = { email: 0, sms: 0, messenger: 0 };
  for (const { message } of kept) counts[message.channel] += 1;
  return counts;
}

/** UTF-16 bytes of the long fields: what V8 may hold at most; the rest is small beside them. */
function bytesOf(message: InboxMessage): number {
  const headers = Object.entries(message.headers).flat();
  const strings = [message.text, message.html ?? '', message.subject ?? '', ...headers];
  return strings.reduce((sum, text) => sum + text.length * Uint16Array.BYTES_PER_ELEMENT, 0);
}

/** A text as it is searched: in one case, and with accents written in one way. */
const comparable = (text: string) => text.normalize('NFC').toLowerCase();

function matcherOf({ channel, to, search }: MessageQuery): (message: InboxMessage) => boolean {
  const wantedTo = to?.toLowerCase();
  const wantedText = search && comparable(search);
  return (message) =>
    (channel === undefined || message.channel === channel) &&
    (wantedTo === undefined || message.to.toLowerCase() === wantedTo) &&
    (wantedText === undefined ||
      [message.to, message.from, message.subject, message.text].some((part) =>
        comparable(part ?? '').includes(wantedText),
      ));
}
