import { v5 } from 'uuid';
import type { Channel } from '../../schemas/generated/records.ts';

/**
 * The name space of all request ids that a client's key makes. Never change it: a retry must get
 * the id of its first try (RFC 9562, section 5.5).
 */
const requestNamespace = 'f2f6a1c4-3f0b-5f0e-8a55-0d5b1c6e7a90';

/** What makes a repeated request the same one. Keys of different API keys never meet. */
type RequestIdentity = {
  /** The id of an identity; of a key in API_KEYS its name. */
  readonly askerId: string;
  readonly channel: Channel;
  readonly idempotencyKey: string;
};

/** UUID v5 of API key, channel and idempotency key. As JSON, so that no two lists look alike. */
export function requestIdOf({ askerId, channel, idempotencyKey }: RequestIdentity): string {
  return v5(JSON.stringify([askerId, channel, idempotencyKey]), requestNamespace);
}

/** The same of an announcement's part; one list is longer than the other, so they never meet. */
export function announcedIdOf({ askerId, channel, idempotencyKey }: RequestIdentity): string {
  const name = ['announcement', askerId, channel, idempotencyKey];
  return v5(JSON.stringify(name), requestNamespace);
}

/** The id of a test's event. */
export function testIdOf(of: {
  readonly askerId: string;
  readonly templateId: string;
  readonly idempotencyKey: string;
}): string {
  const name = ['test', of.askerId, of.templateId, of.idempotencyKey, ''];
  return v5(JSON.stringify(name), requestNamespace);
}
