import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SendResult } from '../../../connectors/channel.ts';
import type { Fault } from '../../../dev/inbox/faults.ts';
import type { Notification } from '../../../schemas/generated/records.ts';
import { firstMessageIn, messagesIn, openInbox, script } from '../inbox/opened-inbox.ts';
import { deadlineMs, opened, type Subject, sendBy, subjects, unconnected } from './vendors.ts';

const slow: Fault = { kind: 'slow', delayMs: 3_600_000 };

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
