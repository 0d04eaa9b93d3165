import { describe, expect, it } from 'vitest';
import { messagesIn, openInbox } from '../inbox/opened-inbox.ts';
import { opened, type Subject, sendBy, subjects } from './vendors.ts';

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
