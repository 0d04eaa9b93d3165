import type { Config } from '../runtime/config.ts';
import type { Channel as ChannelName } from '../schemas/generated/records.ts';
import type { Channel } from './channel.ts';
import { openEmailChannel } from './email/channel.ts';
import { openMessengerChannel } from './messenger/channel.ts';
import { openSmsChannel } from './sms/channel.ts';
import type { Guarantee } from './verdict.ts';

/** A channel as a role: what it promises and how hard it may press its vendor. */
export type Connector = {
  readonly name: ChannelName;
  readonly guarantee: Guarantee;
  /**
   * How many sends of one partition may be under way, which is also the size of a portion: the
   * most that a crash leaves in doubt. A rate limit that all partitions share is to come beside it.
   */
  readonly maxInFlight: number;
  /** Settings that in production must not be those of development, and what they are. */
  settings(config: Config): Readonly<Record<string, string>>;
  open(config: Config): Channel;
};

/** As many connections as a relay grants one client without question. */
const emailInFlight = 5;
/** Twilio queues what is too fast; more would only leave more in doubt after a crash. */
const smsInFlight = 10;
/** Telegram takes about 30 messages a second for each token, whoever sends them. */
const messengerInFlight = 3;

/** The channels, each with the lanes of its name. A second mail annoys; a second SMS is billed. */
export const connectors: readonly Connector[] = [
  {
    name: 'email',
    guarantee: 'atLeastOnce',
    maxInFlight: emailInFlight,
    settings: ({ email }) => ({ SMTP_URL: email.smtpUrl, EMAIL_FROM: email.from }),
    open: (config) => openEmailChannel({ config: config.email, maxConnections: emailInFlight }),
  },
  {
    name: 'sms',
    guarantee: 'atMostOnce',
    maxInFlight: smsInFlight,
    settings: ({ sms }) => ({
      TWILIO_ACCOUNT_SID: sms.accountSid,
      TWILIO_AUTH_TOKEN: sms.authToken,
      TWILIO_FROM: sms.from,
    }),
    open: (config) => openSmsChannel({ config: config.sms }),
  },
  {
    name: 'messenger',
    guarantee: 'atLeastOnce',
    maxInFlight: messengerInFlight,
    settings: ({ messenger }) => ({ TELEGRAM_BOT_TOKEN: messenger.botToken }),
    open: (config) => openMessengerChannel({ config: config.messenger }),
  },
];
