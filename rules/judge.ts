import { chars, tooLarge } from '../runtime/measured.ts';
import { inForm } from '../runtime/store/word-table.ts';
import { describeUnreadable, type Found, isUnreadable, type Row } from '../runtime/table.ts';
import type {
  Channel,
  DecisionReason,
  NotifyCommand,
  Preference,
  Suppression,
  User,
} from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';

/** Someone who exists, and what they want. */
export type Recipient = {
  readonly row: Row<User>;
  readonly preference: Found<Preference> | undefined;
  readonly suppression: Found<Suppression> | undefined;
};

/** Why somebody gets nothing, as a decision says it. */
export type Objection = { readonly reason: DecisionReason; readonly detail: string | null };

/** A notification can be written to this address, or there is a reason against it. */
export type Verdict =
  | { readonly ok: true; readonly address: string }
  | ({ readonly ok: false } & Objection);

const no = (reason: DecisionReason, detail: string | null = null): Verdict => ({
  ok: false,
  reason,
  detail,
});

const unknownChannel = 'opted out of a channel that this release does not know';
const unknownEvent = 'opted out of a kind of event that this release does not know';

/** Where a channel reaches a person; null or empty where it does not. */
function addressOf(user: User, channel: Channel): string | null {
  switch (channel) {
    case 'email':
      return user.email;
    case 'sms':
      return user.phone;
    case 'messenger':
      return user.telegramChatId;
  }
}

/** What of a command decides who may get it. */
type Asked = Pick<NotifyCommand, 'eventType' | 'requestId'>;

/**
 * What a person has against a command on a channel. A symbol of a later release means that they
 * opted out of something that we cannot tell: it may be this, so it is taken as this.
 */
function objectionOf(
  preference: Preference | undefined,
  channel: Channel,
  { eventType }: Asked,
): Verdict | null {
  if (!preference) return null;
  const { optedOutChannels, optedOutEvents } = preference;
  if (optedOutChannels.includes(channel)) return no('optedOutChannel');
  if (optedOutEvents.includes(eventType)) return no('optedOutEvent');
  if (optedOutChannels.includes('unknown')) return no('optedOutChannel', unknownChannel);
  if (optedOutEvents.includes('unknown')) return no('optedOutEvent', unknownEvent);
  return null;
}

/** Whether someone may be written to on a channel. The first reason against it is the one told. */
export function judge(recipient: Recipient, channel: Channel, command: Asked): Verdict {
  const user = recipient.row.value;
  if (!user.channels.includes(channel)) return no('channelNotChosen');
  const { preference: wishes, suppression } = recipient;
  // What cannot be read might forbid it.
  if (isUnreadable(wishes)) return no('rowUnreadable', describeUnreadable(wishes));
  if (isUnreadable(suppression)) return no('rowUnreadable', describeUnreadable(suppression));
  const opposed = objectionOf(wishes?.value, channel, command);
  if (opposed) return opposed;
  const address = addressOf(user, channel);
  if (address === null || address === '') return no('noAddress');
  const suppressed = suppression?.value.addresses.find(
    (each) =>
      (each.channel === channel || each.channel === 'unknown') &&
      // Two ways of writing one address (RFC 6532, 3.1): which of them bounced makes no difference.
      inForm('nfc', each.address) === inForm('nfc', address),
  );
  if (suppressed) return no('suppressedAddress', suppressed.reason);
  const large = tooLarge('the user', [
    chars('fullName', user.fullName, limits.nameChars),
    chars(`the address for ${channel}`, address, limits.addressChars),
  ]);
  if (large !== null) return no('tooLarge', large);
  return { ok: true, address };
}

/**
 * Whether a verdict is worth a decision. A channel that a person did not choose is only so when an
 * administrator asked for it; for events it is simply not theirs.
 */
export const isTold = ({ reason }: Objection, { requestId }: Asked): boolean =>
  reason !== 'channelNotChosen' || requestId !== null;
