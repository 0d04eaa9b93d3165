import { describe, expect, test } from 'vitest';
import type { NotificationQuery } from '../../../../gateway/read/notification-search.ts';
import { askPanel } from './asked-panel.ts';
import { busyPeople, declinedId, notificationId } from './busy-parts.ts';
import { nowMs } from './panel-parts.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What the history was asked for by a page. */
async function askedFor(path: string): Promise<NotificationQuery | undefined> {
  const asked: NotificationQuery[] = [];
  const list = async (query: NotificationQuery) => {
    asked.push(query);
    return { notifications: [], next: null };
  };
  const { open } = await askPanel({ notificationSearch: { list } });
  expect((await open(path)).statusCode).toBe(200);
  return asked[0];
}

describe('the history', () => {
  test('is asked for what the form says, and for no more', async () => {
    const query = 'user=1&template=2&event=&type=movieAdded&channel=sms&state=rejected&period=day';
    expect(await askedFor(`/history?${query}`)).toEqual({
      userId: '1',
      templateId: '2',
      eventId: null,
      eventType: 'movieAdded',
      requestId: null,
      channel: 'sms',
      state: 'rejected',
      sinceMs: nowMs - dayMs,
      untilMs: null,
      limit: 50,
      after: null,
    });
    const nonsense = await askedFor('/history?channel=pigeon&state=__proto__&period=toString');
    expect(nonsense).toMatchObject({ channel: null, state: null, sinceMs: null });
  });

  test('goes on behind the last one of a page', async () => {
    const { open } = await askPanel(busyPeople);
    const { body } = await open('/history?user=1');
    const escaped = /rel="next" href="([^"]+)"/.exec(body)?.[1] ?? '';
    const next = escaped.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    expect(next).toContain('user=1');
    expect(await askedFor(next)).toMatchObject({
      after: { occurredAtMs: nowMs, notificationId },
    });
  });

  test('says that there is more to look through where a page found nothing', async () => {
    const next = { occurredAtMs: nowMs, notificationId };
    const list = async () => ({ notifications: [], next });
    const { open } = await askPanel({ notificationSearch: { list } });
    expect((await open('/history')).body).toContain('Look on');
  });

  test('cannot be asked for what no row can hold', async () => {
    const { open } = await askPanel();
    expect((await open('/history?user=%00')).statusCode).toBe(400);
  });
});

describe('the story of a notification', () => {
  test('says in words which rule said no', async () => {
    const { open } = await askPanel(busyPeople);
    const { body } = await open(`/notifications/${declinedId}`);
    expect(body).toContain('The person opted out of everything on this channel.');
    expect(body).toContain('The person was erased, and with them the text');
  });

  test.each(['/notifications/none', '/notifications/none/text'])('%s is a 404', async (path) => {
    const { open } = await askPanel(busyPeople);
    expect((await open(path)).statusCode).toBe(404);
  });

  test('shows the text as it was sent, in a frame that can do nothing', async () => {
    const { open } = await askPanel(busyPeople);
    const page = await open(`/notifications/${notificationId}`);
    const frame = `src="/notifications/${notificationId}/text" sandbox=""`;
    expect(page.body).toContain(frame);
    const text = await open(`/notifications/${notificationId}/text`);
    expect(text.headers['content-security-policy']).toBe(
      "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    );
    expect(text.headers['x-frame-options']).toBe('SAMEORIGIN');
    expect(text.headers['x-content-type-options']).toBe('nosniff');
  });
});
