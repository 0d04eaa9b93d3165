import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { isKnownHost } from '../../../dev/inbox/known-host.ts';
import { openInbox } from './opened-inbox.ts';

/** What is answered to somebody who asks for this host; fetch does not let its callers say it. */
async function ask(url: string, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/api/messages`, { headers: { host } }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    asked.on('error', reject).end();
  });
}

test.each(['localhost', 'localhost:8025', 'LOCALHOST', '127.0.0.1:1', '[::1]', '[::1]:8025'])(
  'who asks for %s is answered',
  async (host) => {
    const inbox = await openInbox();
    expect((await ask(inbox.url, host)).status).toBe(200);
  },
);

test.each([
  'evil.example',
  'evil.example:8025',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
])('a page that calls this machine %s reads nothing', async (host) => {
  const inbox = await openInbox();
  const { status, body } = await ask(inbox.url, host);
  expect(status).toBe(421);
  expect(body).toContain('localhost');
});

test.each([
  ['inbox:8025', false, true],
  ['inbox:8025', true, false],
  ['evil.example', false, false],
  [undefined, false, false],
])('%s, on loopback only: %s: %s', (host, onLoopback, known) => {
  expect(isKnownHost(host, onLoopback)).toBe(known);
});
