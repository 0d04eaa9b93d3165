import fc from 'fast-check';
import { type ParsedMail, simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { audience } from '../../../processors/audience.ts';
import { notify } from '../../../processors/notify.ts';
import type { Channel, Notification, Template } from '../../../schemas/generated/records.ts';
import { lanes, topics } from '../../../schemas/topics.ts';
import { createDriver } from '../../driver/driver.ts';
import { openMailCatcher } from './mail-catcher.ts';

/** What a program, a terminal or a header would take for more than a letter. */
const controls = ['\0', '\u0007', '\b', '\u001b[31m', '\u007f', '\u0085', '\u009b', '\v', '\f'];
const lineEnds = ['\r', '\n', '\r\n', '\u2028', '\u2029', '\r\nBcc: all@example.com\r\n\r\n', '\t'];
const directions = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2069'];
const letters = [
  'Анна',
  'e\u0301',
  '👩‍👩‍👧',
  '🇷🇺',
  '王',
  'שלום',
  '\u200d',
  '\ufeff',
  '\ufffe',
  '\u{10ffff}',
];
const marks = [
  '<b>',
  '&lt;',
  '&#8232;',
  '&#1;',
  '{{x}}',
  '=?UTF-8?B?AAA=?=',
  '"',
  '\\',
  ' ',
  '.',
  ',',
];
const piece = fc.oneof(
  fc.constantFrom(...controls, ...lineEnds),
  fc.constantFrom(...directions, '\u2068'),
  fc.constantFrom(...letters, ...marks),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const words = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 8 }).map((all) => all.join('')) },
  { weight: 1, arbitrary: piece.map((each) => each.repeat(200).slice(0, 900).toWellFormed()) },
);

const world = fc.record({
  fullName: words,
  title: words,
  authorName: words,
  reply: words,
  comment: words,
  /** What may have got into a template beside words. */
  stray: fc
    .array(fc.constantFrom(...controls, '\r', '\u2028', '\u2029', '&#8232;', '&#1;', '&#133;'))
    .map((all) => all.join('')),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

const channels: readonly Channel[] = ['email', 'sms', 'messenger'];
const subject = 'О {{ movie_title }}: {{ reply_author_name }}, {{ user_full_name }}.';
const body =
  '«{{ user_full_name }}» ({{ reply_author_name }}): {{ reply_text }} / {{ comment_text }}!';
const templateFor = (channel: Channel, stray: string): Template => ({
  id: `t-${channel}`,
  version: 1,
  eventType: 'commentReplied',
  channel,
  locale: 'ru',
  texts: [{ locale: 'ru', subject: `${subject}${stray}`, body: `${body}${stray}` }],
  params: ['user_full_name', 'movie_title', 'reply_author_name', 'reply_text', 'comment_text'],
});

/** What the author of a comment gets when somebody replied to it, channel by channel. */
async function notificationsOf(each: World) {
  const { fullName, title, authorName, reply, comment, stray } = each;
  const driver = await createDriver([audience, notify]);
  for (const channel of channels)
    driver.table(topics.templates, `t-${channel}`, templateFor(channel, stray));
  driver.table(topics.users, 'anna', {
    id: 'anna',
    fullName,
    email: 'anna@example.com',
    phone: '+79160000001',
    telegramChatId: '1001',
    locale: 'ru',
    timeZone: null,
    channels: ['email', 'sms', 'messenger'],
    followedMovieIds: [],
    followedGenres: [],
  });
  const movie = { englishTitle: null, genres: [], year: 1997, description: null };
  driver.table(topics.movies, 'm1', { id: 'm1', title, ...movie });
  const written = { parentCommentId: null, createdAt: 0 };
  const said = { id: 'c1', movieId: 'm1', authorId: 'anna', text: comment, ...written };
  driver.table(topics.comments, 'c1', said);
  driver.send(topics.commentReplied, 'c2', {
    eventId: 'e1',
    commentId: 'c2',
    parentCommentId: 'c1',
    authorId: 'john',
    authorName,
    text: reply,
    repliedAt: 0,
  });
  return channels.map((channel): Notification => {
    const [found, ...others] = driver.outputs(lanes[channel].direct);
    if (found === undefined || others.length > 0) throw new Error(`not one for ${channel}`);
    return found;
  });
}

const unshown = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Cs}]/u;
const unshownInLine = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Whether what a text begins, of directions, it also ends, line by line and in order. */
function isBalanced(text: string): boolean {
  return text.split('\n').every((line) => {
    const open: string[] = [];
    for (const each of line.match(/[\u202a-\u202e\u2066-\u2069]/gu) ?? []) {
      if (each === '\u202c' || each === '\u2069') {
        if (open.pop() !== each) return false;
      } else open.push(each >= '\u2066' ? '\u2069' : '\u202c');
    }
    return open.length === 0;
  });
}

/** Outside of isolates nothing sets a direction: the words around a value stay where they are. */
function isIsolated(text: string): boolean {
  let depth = 0;
  for (const each of text.match(/[\u202a-\u202e\u2066-\u2069\n]/gu) ?? []) {
    if (each === '\u2069') depth -= 1;
    else if (/[\u2066-\u2068]/u.test(each)) depth += 1;
    else if (each !== '\n' && depth === 0) return false;
  }
  return depth === 0;
}

/** The letters of a text, without all that may be replaced or put in. */
const lettersOf = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Z}\ufeff\u202a-\u202e\u2066-\u2069]/gu, '');

function expectShown(text: string, isLine: boolean): void {
  expect(text).not.toMatch(isLine ? unshownInLine : unshown);
  expect(isBalanced(text)).toBe(true);
  expect(isIsolated(text)).toBe(true);
}

const headerNames = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-notification-id',
];

/** The one mailbox in a To. */
function mailboxIn({ to }: ParsedMail) {
  const [list, ...others] = [to ?? []].flat();
  expect(others).toEqual([]);
  expect(list?.value).toHaveLength(1);
  return list?.value[0];
}

async function expectMail(source: Buffer, sent: Notification): Promise<void> {
  const mail = await simpleParser(source, { skipTextToHtml: true, skipTextLinks: true });
  expect(mail.headerLines.map(({ key }) => key).toSorted()).toEqual(headerNames);
  expect(mail.subject).toBe(sent.subject);
  const mailbox = mailboxIn(mail);
  expect(mailbox?.address).toBe('anna@example.com');
  const name = mailbox?.name ?? '';
  const { recipientName: meant } = sent;
  const isShortened = name.endsWith('…') || lettersOf(name) === lettersOf(meant);
  expect(name === meant || (isShortened && Array.from(meant).length > 100)).toBe(true);
  expectShown(name, true);
  expect(mail.html).toBeTypeOf('string');
  expect(mail.text?.trim()).not.toBe('');
  for (const part of [mail.html || '', mail.text ?? '']) expect(part).not.toMatch(unshown);
  const lines = source.toString('latin1').split('\r\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
}

test('whatever people write, every channel shows words alone, and a mail the same ones', {
  timeout: 120_000,
}, async () => {
  const send = await openMailCatcher();
  await fc.assert(
    fc.asyncProperty(world, async (each) => {
      const [email, sms, messenger] = await notificationsOf(each);
      if (!email || !sms || !messenger) throw new Error('a channel is missing');
      for (const { subject: line, recipientName, body: text } of [email, sms, messenger]) {
        expectShown(line ?? '', true);
        expect(Array.from(line ?? '').length).toBeLessThanOrEqual(250);
        expectShown(recipientName, true);
        expectShown(text, false);
        expect(lettersOf(recipientName)).toBe(lettersOf(each.fullName));
      }
      const { fullName, title, authorName, reply, comment, stray } = each;
      const meant = `О ${title}: ${authorName}, ${fullName}.${stray}`;
      const line = email.subject ?? '';
      const isCut = line.endsWith('…') && Array.from(meant).length > 200;
      expect(isCut || lettersOf(line) === lettersOf(meant)).toBe(true);
      const said = `«${fullName}» (${authorName}): ${reply} / ${comment}!${stray}`;
      expect(lettersOf(sms.body)).toBe(lettersOf(said));
      await expectMail(await send(email), email);
    }),
    { numRuns: 100 },
  );
});
