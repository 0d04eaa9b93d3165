import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { Config } from '../../runtime/config.ts';
import { VestnikError } from '../../runtime/errors.ts';
import { boundedLine, oneLine } from '../../runtime/shown-text.ts';
import { textOfHtml } from '../../runtime/text-of-html.ts';
import type { Notification } from '../../schemas/generated/records.ts';
import { type Channel, type Timeouts, usualTimeouts } from '../channel.ts';
import { isSingleAddress, parseMailbox } from './address.ts';
import { classify } from './classify.ts';
import { encodedWords, encodeLookalikeName, looksEncoded } from './header.ts';

/** A line of the header must end within 998 bytes (RFC 5322, 2.1.1); nobody reads so far. */
const maxNameChars = 100;

/** What goes into the header and the parts of a mail; words were cleaned when rendered. */
function contentOf({ notificationId, address, recipientName, subject, body }: Notification) {
  const line = oneLine(subject ?? '');
  return {
    to: { name: boundedLine(oneLine(recipientName), maxNameChars), address },
    // nodemailer would hand plain ASCII that looks encoded on as if it were.
    subject: looksEncoded(line) ? encodedWords(line) : line,
    // nodemailer leaves an empty part out, and who reads text alone would be shown nothing.
    text: textOfHtml(body) || line || ' ',
    html: body,
    headers: { 'X-Notification-Id': notificationId, 'Auto-Submitted': 'auto-generated' },
  };
}

/** The same; null where none can be made of it, which is the mail's fault and no server's. */
function contentIn(notification: Notification) {
  try {
    return contentOf(notification);
  } catch {
    return null;
  }
}

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
    const { to } = mail.data;
    if (typeof to === 'object' && 'name' in to) encodeLookalikeName(mail.message, to);
    mail.message.processFunc((content: Readable) => {
      async function* read() {
        begun.add(mail.data.messageId ?? '');
        yield* content;
      }
      return Readable.from(read(), { objectMode: false });
    });
    done();
  });

  return {
    async send(notification, signal) {
      if (!isSingleAddress(notification.address)) {
        return { kind: 'rejected', code: 'ADDRESS', reason: 'it is not one plain mail address' };
      }
      const content = contentIn(notification);
      if (!content) {
        return { kind: 'rejected', code: 'CONTENT', reason: 'no mail can be made of its text' };
      }
      const messageId = messageIdOf(notification.notificationId);
      try {
        await transport.sendMail({ ...content, from, messageId, signal });
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
