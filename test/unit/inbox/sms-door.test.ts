import { describe, expect, it } from 'vitest';
import {
  ACCOUNT_SID,
  arrivalOf,
  firstMessageIn,
  messagesIn,
  openInbox,
  rejectionOf,
  script,
  twilioTo,
} from './opened-inbox.ts';

const sms = { to: '+79161234567', from: '+15005550006', body: 'Анна, вышла новая серия' };

describe('an SMS that is taken', () => {
  it('is answered as Twilio answers, and kept', async () => {
    const inbox = await openInbox();
    const answer = await twilioTo(inbox).messages.create(sms);
    expect(answer).toMatchObject({ ...sms, status: 'queued', numSegments: '1', errorCode: null });
    expect(answer.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(answer.dateCreated).toBeInstanceOf(Date);
    expect(answer.dateCreated.getTime()).not.toBeNaN();
    expect(await messagesIn(inbox)).toEqual([
      expect.objectContaining({
        channel: 'sms',
        from: sms.from,
        to: sms.to,
        subject: null,
        text: sms.body,
        html: null,
        smsParts: { encoding: 'UCS-2', units: 23, unitsPerPart: 70, parts: 1 },
        headers: expect.objectContaining({ 'user-agent': expect.stringMatching(/^twilio-node/) }),
      }),
    ]);
  });

  it('never shows the credentials it came with', async () => {
    const inbox = await openInbox();
    await twilioTo(inbox).messages.create(sms);
    expect(await firstMessageIn(inbox)).not.toHaveProperty('headers.authorization');
  });

  it('is only accepted when a Messaging Service is to pick the sender', async () => {
    const inbox = await openInbox();
    const { from: _from, ...rest } = sms;
    const viaService = { ...rest, messagingServiceSid: `MG${'0'.repeat(32)}` };
    expect(await twilioTo(inbox).messages.create(viaService)).toMatchObject({ status: 'accepted' });
  });
});

describe('an SMS that Twilio would refuse', () => {
  it.each([
    ['no recipient', { to: '' }, 21_604],
    ['no sender', { from: '' }, 21_603],
    ['no text', { body: '' }, 21_602],
    ['a recipient that is no phone number', { to: '89161234567' }, 21_211],
    ['a text over 1,600 characters', { body: 'x'.repeat(1_601) }, 21_617],
  ])('%s', async (_name, change, code) => {
    const inbox = await openInbox();
    const error = await rejectionOf(twilioTo(inbox).messages.create({ ...sms, ...change }));
    expect(error).toMatchObject({
      status: 400,
      code,
      moreInfo: `https://www.twilio.com/docs/errors/${code}`,
    });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it.each([
    ['no credentials', {}],
    ['those of another account', { authorization: `Basic ${btoa('ACother:token')}` }],
    ['no secret', { authorization: `Basic ${btoa(`${ACCOUNT_SID}:`)}` }],
  ])('%s: 401, code 20003', async (_name, headers) => {
    const inbox = await openInbox();
    const response = await fetch(
      `${inbox.twilioBaseUrl}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
      { method: 'POST', headers, body: new URLSearchParams({ To: sms.to, Body: sms.body }) },
    );
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 20_003, status: 401 });
  });
});

describe('a fault for SMS', () => {
  it('answers with the scripted status and code, and keeps nothing', async () => {
    const inbox = await openInbox();
    const fault = { kind: 'status', status: 400, code: 21_610, message: 'unsubscribed' } as const;
    await script(inbox, { channel: 'sms', fault });
    expect(await rejectionOf(twilioTo(inbox).messages.create(sms))).toMatchObject({
      status: 400,
      code: 21_610,
      message: 'unsubscribed',
    });
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it.each([
    [401, 20_003],
    [404, 20_404],
    [500, 20_500],
    [503, 20_503],
  ])('has Twilio’s own code where none is scripted: %i', async (status, code) => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'sms', fault: { kind: 'status', status } });
    const error = await rejectionOf(twilioTo(inbox).messages.create(sms));
    expect(error).toMatchObject({ status, code });
  });

  it('throttles with 429, code 20429 and Retry-After', async () => {
    const inbox = await openInbox();
    const fault = { kind: 'throttled', retryAfterMs: 2_001 } as const;
    await script(inbox, { channel: 'sms', fault, times: 2 });
    const error = await rejectionOf(twilioTo(inbox).messages.create(sms));
    expect(error).toMatchObject({ status: 429, code: 20_429 });
    const response = await fetch(
      `${inbox.twilioBaseUrl}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
      {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('SKkey:secret')}` },
        body: new URLSearchParams({ To: sms.to, From: sms.from, Body: sms.body }),
      },
    );
    expect(response.headers.get('retry-after')).toBe('3');
  });

  it('keeps the SMS and cuts the connection', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'sms', fault: { kind: 'accept-then-drop' } });
    const error = await rejectionOf(twilioTo(inbox).messages.create(sms));
    expect(error).not.toHaveProperty('status');
    expect(error).toMatchObject({ message: expect.stringMatching(/socket hang up|ECONNRESET/) });
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it('is slow: the SMS is there before the answer, which comes in the end', async () => {
    const inbox = await openInbox();
    await script(inbox, { channel: 'sms', fault: { kind: 'slow', delayMs: 20 } });
    expect(await twilioTo(inbox).messages.create(sms)).toMatchObject({ status: 'queued' });
    await script(inbox, { channel: 'sms', fault: { kind: 'slow', delayMs: 3_600_000 } });
    const unanswered = rejectionOf(twilioTo(inbox).messages.create(sms));
    await arrivalOf(inbox, 2);
    await inbox.close();
    expect(await unanswered).not.toHaveProperty('status');
  });

  it('waits for its recipient and leaves the others alone', async () => {
    const inbox = await openInbox();
    const fault = { kind: 'status', status: 500 } as const;
    await script(inbox, { channel: 'sms', fault, to: '+79990000000' });
    await twilioTo(inbox).messages.create(sms);
    await rejectionOf(twilioTo(inbox).messages.create({ ...sms, to: '+79990000000' }));
    expect(await messagesIn(inbox)).toHaveLength(1);
  });
});
