import { setImmediate } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import { Telegraf } from 'telegraf';
import twilio from 'twilio';
import { onTestFinished } from 'vitest';
import type { FaultScript } from '../../../dev/inbox/faults.ts';
import { type Inbox, startInbox } from '../../../dev/inbox/inbox.ts';
import type { InboxMessage } from '../../../dev/inbox/message.ts';

export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;

/** An inbox on free ports, closed when the test ends. */
export async function openInbox(): Promise<Inbox> {
  const inbox = await startInbox({ httpPort: 0, smtpPort: 0 });
  onTestFinished(() => inbox.close());
  return inbox;
}

export async function messagesIn(inbox: Inbox, query = ''): Promise<InboxMessage[]> {
  const response = await fetch(`${inbox.url}/api/messages${query}`);
  return (await response.json()) as InboxMessage[];
}

export async function firstMessageIn(inbox: Inbox): Promise<InboxMessage> {
  const [message] = await messagesIn(inbox);
  if (message === undefined) throw new Error('The inbox is empty.');
  return message;
}

/** Waits until `count` messages are kept; the test's own time limit is the bound. */
export async function arrivalOf(inbox: Inbox, count: number): Promise<void> {
  while ((await messagesIn(inbox)).length < count) await setImmediate();
}

export function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export async function script(inbox: Inbox, ...faults: FaultScript[]): Promise<void> {
  for (const fault of faults) {
    const response = await postJson(`${inbox.url}/api/faults`, fault);
    if (response.status !== 201) throw new Error(await response.text());
  }
}

/** One connection per mail, so that a cut connection concerns that mail alone. */
export function mailerTo(inbox: Inbox) {
  const mailer = nodemailer.createTransport(inbox.smtpUrl);
  onTestFinished(() => mailer.close());
  return mailer;
}

/** The real client; only the base address is another. */
export function twilioTo(inbox: Inbox) {
  const { RequestClient } = twilio;
  const httpClient = new RequestClient();
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) =>
    request({
      ...options,
      uri: options.uri.replace('https://api.twilio.com', inbox.twilioBaseUrl),
    });
  return twilio(ACCOUNT_SID, 'token', { httpClient });
}

export function telegramTo(inbox: Inbox) {
  return new Telegraf('77:secret', { telegram: { apiRoot: inbox.telegramApiRoot } }).telegram;
}

/** What a promise was rejected with; a promise that is kept fails the test. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('It was expected to fail, but succeeded.');
  return outcome as unknown as Record<string, unknown>;
}
