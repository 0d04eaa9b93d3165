import type { Preference, Suppression } from '../../schemas/generated/records.ts';
import { users } from './users.ts';

const changedAt = Date.parse('2026-01-10T09:30:00Z');

const preference = (userId: string, off: Partial<Preference>): Preference => ({
  userId,
  optedOutChannels: [],
  optedOutEvents: [],
  ...off,
  updatedAt: changedAt,
});

/** A few people who do not want everything. */
export const preferences: readonly Preference[] = [
  preference('8', { optedOutChannels: ['sms'] }),
  preference('12', { optedOutEvents: ['movieAdded'] }),
  preference('16', { optedOutEvents: ['episodeReleased'] }),
  preference('27', { optedOutChannels: ['email', 'sms'] }),
  preference('35', { optedOutEvents: ['commentReplied', 'movieAdded'] }),
];

function addressOf(userId: string, channel: 'email' | 'sms'): string {
  const user = users.find(({ id }) => id === userId);
  const address = channel === 'email' ? user?.email : user?.phone;
  if (!address) throw new Error(`sample user ${userId} has no address for ${channel}`);
  return address;
}

/** Addresses that must not be used again: one bounced, one asked us to stop. */
export const suppressions: readonly Suppression[] = [
  {
    userId: '28',
    addresses: [
      {
        channel: 'email',
        address: addressOf('28', 'email'),
        reason: 'hard bounce: 550 5.1.1 no such mailbox',
        since: changedAt,
      },
    ],
  },
  {
    userId: '24',
    addresses: [
      {
        channel: 'sms',
        address: addressOf('24', 'sms'),
        reason: 'answered STOP',
        since: changedAt,
      },
    ],
  },
];
