import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Channel, SendResult, Timeouts } from '../../../connectors/channel.ts';
import { openEmailChannel } from '../../../connectors/email/channel.ts';
import { openMessengerChannel } from '../../../connectors/messenger/channel.ts';
import { openSmsChannel } from '../../../connectors/sms/channel.ts';
import type { Fault } from '../../../dev/inbox/faults.ts';
import type { Inbox } from '../../../dev/inbox/inbox.ts';
import type { Notification } from '../../../schemas/generated/records.ts';
import {
  ACCOUNT_SID,
  firstMessageIn,
  messagesIn,
  openInbox,
  script,
} from '../inbox/opened-inbox.ts';
import { notification } from './notification.ts';

/** Where the vendors are. */
type Doors = Pick<Inbox, 'smtpUrl' | 'twilioBaseUrl' | 'telegramApiRoot'>;

type Subject = {
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
const unconnected: Timeouts = { connectMs: 300, answerMs: 10_000 };
const deadlineMs = 300;
const slow: Fault = { kind: 'slow', delayMs: 3_600_000 };

const subjects: readonly Subject[] = [
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

function opened(subject: Subject, doors: Doors, timeouts = impatient): Channel {
  const channel = subject.open(doors, timeouts);
  onTestFinished(() => channel.close());
  return channel;
}

const sendBy = (channel: Channel, each: Notification) =>
  channel.send(each, AbortSignal.timeout(deadlineMs * 10));

/** Sends one notification into an inbox that plays a fault. */
async function sendInto(subject: Subject, fault: Fault) {
  const inbox = await openInbox();
  await script(inbox, { channel: subject.name, fault });
  const result = await sendBy(opened(subject, inbox), subject.notification);
  return { inbox, result };
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

function expectNoAddress(result: SendResult, { address }: Notification): void {
  expect(JSON.stringify(result)).not.toContain(address);
}

describe.each(subjects)('the $name channel', (subject) => {
  it('hands one message over and tells the vendor’s id', async () => {
    const inbox = await openInbox();
    const result = await sendBy(opened(subject, inbox), subject.notification);
    expect(result).toEqual({ kind: 'accepted', providerId: expect.stringMatching(/.+/) });
    const messages = await messagesIn(inbox);
    expect(messages.map(({ channel, to }) => [channel, to])).toEqual([
      [subject.name, subject.notification.address],
    ]);
  });

  it('is rejected for good', async () => {
    const { inbox, result } = await sendInto(subject, subject.refusal);
    expect(result.kind).toBe('rejected');
    expectNoAddress(result, subject.notification);
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('is told to wait', async () => {
    const { result } = await sendInto(subject, { kind: 'throttled', retryAfterMs: 7000 });
    const known = subject.name === 'email' ? 60_000 : 7000;
    expect(result).toMatchObject({ kind: 'throttled', retryAfterMs: known });
  });

  it('is refused as a stranger', async () => {
    const { result } = await sendInto(subject, subject.stranger);
    expect(result.kind).toBe('misconfigured');
  });

  it('does not know whether it went out when the connection is cut after it', async () => {
    const { inbox, result } = await sendInto(subject, { kind: 'accept-then-drop' });
    expect(result.kind).toBe('unknown');
    expectNoAddress(result, subject.notification);
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it('does not know that either when a connection is cut that served before', async () => {
    const inbox = await openInbox();
    const channel = opened(subject, inbox);
    expect(await sendBy(channel, subject.notification)).toMatchObject({ kind: 'accepted' });
    await script(inbox, { channel: subject.name, fault: { kind: 'accept-then-drop' } });
    expect(await sendBy(channel, subject.notification)).toMatchObject({ kind: 'unknown' });
    expect(await messagesIn(inbox)).toHaveLength(2);
  });

  it('does not know whether it went out when no answer comes in time', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: subject.name, fault: slow });
    const channel = opened(subject, inbox);
    const signal = AbortSignal.timeout(deadlineMs);
    expect(await channel.send(subject.notification, signal)).toMatchObject({ kind: 'unknown' });
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it('surely did not go out when nobody listens', async () => {
    const port = await closedPort();
    const url = `http://127.0.0.1:${port}`;
    const doors = { smtpUrl: `smtp://127.0.0.1:${port}`, twilioBaseUrl: url, telegramApiRoot: url };
    const result = await sendBy(opened(subject, doors), subject.notification);
    expect(result.kind).toBe('unavailable');
  });

  it('goes on after every failure', async () => {
    const inbox = await openInbox();
    const channel = opened(subject, inbox);
    for (const fault of [subject.refusal, { kind: 'accept-then-drop' } as const]) {
      await script(inbox, { channel: subject.name, fault });
      await sendBy(channel, subject.notification);
    }
    expect(await sendBy(channel, subject.notification)).toMatchObject({ kind: 'accepted' });
  });

  it('sends many at once, each of them once', async () => {
    const inbox = await openInbox();
    const channel = opened(subject, inbox);
    const many = Array.from({ length: 20 }, () => subject.notification);
    const results = await Promise.all(many.map((each) => sendBy(channel, each)));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    expect(await messagesIn(inbox)).toHaveLength(many.length);
  });
});

describe('a port that takes connections and stays silent', () => {
  it.each(subjects)('$name: the message surely did not go out', async (subject) => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const url = `https://127.0.0.1:${port}`;
    const doors = { smtpUrl: `smtp://127.0.0.1:${port}`, twilioBaseUrl: url, telegramApiRoot: url };
    const channel = opened(subject, doors, unconnected);
    const { signal } = new AbortController();
    expect(await channel.send(subject.notification, signal)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('a mail server that hangs up', () => {
  /** Answers each command with its line; without one, it hangs up. */
  async function scripted(replies: Readonly<Record<string, string>>): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 ready\r\n');
      socket.on('data', (data) => {
        const reply = replies[data.toString().slice(0, 4)];
        if (reply) socket.write(`${reply}\r\n`);
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }
  const greeted = { EHLO: '250 hello' };
  const sender = { ...greeted, MAIL: '250 ok' };
  const recipient = { ...sender, RCPT: '250 ok' };
  const content = { ...recipient, DATA: '354 go on' };

  it.each([
    ['before the sender', greeted, 'unavailable'],
    ['at the recipient', sender, 'unavailable'],
    ['before the content', recipient, 'unavailable'],
    ['within the content', content, 'unknown'],
  ])('%s', async (_when, replies, kind) => {
    const smtpUrl = await scripted(replies);
    const [email] = subjects as readonly [Subject];
    const channel = opened(email, { smtpUrl, twilioBaseUrl: '', telegramApiRoot: '' });
    expect((await sendBy(channel, email.notification)).kind).toBe(kind);
  });
});

describe('what arrives', () => {
  const [email, sms, messenger] = subjects as readonly [Subject, Subject, Subject];

  it('is a mail in text and HTML with the id of the notification', async () => {
    const inbox = await openInbox();
    await sendBy(opened(email, inbox), email.notification);
    const { notificationId, body, subject } = email.notification;
    expect(await firstMessageIn(inbox)).toMatchObject({
      from: '"Вестник" <news@vestnik.example>',
      subject,
      text: expect.stringContaining('Уважаемая Анна, вышла серия: Брат & сестра'),
      html: expect.stringContaining(body),
      headers: {
        to: '"Анна Каренина" <anna@example.com>',
        'message-id': `<${notificationId}@vestnik.example>`,
        'x-notification-id': notificationId,
        'content-type': expect.stringMatching(/^multipart\/alternative/),
      },
    });
  });

  it('is an SMS with the text as it is', async () => {
    const inbox = await openInbox();
    await sendBy(opened(sms, inbox), sms.notification);
    const { body } = sms.notification;
    expect(await firstMessageIn(inbox)).toMatchObject({ from: '+15005550006', text: body });
  });

  it('is a message in HTML', async () => {
    const inbox = await openInbox();
    await sendBy(opened(messenger, inbox), messenger.notification);
    const { body } = messenger.notification;
    expect(await firstMessageIn(inbox)).toMatchObject({
      html: body,
      text: 'Уважаемая Анна, вышла серия: Брат & сестра',
    });
  });
});

describe('an address that is a trick', () => {
  const evil = 'evil@example.org';
  const mails = [
    `anna@example.com\r\nBcc: ${evil}`,
    `anna@example.com, ${evil}`,
    `anna@example.com ${evil}`,
    `anna@example.com(${evil})`,
    `"${evil}"@example.com`,
    `Anna <${evil}>`,
    `anna@example.com>\r\nRCPT TO:<${evil}`,
    'anna',
    '',
  ];
  const phones = [
    'whatsapp:+79160000001',
    '+7916',
    '+79160000001,+79160000002',
    '+7916000000\r\n1',
  ];
  const chats = ['1001,1002', '1001\n', '', '@a b'];
  const tricks = [mails, phones, chats].flatMap((addresses, index) =>
    addresses.map((address) => ({ subject: subjects[index] as Subject, address })),
  );

  it.each(tricks)('$subject.name $address', async ({ subject, address }) => {
    const inbox = await openInbox();
    const result = await sendBy(opened(subject, inbox), { ...subject.notification, address });
    expect(result).toMatchObject({ kind: 'rejected', code: 'ADDRESS' });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('cannot hide in the name or the subject of a mail either', async () => {
    const inbox = await openInbox();
    const [email] = subjects as readonly [Subject];
    const trick = `Анна\r\nBcc: ${evil}`;
    await sendBy(opened(email, inbox), {
      ...email.notification,
      recipientName: `${trick}\u0000" <${evil}>`,
      subject: trick,
    });
    const messages = await messagesIn(inbox);
    expect(messages.map(({ to }) => to)).toEqual(['anna@example.com']);
    expect(messages[0]?.headers).not.toHaveProperty('bcc');
  });
});
