import { Readable } from 'node:stream';
import { compile } from 'html-to-text';
import { createTransport } from 'nodemailer';
import type { Config } from '../../runtime/config.ts';
import { VestnikError } from '../../runtime/errors.ts';
import type { Notification } from '../../schemas/generated/records.ts';
import { type Channel, type Timeouts, usualTimeouts } from '../channel.ts';
import { isSingleAddress, parseMailbox } from './address.ts';
import { classify } from './classify.ts';

/** Text stays readable in the narrowest client; RFC 5322 section 2.1.1 advises 78. */
const wrapColumns = 78;
/** Rendered bodies are some KiB. Beyond this only the HTML part is whole. */
const maxTextInputLength = 1024 * 1024;

const toText = compile({
  wordwrap: wrapColumns,
  limits: { maxInputLength: maxTextInputLength },
  selectors: [
    { selector: 'img', format: 'skip' },
    // The package would shout every heading in capitals.
    ...['h1', 'h2', 'h3'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** A name goes into one header line; nodemailer encodes the rest. */
const oneLine = (text: string) => text.replace(/\p{Cc}+/gu, ' ').trim();

/**
 * SMTP over a pool of connections. The Message-ID is made of the notification's id, so that a
 * second attempt is recognised as the same mail by whoever collapses duplicates.
 */
export function openEmailChannel(options: {
  readonly config: Config['email'];
  readonly maxConnections: number;
  readonly timeouts?: Timeouts;
}): Channel {
  const { config, maxConnections, timeouts = usualTimeouts } = options;
  const from = parseMailbox(config.from);
  if (!from) throw new VestnikError('CONFIG_INVALID', 'EMAIL_FROM is not Name <address>');
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const transport = createTransport({
    url: config.smtpUrl,
    pool: true,
    maxConnections,
    // Only a pooled connection that died idle leads to it, before the mail had begun. More would
    // hide a server that is down.
    maxRequeues: 1,
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    socketTimeout: timeouts.answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const messageIdOf = (notificationId: string) => `<${notificationId}@${domain}>`;
  // nodemailer has one name for every lost connection. What counts is whether the content was
  // asked for: the generator begins when the first byte is wanted, not before. Sends under way
  // differ in their ids, because they are for different people.
  const begun = new Set<string>();
  transport.use('stream', (mail, done) => {
    mail.message.processFunc((content: Readable) => {
      async function* read() {
        begun.add(mail.data.messageId ?? '');
        yield* content;
      }
      return Readable.from(read(), { objectMode: false });
    });
    done();
  });

  const mailOf = ({ notificationId, address, recipientName, subject, body }: Notification) => ({
    from,
    to: { name: oneLine(recipientName), address },
    subject: oneLine(subject ?? ''),
    text: toText(body),
    html: body,
    messageId: messageIdOf(notificationId),
    headers: { 'X-Notification-Id': notificationId },
  });

  return {
    async send(notification, signal) {
      if (!isSingleAddress(notification.address)) {
        return { kind: 'rejected', code: 'ADDRESS', reason: 'it is not one plain mail address' };
      }
      const messageId = messageIdOf(notification.notificationId);
      try {
        await transport.sendMail({ ...mailOf(notification), signal });
        return { kind: 'accepted', providerId: messageId };
      } catch (error) {
        return classify(error, { contentBegun: begun.has(messageId) });
      } finally {
        begun.delete(messageId);
      }
    },
    close: () => transport.close(),
  };
}
