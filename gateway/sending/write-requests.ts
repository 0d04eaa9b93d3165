import type { NotificationRequested } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import type { QuotaCheck } from '../credentials/quotas.ts';
import type { Identity } from '../http/identity.ts';
import { notNow, type Problem } from '../http/problem.ts';
import { type GatewayRecord, type Publish, type Published, recordOf } from '../write/publisher.ts';

/** Where to ask what became of a request. */
export const statusUrlOf = (requestId: string): string => `/api/v1/requests/${requestId}`;

/** What a client is told when the records are not surely in Kafka. */
function problemOf(
  published: Exclude<Published, { kind: 'acknowledged' }>,
  requests: readonly NotificationRequested[],
  repeatable: boolean,
): Problem {
  switch (published.kind) {
    case 'busy':
      return notNow('Too many requests wait for Kafka. Nothing was written; try again later.');
    case 'unknown': {
      const asked = requests.map(({ requestId }) => statusUrlOf(requestId)).join(' and ');
      const advice = repeatable
        ? 'It is safe to repeat it with the same Idempotency-Key.'
        : `Without an Idempotency-Key a second try is a second request: first ask ${asked}.`;
      const detail = `Kafka did not answer in time: the request may be written or not. ${advice}`;
      return notNow(detail, { request_id: requests[0]?.requestId });
    }
  }
}

/** How many are written to at most; an announcement's people count once for each channel. */
function quotaOf(requests: readonly NotificationRequested[]): Parameters<Quota>[1] {
  if (requests.some(({ audience }) => audience !== null)) return 'audience';
  return { listed: requests.reduce((sum, { userIds }) => sum + userIds.length, 0) };
}

type Quota = QuotaCheck['notifications'];

/** Writes requests, as far as the quota goes; null when all replicas have all of them. */
export async function writeRequests(
  requests: readonly NotificationRequested[],
  options: {
    readonly asker: Identity;
    readonly quotas: QuotaCheck;
    readonly publish: Publish;
    /** They have ids of the client's key, so that a second try is not a second request. */
    readonly repeatable: boolean;
    /** What is written with them, or not at all, as that somebody did it. */
    readonly also?: readonly GatewayRecord[];
  },
): Promise<Problem | null> {
  const { asker, quotas, publish, repeatable, also = [] } = options;
  const over = await quotas.notifications(asker, quotaOf(requests));
  if (over) return over;
  const topic = topics.notificationRequested;
  const records = requests.map((each) => recordOf(topic, each.requestId, each));
  const published = await publish([...records, ...also]);
  return published.kind === 'acknowledged' ? null : problemOf(published, requests, repeatable);
}
