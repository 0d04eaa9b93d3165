import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import {
  arrivalOf,
  firstMessageIn,
  mailerTo,
  messagesIn,
  openInbox,
  rejectionOf,
  script,
} from './opened-inbox.ts';

const mail = {
  from: { name: 'Кинотеатр', address: 'news@vestnik.example.ru' },
  to: { name: 'Анна', address: 'anna@example.ru' },
  subject: 'Вышла новая серия «Сталкер» и ещё несколько слов, чтобы строка сложилась вдвое',
  text: 'Уважаемая Анна',
  html: '<p>Уважаемая <b>Анна</b></p>',
};

describe('a mail that is taken', () => {
  it('is kept as it was meant, headers included', async () => {
    const inbox = await openInbox();
    await mailerTo(inbox).sendMail({
      ...mail,
      headers: { 'List-Unsubscribe': '<https://example.ru/u>', 'X-Notification-Id': 'n-1' },
    });
    expect(await messagesIn(inbox, '?channel=email')).toEqual([
      {
        id: '1',
        channel: 'email',
        from: '"Кинотеатр" <news@vestnik.example.ru>',
        to: 'anna@example.ru',
        subject: mail.subject,
        text: expect.stringContaining('Уважаемая Анна'),
        html: expect.stringContaining(mail.html),
        headers: expect.objectContaining({
          subject: mail.subject,
          to: '"Анна" <anna@example.ru>',
          'list-unsubscribe': '<https://example.ru/u>',
          'x-notification-id': 'n-1',
          'content-type': expect.stringMatching(/^multipart\/alternative; boundary=/),
          date: expect.stringMatching(/\d{4} \d\d:\d\d:\d\d/),
        }),
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        smsParts: null,
      },
    ]);
  });

  it('has no HTML where none was sent', async () => {
    const inbox = await openInbox();
    await mailerTo(inbox).sendMail({ ...mail, html: undefined });
    expect(await firstMessageIn(inbox)).toMatchObject({ html: null });
  });

  it('is kept once for each recipient of the envelope, hidden ones too', async () => {
    const inbox = await openInbox();
    await mailerTo(inbox).sendMail({ ...mail, bcc: 'secret@example.ru' });
    const recipients = (await messagesIn(inbox)).map(({ to }) => to);
    expect(recipients.sort()).toEqual(['anna@example.ru', 'secret@example.ru']);
  });

  it('comes over a pooled connection with a password just as well', async () => {
    const inbox = await openInbox();
    const { default: nodemailer } = await import('nodemailer');
    const url = inbox.smtpUrl.replace('smtp://', 'smtp://user:password@');
    const pool = nodemailer.createTransport(`${url}?pool=true&maxConnections=3`);
    await Promise.all(Array.from({ length: 12 }, () => pool.sendMail(mail)));
    pool.close();
    expect(await messagesIn(inbox)).toHaveLength(12);
  });
});

describe('a mail that is refused', () => {
  it('is over the size limit: 552, and not kept', async () => {
    const inbox = await openInbox();
    const huge = { ...mail, text: 'x'.repeat(1_500_000) };
    expect(await rejectionOf(mailerTo(inbox).sendMail(huge))).toMatchObject({ responseCode: 552 });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('is over the size limit without having said so: 552 at its end, and not kept', async () => {
    const inbox = await openInbox();
    const replies = await dialogue(inbox.smtpUrl, [
      'EHLO test',
      'MAIL FROM:<a@example.ru>',
      'RCPT TO:<b@example.ru>',
      'DATA',
      `${'x'.repeat(76)}\r\n`.repeat(20_000) + '.',
    ]);
    expect(replies.at(-1)).toMatch(/^552 /);
    expect(await messagesIn(inbox)).toEqual([]);
  });
});

describe('a fault for e-mail', () => {
  it('refuses the recipient with the scripted reply, and the next mail passes', async () => {
    const inbox = await openInbox();
    await script(inbox, {
      channel: 'email',
      fault: { kind: 'status', status: 550, code: '5.1.1', message: 'No such mailbox' },
    });
    expect(await rejectionOf(mailerTo(inbox).sendMail(mail))).toMatchObject({
      code: 'EENVELOPE',
      responseCode: 550,
      response: expect.stringContaining('550 5.1.1 No such mailbox'),
    });
    expect(await messagesIn(inbox)).toEqual([]);
    await mailerTo(inbox).sendMail(mail);
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it('refuses at the end of the data when that stage is asked for', async () => {
    const inbox = await openInbox();
    await script(inbox, {
      channel: 'email',
      fault: { kind: 'status', status: 451, stage: 'data' },
    });
    expect(await rejectionOf(mailerTo(inbox).sendMail(mail))).toMatchObject({
      code: 'EMESSAGE',
      responseCode: 451,
    });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('ends the connection with 421, as servers do when they shut down', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'email', fault: { kind: 'status', status: 421 } });
    expect(await rejectionOf(mailerTo(inbox).sendMail(mail))).toMatchObject({ responseCode: 421 });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('throttles with 451 4.7.1 and whole seconds, rounded up', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'email', fault: { kind: 'throttled', retryAfterMs: 1_200 } });
    expect(await rejectionOf(mailerTo(inbox).sendMail(mail))).toMatchObject({
      responseCode: 451,
      response: expect.stringContaining('451 4.7.1 Too many messages, try again in 2 seconds'),
    });
  });

  it('keeps the mail and cuts the connection, so that the sender cannot know', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'email', fault: { kind: 'accept-then-drop' } });
    const error = await rejectionOf(mailerTo(inbox).sendMail(mail));
    expect(error).toMatchObject({ code: 'ECONNECTION' });
    expect(error).not.toHaveProperty('responseCode');
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it('is slow: the mail is there before the answer, which comes in the end', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'email', fault: { kind: 'slow', delayMs: 20 } });
    await mailerTo(inbox).sendMail(mail);
    await script(inbox, { channel: 'email', fault: { kind: 'slow', delayMs: 3_600_000 } });
    const unanswered = rejectionOf(mailerTo(inbox).sendMail(mail));
    await arrivalOf(inbox, 2);
    await inbox.close();
    expect(await unanswered).toMatchObject({ code: expect.stringMatching(/ECONNECTION|ESOCKET/) });
  });

  it('meets only the recipient it is meant for, once per attempt', async () => {
    const inbox = await openInbox();
    const fault = { kind: 'status', status: 450 } as const;
    await script(inbox, { channel: 'email', fault, to: 'BORIS@example.ru', times: 2 });
    const mailer = mailerTo(inbox);
    await mailer.sendMail(mail);
    const toBoris = { ...mail, to: 'boris@example.ru' };
    await rejectionOf(mailer.sendMail(toBoris));
    await rejectionOf(mailer.sendMail(toBoris));
    await mailer.sendMail(toBoris);
    const recipients = (await messagesIn(inbox)).map(({ to }) => to);
    expect(recipients).toEqual(['anna@example.ru', 'boris@example.ru']);
  });
});

/** Says each line after the reply to the one before; gives the last line of each reply. */
async function dialogue(smtpUrl: string, lines: readonly string[]): Promise<string[]> {
  const { hostname, port } = new URL(smtpUrl);
  const socket = connect(Number(port), hostname);
  const replies: string[] = [];
  const waiting = [...lines];
  for await (const line of createInterface({ input: socket })) {
    if (line.charAt(3) === '-') continue;
    replies.push(line);
    const next = waiting.shift();
    if (next === undefined) break;
    socket.write(`${next}\r\n`);
  }
  socket.destroy();
  return replies;
}
