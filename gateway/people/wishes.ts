import { inForm } from '../../runtime/store/word-table.ts';
import type {
  Channel,
  Preference,
  SuppressedAddress,
  Suppression,
  UpstreamChannel,
  UpstreamEventType,
  User,
} from '../../schemas/generated/records.ts';
import { badRequest, notFound, type Outcome } from '../http/problem.ts';
import type { Person } from './person.ts';

/** Why an address is not to be used. Words of ours and not a text, for the audit keeps them. */
export const suppressionReasons = {
  bounced: 'hard bounce',
  complained: 'complaint',
  stopped: 'stopped by the person',
  wrongPerson: 'belongs to somebody else',
} as const;
export type SuppressionReason = keyof typeof suppressionReasons;

/** Why an address may be used again. */
export const liftReasons = ['askedByPerson', 'worksAgain', 'mistake'] as const;
export type LiftReason = (typeof liftReasons)[number];

/** What somebody does not want to get, as a whole. */
export type Wishes = {
  readonly optedOutChannels: readonly UpstreamChannel[];
  readonly optedOutEvents: readonly UpstreamEventType[];
};

/** The row of somebody's wishes. */
export function preferenceOf(userId: string, wishes: Wishes, updatedAt: number): Preference {
  return {
    userId,
    optedOutChannels: [...new Set(wishes.optedOutChannels)],
    optedOutEvents: [...new Set(wishes.optedOutEvents)],
    updatedAt,
  };
}

function currentAddress(user: User | null, channel: Channel): string | null {
  switch (channel) {
    case 'email':
      return user?.email ?? null;
    case 'sms':
      return user?.phone ?? null;
    case 'messenger':
      return user?.telegramChatId ?? null;
  }
}

/** Two ways of writing one address are one (RFC 6532, 3.1), as they are for whoever judges. */
const isSame = (one: SuppressedAddress, channel: string, address: string) =>
  one.channel === channel && inForm('nfc', one.address) === inForm('nfc', address);

/** A row to write in place of the one that is there; unchanged: nothing need be written. */
export type SuppressionChange = {
  readonly row: Suppression;
  readonly address: string;
  readonly unchanged: boolean;
};

/** Adds an address, by default the one that the person has now. Pure. */
export function suppressed(
  person: Person,
  asked: {
    readonly channel: Channel;
    readonly address: string | null;
    readonly reason: SuppressionReason;
  },
  since: number,
): Outcome<SuppressionChange> {
  const { channel, reason } = asked;
  const address = asked.address ?? currentAddress(person.user, channel);
  if (address === null || address === '') {
    const message = `is required: the person has none for ${channel} now`;
    return { ok: false, problem: badRequest({ field: 'address', message }) };
  }
  const { suppressions: before, id: userId } = person;
  const unchanged = before.some((each) => isSame(each, channel, address));
  const added = { channel, address, reason: suppressionReasons[reason], since };
  const addresses = unchanged ? before : [...before, added];
  return { ok: true, value: { row: { userId, addresses }, address, unchanged } };
}

/** Takes an address away. 404 when it is not suppressed. Pure. */
export function lifted(
  person: Person,
  asked: { readonly channel: UpstreamChannel; readonly address: string },
): Outcome<SuppressionChange> {
  const { suppressions: before, id: userId } = person;
  const { channel, address } = asked;
  const addresses = before.filter((each) => !isSame(each, channel, address));
  if (addresses.length === before.length) {
    const detail = `User ${userId} has no such suppressed address for ${channel}.`;
    return { ok: false, problem: notFound(detail) };
  }
  return { ok: true, value: { row: { userId, addresses }, address, unchanged: false } };
}
