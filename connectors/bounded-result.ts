import { boundedLine, oneLine } from '../runtime/shown-text.ts';
import { limits } from '../schemas/limits.ts';
import type { SendResult } from './channel.ts';

/** What a vendor says is only typed by hope, so nothing is taken for what its type says. */
type Anything = Readonly<Record<string, unknown>>;

/** A text, or a number as text, in one line; null for all else. */
function wordOf(value: unknown, maxChars: number): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? boundedLine(oneLine(value), maxChars) : null;
}

/** A wait, whole and from nothing to a day; where there is none to be read, nothing. */
function waitMsOf(value: unknown): number {
  const ms = typeof value === 'number' && !Number.isNaN(value) ? value : 0;
  return Math.ceil(Math.max(0, Math.min(ms, limits.retryAfterMs)));
}

/**
 * An answer as the journal can hold it, whatever a vendor put into it: each field of its type and
 * within its limit, texts in one line. Without this, one answer that cannot be encoded would end
 * its lane, and again after each start.
 */
export function boundedResult(result: SendResult): SendResult {
  const { providerId, code, reason, retryAfterMs } = result as Anything;
  const words = {
    code: wordOf(code, limits.vendorCodeChars) ?? '',
    reason: wordOf(reason, limits.detailChars) ?? '',
  };
  switch (result.kind) {
    case 'accepted':
      return { kind: result.kind, providerId: wordOf(providerId, limits.vendorIdChars) };
    case 'throttled':
      return { kind: result.kind, ...words, retryAfterMs: waitMsOf(retryAfterMs) };
    case 'rejected':
    case 'unavailable':
    case 'unknown':
    case 'misconfigured':
      return { kind: result.kind, ...words };
  }
}
