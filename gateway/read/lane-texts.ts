import type { KafkaClient } from '../../runtime/kafka/client.ts';
import { readRecordAt } from '../../runtime/kafka/record-at.ts';
import type { Serde } from '../../runtime/serde.ts';
import type { Channel, Notification } from '../../schemas/generated/records.ts';
import { lanes } from '../../schemas/topics.ts';

/** Where a fan-out wrote a notification: in the bulk lane of its channel. */
export type LanePlace = {
  readonly channel: Channel;
  readonly partition: number;
  readonly offset: number;
};

/** What a lane holds at a place. */
export type LaneText =
  | { readonly kind: 'found'; readonly notification: Notification }
  /** The lane is kept for some days only, or was made anew since. */
  | { readonly kind: 'notKept' }
  | { readonly kind: 'notReachable' };

/** Reads texts of fan-outs from where they lie. Answers in time, also without Kafka. */
export type LaneTexts = (place: LanePlace) => Promise<LaneText>;

/** Topics that are read so. */
export const textLanes = Object.values(lanes).map(({ bulk }) => bulk);

/** What lies at a place. Rejects when no broker answers, after whatever time that takes. */
export async function readLaneText(
  { kafka, serde }: { readonly kafka: KafkaClient; readonly serde: Serde },
  { channel, partition, offset }: LanePlace,
): Promise<LaneText> {
  const lane = lanes[channel].bulk;
  const record = await readRecordAt(kafka, { topic: lane.name, partition, offset });
  if (!record?.value) return { kind: 'notKept' };
  await serde.prepare([record.value]);
  const decoded = serde.decode(lane, record.value);
  return decoded.ok ? { kind: 'found', notification: decoded.value } : { kind: 'notKept' };
}
