import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_SCRIPTED_FAULTS } from '../../../dev/inbox/faults.ts';
import { type Inbox, startInbox } from '../../../dev/inbox/inbox.ts';
import { MAX_STREAM_CLIENTS } from '../../../dev/inbox/state-stream.ts';
import { mailerTo, messagesIn, openInbox, postJson, script, telegramTo } from './opened-inbox.ts';

async function say(inbox: Inbox, ...texts: string[]): Promise<void> {
  for (const text of texts) await telegramTo(inbox).sendMessage(1, text);
}

describe('GET /api/messages', () => {
  it('gives the oldest first, filters, and limits to the newest', async () => {
    const inbox = await openInbox();
    await say(inbox, 'a', 'b', 'c');
    await telegramTo(inbox).sendMessage(2, 'd');
    const texts = async (query: string) => (await messagesIn(inbox, query)).map(({ text }) => text);
    expect(await texts('')).toEqual(['a', 'b', 'c', 'd']);
    expect(await texts('?channel=messenger&to=1&limit=2')).toEqual(['b', 'c']);
    expect(await texts('?channel=email')).toEqual([]);
    expect(await texts('?search=D')).toEqual(['d']);
  });

  it('gives one message by its id, and a problem for one that is gone', async () => {
    const inbox = await openInbox();
    await say(inbox, 'a');
    const one = await fetch(`${inbox.url}/api/messages/1`);
    expect(await one.json()).toMatchObject({ id: '1', text: 'a' });
    const gone = await fetch(`${inbox.url}/api/messages/2`);
    expect(gone.status).toBe(404);
    expect(gone.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is emptied by DELETE', async () => {
    const inbox = await openInbox();
    await say(inbox, 'a');
    const response = await fetch(`${inbox.url}/api/messages`, { method: 'DELETE' });
    expect(response.status).toBe(204);
    expect(await messagesIn(inbox)).toEqual([]);
  });

  it.each([
    ['?channel=pigeon', 'channel'],
    ['?limit=0', 'limit'],
    ['?limit=many', 'limit'],
  ])('%s is a problem that names the field', async (query, field) => {
    const inbox = await openInbox();
    const response = await fetch(`${inbox.url}/api/messages${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400, errors: [{ field }] });
  });
});

it('GET /api/summaries gives the newest first, cut short, with the counts', async () => {
  const inbox = await openInbox();
  await say(inbox, 'a\n\nb', 'x'.repeat(1_000));
  const response = await fetch(`${inbox.url}/api/summaries?limit=1&search=&channel=messenger`);
  expect(await response.json()).toMatchObject({
    received: 2,
    dropped: 0,
    matching: 2,
    counts: { email: 0, sms: 0, messenger: 2 },
    items: [{ id: '2', snippet: 'x'.repeat(200) }],
  });
});

describe('/api/faults', () => {
  const refusal = { kind: 'status', status: 500 } as const;

  it('lists what is left in order, and forgets it on DELETE', async () => {
    const inbox = await openInbox();
    await script(
      inbox,
      { channel: 'messenger', fault: refusal, times: 2 },
      { channel: 'sms', fault: { kind: 'slow', delayMs: 5 }, to: '+7' },
    );
    await expect(say(inbox, 'a')).rejects.toThrow(/Scripted by the inbox|403|5\d\d/);
    const listed = await fetch(`${inbox.url}/api/faults`);
    expect(await listed.json()).toEqual([
      { id: '1', channel: 'messenger', fault: refusal, to: null, remaining: 1 },
      { id: '2', channel: 'sms', fault: { kind: 'slow', delayMs: 5 }, to: '+7', remaining: 1 },
    ]);
    const cleared = await fetch(`${inbox.url}/api/faults`, { method: 'DELETE' });
    expect(cleared.status).toBe(204);
    await say(inbox, 'b');
    expect(await messagesIn(inbox)).toHaveLength(1);
  });

  it.each([
    ['no channel', { fault: refusal }, 'channel'],
    ['an unknown channel', { channel: 'pigeon', fault: refusal }, 'channel'],
    ['no fault', { channel: 'sms' }, 'fault'],
    ['a fault without kind', { channel: 'sms', fault: {} }, 'fault.kind'],
    ['an unknown kind', { channel: 'sms', fault: { kind: 'fire' } }, 'fault.kind'],
    [
      'a status that is a success',
      { channel: 'sms', fault: { ...refusal, status: 200 } },
      'fault.status',
    ],
    ['no time', { channel: 'sms', fault: { kind: 'throttled' } }, 'fault.retryAfterMs'],
    [
      'a delay of a day',
      { channel: 'sms', fault: { kind: 'slow', delayMs: 86_400_000 } },
      'fault.delayMs',
    ],
    [
      'a misspelt field',
      { channel: 'sms', fault: { kind: 'slow', delayMs: 1, delay: 1 } },
      'fault.delay',
    ],
    ['no times', { channel: 'sms', fault: refusal, times: 0 }, 'times'],
    [
      'a stage outside e-mail',
      { channel: 'sms', fault: { ...refusal, stage: 'data' } },
      'fault.stage',
    ],
    [
      'a dotted code outside e-mail',
      { channel: 'sms', fault: { ...refusal, code: '5.1.1' } },
      'fault.code',
    ],
    [
      'a plain code in e-mail',
      { channel: 'email', fault: { ...refusal, code: 21_211 } },
      'fault.code',
    ],
  ])('refuses %s and names the field', async (_name, body, field) => {
    const inbox = await openInbox();
    const response = await postJson(`${inbox.url}/api/faults`, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await response.json()) as { errors: { field: string }[] };
    expect(problem.errors.map((error) => error.field)).toContain(field);
  });

  it('is bounded', async () => {
    const inbox = await openInbox();
    const body = { channel: 'sms', fault: refusal } as const;
    await script(inbox, ...Array.from({ length: MAX_SCRIPTED_FAULTS }, () => body));
    const response = await postJson(`${inbox.url}/api/faults`, body);
    expect(response.status).toBe(409);
  });

  it('refuses a body over its limit', async () => {
    const inbox = await openInbox();
    const response = await postJson(`${inbox.url}/api/faults`, { to: 'x'.repeat(70_000) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ status: 413, title: 'Payload Too Large' });
  });
});

describe('GET /api/stream', () => {
  it('tells the state at once and after each change', async () => {
    const inbox = await openInbox();
    const states = statesOf(await openStream(inbox));
    expect((await states.next()).value).toMatchObject({ received: 0 });
    await say(inbox, 'a');
    expect((await states.next()).value).toMatchObject({ received: 1, counts: { messenger: 1 } });
    await fetch(`${inbox.url}/api/messages`, { method: 'DELETE' });
    expect((await states.next()).value).toMatchObject({ received: 0 });
  });

  it('has a bounded number of places, and one that is left is free again', async () => {
    const inbox = await openInbox();
    const leaving = new AbortController();
    await openStream(inbox, leaving.signal);
    for (let taken = 1; taken < MAX_STREAM_CLIENTS; taken += 1) await openStream(inbox);
    const refused = await openStream(inbox);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    leaving.abort();
    while ((await openStream(inbox)).status !== 200);
  });
});

describe('the page', () => {
  it('allows nothing from elsewhere and nothing inline', async () => {
    const inbox = await openInbox();
    const page = await fetch(inbox.url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "object-src 'none'",
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('brings all it names, and every module it imports', async () => {
    const inbox = await openInbox();
    const seen = new Set<string>();
    const waiting = [''];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const response = await fetch(`${inbox.url}/${path}`);
      expect([path, response.status]).toEqual([path, 200]);
      const text = await response.text();
      const named = /(?:href|src)="([\w.-]+\.\w+)"|from '\.\/([\w.-]+)'/g;
      for (const [, linked, imported] of text.matchAll(named))
        waiting.push(linked ?? imported ?? '');
    }
    expect([...seen]).toEqual(expect.arrayContaining(['app.js', 'words.js', 'theme.css']));
  });

  it('shows the HTML of a mail only in a document that can do nothing', async () => {
    const inbox = await openInbox();
    const html = '<p style="color:red">Анна</p><script>alert(1)</script>';
    await mailerTo(inbox).sendMail({ from: 'a@e.ru', to: 'b@e.ru', subject: 's', html });
    const frame = await fetch(`${inbox.url}/mail/1`);
    expect(await frame.text()).toContain(html);
    const policy = frame.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; img-src data:;/);
    expect(policy).toMatch(/; sandbox allow-popups allow-popups-to-escape-sandbox$/);
    expect(policy).not.toMatch(/script|allow-same-origin|allow-forms/);
  });

  it('answers 404 where there is no HTML, and for files that are not the page’s', async () => {
    const inbox = await openInbox();
    await say(inbox, 'a');
    for (const path of ['/mail/1', '/mail/9', '/inbox.ts', '/..%2finbox.ts', '/page/app.js']) {
      const response = await fetch(inbox.url + path);
      expect([path, response.status]).toEqual([path, 404]);
    }
  });
});

describe('starting and closing', () => {
  it('takes free ports where the wanted ones are taken', async () => {
    const first = await openInbox();
    const httpPort = Number(new URL(first.url).port);
    const smtpPort = Number(new URL(first.smtpUrl).port);
    const second = await startInbox({ httpPort, smtpPort });
    onTestFinished(() => second.close());
    expect(new URL(second.url).port).not.toBe(String(httpPort));
    expect(new URL(second.smtpUrl).port).not.toBe(String(smtpPort));
    await mailerTo(second).sendMail({ from: 'a@e.ru', to: 'b@e.ru', text: 'x' });
    expect(await messagesIn(second)).toHaveLength(1);
    expect(await messagesIn(first)).toEqual([]);
  });

  it('fails, and leaves nothing open, where the address is not its own', async () => {
    const port = await freePort();
    const started = startInbox({ host: '192.0.2.1', httpPort: port, smtpPort: 0 });
    await expect(started).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('frees both ports at once, with a stream and a connection still open', async () => {
    const inbox = await startInbox({ httpPort: 0, smtpPort: 0 });
    const { default: nodemailer } = await import('nodemailer');
    const pool = nodemailer.createTransport(`${inbox.smtpUrl}?pool=true`);
    await pool.sendMail({ from: 'a@e.ru', to: 'b@e.ru', text: 'x' });
    await openStream(inbox);
    await inbox.close();
    pool.close();
    for (const url of [inbox.url, inbox.smtpUrl]) await expectFree(Number(new URL(url).port));
  });

  it('stamps messages by the clock it is given', async () => {
    const nowMs = () => Date.UTC(2026, 0, 2);
    const inbox = await startInbox({ httpPort: 0, smtpPort: 0, nowMs });
    onTestFinished(() => inbox.close());
    expect(await telegramTo(inbox).sendMessage(1, 'a')).toMatchObject({ date: nowMs() / 1_000 });
    expect(await messagesIn(inbox)).toMatchObject([{ receivedAt: '2026-01-02T00:00:00.000Z' }]);
  });
});

function openStream(inbox: Inbox, signal?: AbortSignal): Promise<Response> {
  return fetch(`${inbox.url}/api/stream`, signal === undefined ? {} : { signal });
}

async function* statesOf(response: Response): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^event: state\ndata: (.*)$/.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function expectFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
