import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { opened, type Subject, sendBy, subjects } from './vendors.ts';

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
