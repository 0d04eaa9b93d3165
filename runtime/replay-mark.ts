import type { KafkaRecord } from './kafka/record.ts';

/** The header that every record of a replay carries, whatever its value. */
export const replayHeader = 'vestnik-replay';

/** True when a record came out of a replay. Case does not matter: a doubt counts as a yes. */
export function isReplayed({ headers }: Pick<KafkaRecord, 'headers'>): boolean {
  return headers.some(([name]) => name.toLowerCase() === replayHeader);
}
