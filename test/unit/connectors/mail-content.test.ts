import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../schemas/generated/records.ts';
import { firstMessageIn, openInbox } from '../inbox/opened-inbox.ts';
import { openMailCatcher } from './mail-catcher.ts';
import { opened, type Subject, sendBy, subjects } from './vendors.ts';

const [email] = subjects as readonly [Subject];

/** The mail that a notification becomes, as a reader decodes it. */
async function mailOf(changes: Partial<Notification>) {
  const inbox = await openInbox();
  const result = await sendBy(opened(email, inbox), { ...email.notification, ...changes });
  expect(result).toMatchObject({ kind: 'accepted' });
  return firstMessageIn(inbox);
}

const nameIn = (to: string | undefined) => /^"(.*)" <anna@example\.com>$/su.exec(to ?? '')?.[1];

describe('the header of a mail', () => {
  it('says that a program wrote it, so that nobody’s absence note answers', async () => {
    const { headers } = await mailOf({});
    expect(headers['auto-submitted']).toBe('auto-generated');
  });

  it.each([
    '=?UTF-8?B?0JHRgNCw0YI=?=',
    'New: =?utf-8?q?Brat?= and more',
    '=?UTF-8?B?0JHRgNCw0YI=?= =?UTF-8?Q?=41?=',
    `=?UTF-8?Q?${'=41'.repeat(25)}?=`,
    'Брат =?UTF-8?Q?=41?=',
  ])('shows %s as it was written', async (text) => {
    const { subject, headers, to } = await mailOf({ subject: text, recipientName: text });
    expect(subject).toBe(text);
    expect(nameIn(headers['to'])).toBe(text);
    expect(to).toBe('anna@example.com');
  });

  it('reaches a domain of another script under a name that looks encoded, too', async () => {
    const recipientName = '=?UTF-8?Q?=41?=';
    const { headers } = await mailOf({ recipientName, address: 'anna@пример.example' });
    expect(headers['to']).toMatch(/^"=\?UTF-8\?Q\?=41\?=" <anna@.+\.example>$/u);
  });

  it('holds no control and no line separator of Unicode', async () => {
    const text = 'a\u0000b\u2028c\u2029d\u0085e\u007Ff\tg';
    const { subject, headers } = await mailOf({ subject: text, recipientName: text });
    expect(subject).toBe('a b c d e f g');
    expect(nameIn(headers['to'])).toBe('a b c d e f g');
  });

  it('holds the subject as it was written down, and 100 characters of a name', async () => {
    const { subject, headers } = await mailOf({
      subject: '🎬'.repeat(250),
      recipientName: `${'n'.repeat(98)}e\u0301🎬🎬`,
    });
    expect(subject).toBe('🎬'.repeat(250));
    expect(nameIn(headers['to'])).toBe(`${'n'.repeat(98)}…`);
    const exact = await mailOf({ recipientName: '🎬'.repeat(100) });
    expect(nameIn(exact.headers['to'])).toBe('🎬'.repeat(100));
  });
});

describe('the parts of a mail', () => {
  it('keep the cells of a table apart, row by row', async () => {
    const row = (a: string, b: string) => `<tr><td>${a}</td><td>${b}</td></tr>`;
    const head = '<tr><th>Film</th><th>Year</th></tr>';
    const body = `<table>${head}${row('Brat', '1997')}${row('<b>Brat</b> 2', '2000')}</table>`;
    const { text } = await mailOf({ body });
    const lines = text.trim().split('\n');
    expect(lines.map((line) => line.trim())).toEqual(['Film  Year', 'Brat  1997', 'Brat 2  2000']);
  });

  it('lay no table out that spans millions of rows', async () => {
    const body = '<table><tr><td rowspan="99999999" colspan="99999999">a</td></tr></table>';
    expect((await mailOf({ body })).text.trim()).toBe('a');
  });

  it('say what an image shows, and not where it lies', async () => {
    const image = '<img src="https://cdn.example/1.png" alt="Poster of Brat">';
    const { text } = await mailOf({ body: `See ${image} now` });
    expect(text.trim()).toBe('See Poster of Brat now');
    expect((await mailOf({ body: image })).text.trim()).toBe('Poster of Brat');
  });

  it('are two also where the body is an image without words', async () => {
    const body = '<img src="https://cdn.example/1.png">';
    const { text, headers } = await mailOf({ body, subject: 'Brat' });
    expect(text.trim()).toBe('Brat');
    expect(headers['content-type']).toMatch(/^multipart\/alternative/u);
    const bare = await mailOf({ body, subject: null });
    expect(bare.headers['content-type']).toMatch(/^multipart\/alternative/u);
  });

  it('hold no control that HTML writes as a number', async () => {
    const { text } = await mailOf({ body: 'a&#8232;b&#1;c&#0;d&#133;e' });
    expect(text.trim()).toMatch(/^[a-e \n\ufffd…]+$/u);
  });

  it.each([
    ['a word', 'x'.repeat(3000)],
    ['a word of another script', 'Я'.repeat(3000)],
    ['a line with a late accent', `${'word '.repeat(400)}é`],
    ['lines that begin with dots', '.\n..\n.'.repeat(300)],
  ])('have short lines on the wire, also for %s', async (_, body) => {
    const source = await (await openMailCatcher())({ ...email.notification, body });
    const lines = source.toString('latin1').split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
    const { html, text } = await simpleParser(source);
    expect(String(html).trim()).toBe(body.trim());
    expect(text?.replaceAll(/\s/gu, '')).toBe(body.replaceAll(/\s/gu, ''));
  });
});

describe('a body that no reader of HTML expects', () => {
  it.each(['<div>', '<b>', '<ul><li>', '<table><tr><td>', '<blockquote>'])(
    '%s in itself some ten thousand times is sent, with a text part',
    async (tag) => {
      const { html, text } = await mailOf({ body: `Брат${tag.repeat(100_000 / tag.length)}` });
      expect(text).toContain('Брат');
      expect(html).toContain(tag);
    },
  );

  it('is the fault of the mail where none can be made of it', async () => {
    const inbox = await openInbox();
    const broken = { ...email.notification, recipientName: null as unknown as string };
    const result = await sendBy(opened(email, inbox), broken);
    expect(result).toMatchObject({ kind: 'rejected', code: 'CONTENT' });
  });
});
