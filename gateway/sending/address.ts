import type { Channel } from '../../schemas/generated/records.ts';

/**
 * What an address looks like that somebody types: one, without a name, a list or white space. The
 * connector looks again, and more closely.
 */
const forms: Readonly<Record<Channel, { readonly pattern: RegExp; readonly says: string }>> = {
  email: { pattern: /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,190}$/u, says: 'a@b.c' },
  // E.164.
  sms: { pattern: /^\+[1-9]\d{6,14}$/, says: '+79161234567' },
  // A chat of Telegram.
  messenger: { pattern: /^(-?\d{1,20}|@\w{5,32})$/, says: 'the number of a chat' },
};

/** Why a channel cannot reach an address; null: it may. */
export function addressFault(channel: Channel, address: string): string | null {
  const { pattern, says } = forms[channel];
  return pattern.test(address) ? null : `is no address of ${channel}: write ${says}`;
}
