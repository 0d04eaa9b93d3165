import type { Channel } from '../../schemas/generated/records.ts';

/** How many messages each vendor takes in a second; of SMS, parts. Settings say it. */
export type VendorPace = Readonly<Record<Channel, number>>;

/** How long a vendor takes for so many messages at its pace, in whole seconds. Pure. */
export const sendingSeconds = (messages: number, perSecond: number): number =>
  Math.ceil(messages / perSecond);
