import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { openEmailChannel } from '../../../connectors/email/channel.ts';
import type { Notification } from '../../../schemas/generated/records.ts';
import { sendBy } from './vendors.ts';

/** Sends notifications through the e-mail channel and answers each mail as it was on the wire. */
export async function openMailCatcher(): Promise<(sent: Notification) => Promise<Buffer>> {
  let caught: Buffer = Buffer.alloc(0);
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        caught = Buffer.concat(chunks);
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const channel = openEmailChannel({
    config: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'Вестник <news@vestnik.example>' },
    maxConnections: 1,
  });
  onTestFinished(async () => {
    channel.close();
    const closed = once(server.server, 'close');
    server.close();
    await closed;
  });
  return async (sent) => {
    const result = await sendBy(channel, sent);
    if (result.kind !== 'accepted') throw new Error(`the mail was not taken: ${result.kind}`);
    return caught;
  };
}
