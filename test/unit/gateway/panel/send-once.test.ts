import { describe, expect, test } from 'vitest';
import { topics } from '../../../../schemas/topics.ts';
import { anna } from '../built-gateway.ts';
import { memoryPeople } from '../memory-people.ts';
import { askPanel } from './asked-panel.ts';
import { confirmed, hostile, key, memoryAnswers, openPanel } from './opened-sending.ts';
import { viewer } from './panel-parts.ts';

describe('sending', () => {
  test('a number that is typed wrong sends nothing', async () => {
    const { send, records } = await openPanel();
    for (const typed of ['', '3', '2a', '-2', hostile]) {
      const answer = await send('/send/now', { ...confirmed, typed });
      expect([typed, answer.statusCode]).toEqual([typed, 422]);
      expect(answer.body).toContain('Nothing was sent.');
      expect(answer.body).not.toContain('<script>');
    }
    expect(records).toEqual([]);
  });

  test('an audience that has grown since is looked at again', async () => {
    const { send, records } = await openPanel();
    const many = Array.from({ length: 20 }, (_, id) => id + 1).join(',');
    const answer = await send('/send/now', { ...confirmed, ids: many });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('It would have gone to 20 people now, not to 4');
    expect(records).toEqual([]);
  });

  test('a double click and a reload are one record, and lead to one page', async () => {
    const { send, written, records } = await openPanel();
    const answers = await Promise.all([1, 2, 3].map(() => send('/send/now', confirmed)));
    const again = await send('/send/now', { ...confirmed, typed: ' 2 ' });
    const places = new Set([...answers, again].map(({ headers }) => headers.location));
    expect(places.size).toBe(1);
    const [request] = written;
    expect(places).toContain(`/requests/${request?.requestId}?sent=1`);
    expect(written).toMatchObject([
      { channel: 'email', templateId: '1', movieId: '1', userIds: ['1', '2', '3', '404'] },
    ]);
    expect(request?.requestedBy).toBe(viewer.name);
    const audit = records.filter(({ topic }) => topic === topics.audit);
    expect(audit.map(({ value }) => value)).toMatchObject([
      {
        action: 'notification.requested',
        actorId: viewer.id,
        subjectId: request?.requestId,
      },
    ]);
  });

  test('the same form with others in it is another request', async () => {
    const { send, written } = await openPanel();
    await send('/send/now', confirmed);
    await send('/send/now', { ...confirmed, ids: '1\n3', people: '2' });
    expect(new Set(written.map(({ requestId }) => requestId)).size).toBe(2);
  });

  test('a failure can be sent again', async () => {
    const people = await memoryPeople({ users: [anna] });
    let isAway = true;
    const { send } = await askPanel(
      {},
      {
        people: () => people,
        answers: memoryAnswers(),
        publish: async () => (isAway ? { kind: 'busy' } : { kind: 'acknowledged' }),
      },
    );
    expect((await send('/send/now', confirmed)).statusCode).toBe(503);
    isAway = false;
    expect((await send('/send/now', confirmed)).statusCode).toBe(303);
  });

  test('an announcement is a request for each channel, shown together', async () => {
    const { open, send, written } = await openPanel();
    const form = [
      ...Object.entries({ key, kind: 'announcement', who: 'all', subject_ru: 'Привет' }),
      ['body_ru', '{{ user_full_name }}, мы открылись <b>'],
      ['channels', 'email'],
      ['channels', 'sms'],
      ['counted', '3'],
      ['people', '3'],
      ['typed', '3'],
    ] as const;
    const answer = await send('/send/now', form);
    expect(answer.statusCode).toBe(303);
    expect(written.map(({ channel, audience }) => [channel, audience])).toEqual([
      ['email', 'all'],
      ['sms', 'all'],
    ]);
    expect(written[0]?.template?.texts[0]?.body).toContain('&lt;b&gt;');
    const page = await open(String(answer.headers.location));
    for (const { requestId } of written) expect(page.body).toContain(`/requests/${requestId}/live`);
  });

  test('what the history does not know yet is waited for, not denied', async () => {
    const { open } = await openPanel();
    const soon = await open(`/requests/${key}?sent=1`);
    expect(soon.statusCode).toBe(202);
    expect(soon.headers['refresh']).toBe(`1; url=/requests/${key}?sent=2`);
    expect((await open(`/requests/${key}?sent=30`)).statusCode).toBe(404);
  });
});
