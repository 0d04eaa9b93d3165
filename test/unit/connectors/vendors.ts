import { onTestFinished } from 'vitest';
import type { Channel, Timeouts } from '../../../connectors/channel.ts';
import { openEmailChannel } from '../../../connectors/email/channel.ts';
import { openMessengerChannel } from '../../../connectors/messenger/channel.ts';
import { openSmsChannel } from '../../../connectors/sms/channel.ts';
import type { Fault } from '../../../dev/inbox/faults.ts';
import type { Inbox } from '../../../dev/inbox/inbox.ts';
import type { Notification } from '../../../schemas/generated/records.ts';
import { ACCOUNT_SID } from '../inbox/opened-inbox.ts';
import { notification } from './notification.ts';

/** Where the vendors are. */
export type Doors = Pick<Inbox, 'smtpUrl' | 'twilioBaseUrl' | 'telegramApiRoot'>;

export type Subject = {
  readonly name: 'email' | 'sms' | 'messenger';
  readonly open: (doors: Doors, timeouts: Timeouts) => Channel;
  readonly notification: Notification;
  /** The vendor's way to say: never to this address. */
  readonly refusal: Fault;
  /** The vendor's way to say: you are nobody. */
  readonly stranger: Fault;
};

/** Far longer than an inbox on the same machine needs, far shorter than its slow answers. */
const impatient: Timeouts = { connectMs: 2000, answerMs: 300 };
export const unconnected: Timeouts = { connectMs: 300, answerMs: 10_000 };
export const deadlineMs = 300;

export const subjects: readonly Subject[] = [
  {
    name: 'email',
    open: ({ smtpUrl }, timeouts) =>
      openEmailChannel({
        config: { smtpUrl, from: 'Вестник <news@vestnik.example>' },
        maxConnections: 2,
        timeouts,
      }),
    notification: notification(),
    refusal: { kind: 'status', status: 550, code: '5.1.1' },
    stranger: { kind: 'status', status: 535, code: '5.7.8' },
  },
  {
    name: 'sms',
    open: ({ twilioBaseUrl: baseUrl }, timeouts) =>
      openSmsChannel({
        config: { baseUrl, accountSid: ACCOUNT_SID, authToken: 'token', from: '+15005550006' },
        timeouts,
      }),
    notification: notification({ channel: 'sms', address: '+79160000001', body: 'Вышел «Брат»' }),
    refusal: { kind: 'status', status: 400, code: 21_610 },
    stranger: { kind: 'status', status: 401, code: 20_003 },
  },
  {
    name: 'messenger',
    open: ({ telegramApiRoot: apiRoot }, timeouts) =>
      openMessengerChannel({ config: { apiRoot, botToken: '77:secret' }, timeouts }),
    notification: notification({ channel: 'messenger', address: '1001', subject: null }),
    refusal: { kind: 'status', status: 403, message: 'Forbidden: bot was blocked by the user' },
    stranger: { kind: 'status', status: 401 },
  },
];

export function opened(subject: Subject, doors: Doors, timeouts = impatient): Channel {
  const channel = subject.open(doors, timeouts);
  onTestFinished(() => channel.close());
  return channel;
}

export const sendBy = (channel: Channel, each: Notification) =>
  channel.send(each, AbortSignal.timeout(deadlineMs * 10));
