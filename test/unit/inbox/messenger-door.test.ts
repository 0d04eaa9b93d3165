import { describe, expect, it } from 'vitest';
import {
  arrivalOf,
  firstMessageIn,
  messagesIn,
  openInbox,
  postJson,
  rejectionOf,
  script,
  telegramTo,
} from './opened-inbox.ts';

const html = '<b>Сталкер</b>\nУважаемая Анна, вышла <a href="https://e.ru">серия</a> &amp; титры';

describe('a messenger message that is taken', () => {
  it('is answered as the Bot API answers, and kept without and with its tags', async () => {
    const inbox = await openInbox();
    const telegram = telegramTo(inbox);
    const answer = await telegram.sendMessage(4242, html, { parse_mode: 'HTML' });
    const text = 'Сталкер\nУважаемая Анна, вышла серия & титры';
    expect(answer).toMatchObject({ message_id: 1, chat: { id: 4242, type: 'private' }, text });
    expect(Number.isInteger(answer.date)).toBe(true);
    expect(await messagesIn(inbox)).toEqual([
      expect.objectContaining({
        channel: 'messenger',
        from: 'vestnik_bot',
        to: '4242',
        subject: null,
        text,
        html,
        smsParts: null,
      }),
    ]);
    expect(await telegram.sendMessage(4242, 'ещё')).toMatchObject({ message_id: 2 });
  });

  it('has no HTML without parse_mode, and its tags are text', async () => {
    const inbox = await openInbox();
    await telegramTo(inbox).sendMessage('@channel', '1 < 2 & <b>');
    expect(await firstMessageIn(inbox)).toMatchObject({
      to: '@channel',
      text: '1 < 2 & <b>',
      html: null,
    });
  });

  it('may come as a form', async () => {
    const inbox = await openInbox();
    const response = await fetch(`${inbox.telegramApiRoot}/bot77:secret/sendMessage`, {
      method: 'POST',
      body: new URLSearchParams({ chat_id: '-100', text: 'группе' }),
    });
    expect(await response.json()).toMatchObject({
      ok: true,
      result: { chat: { id: -100, type: 'group' }, text: 'группе' },
    });
  });
});

describe('the rest of the Bot API', () => {
  it('tells who the bot is', async () => {
    const inbox = await openInbox();
    expect(await telegramTo(inbox).getMe()).toMatchObject({
      id: 77,
      is_bot: true,
      username: 'vestnik_bot',
    });
  });

  it('does not know other methods', async () => {
    const inbox = await openInbox();
    const error = await rejectionOf(telegramTo(inbox).sendDice(1));
    expect(error['response']).toEqual({
      ok: false,
      error_code: 404,
      description: 'Not Found: method not found',
    });
  });
});

describe('a message that Telegram would refuse', () => {
  it.each([
    ['no chat', { chat_id: '' }, 'chat_id is empty'],
    ['no text', { text: ' \n' }, 'message text is empty'],
    ['tags around nothing', { text: '<b></b>' }, 'message text is empty'],
    ['over 4,096 characters', { text: 'я'.repeat(4_097) }, 'message is too long'],
    [
      'an open tag',
      { text: '<b>x' },
      'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    ['a body that is none', { text: { a: 1 } }, 'body/text must be string'],
  ])('%s', async (_name, change, reason) => {
    const inbox = await openInbox();
    const response = await postJson(`${inbox.telegramApiRoot}/bot77:secret/sendMessage`, {
      chat_id: 5,
      text: 'x',
      parse_mode: 'HTML',
      ...change,
    });
    expect(response.status).toBe(400);
    const description = `Bad Request: ${reason}`;
    expect(await response.json()).toEqual({ ok: false, error_code: 400, description });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('counts the 4,096 characters after the tags are gone', async () => {
    const inbox = await openInbox();
    const text = `<b>${'я'.repeat(4_096)}</b>`;
    await telegramTo(inbox).sendMessage(5, text, { parse_mode: 'HTML' });
    expect((await firstMessageIn(inbox)).text).toHaveLength(4_096);
  });
});

describe('a fault for the messenger', () => {
  it('answers with the scripted status and words, and keeps nothing', async () => {
    const inbox = await openInbox();
    const message = 'Forbidden: bot was blocked by the user';
    await script(inbox, { channel: 'messenger', fault: { kind: 'status', status: 403, message } });
    const error = await rejectionOf(telegramTo(inbox).sendMessage(5, 'x'));
    expect(error['response']).toEqual({ ok: false, error_code: 403, description: message });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it('throttles with 429 and retry_after in whole seconds', async () => {
    const inbox = await openInbox();
    const fault = { kind: 'throttled', retryAfterMs: 35_000 } as const;
    await script(inbox, { channel: 'messenger', fault });
    const error = await rejectionOf(telegramTo(inbox).sendMessage(5, 'x'));
    expect(error['response']).toEqual({
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 35',
      parameters: { retry_after: 35 },
    });
  });

  it('keeps the message and cuts the connection', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'messenger', fault: { kind: 'accept-then-drop' } });
    const error = await rejectionOf(telegramTo(inbox).sendMessage(5, 'x'));
    expect(error).not.toHaveProperty('response');
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it('is slow: the message is there before the answer, which comes in the end', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'messenger', fault: { kind: 'slow', delayMs: 20 } });
    expect(await telegramTo(inbox).sendMessage(5, 'x')).toMatchObject({ message_id: 1 });
    await script(inbox, { channel: 'messenger', fault: { kind: 'slow', delayMs: 3_600_000 } });
    const unanswered = rejectionOf(telegramTo(inbox).sendMessage(5, 'x'));
    await arrivalOf(inbox, 2);
    await inbox.close();
    expect(await unanswered).not.toHaveProperty('response');
  });

  it('meets only its chat', async () => {
    const inbox = await openInbox();
    const fault = { kind: 'status', status: 500 } as const;
    await script(inbox, { channel: 'messenger', fault, to: '6' });
    await telegramTo(inbox).sendMessage(5, 'x');
    const error = await rejectionOf(telegramTo(inbox).sendMessage(6, 'x'));
    expect(error['response']).toMatchObject({ error_code: 500 });
  });
});
