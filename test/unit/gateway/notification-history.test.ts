import { describe, expect, test } from 'vitest';
import type { NotificationQuery } from '../../../gateway/read/notification-search.ts';
import type { NotificationStory } from '../../../gateway/read/notification-story.ts';
import { decisionSentences } from '../../../gateway/words/decision-sentences.ts';
import { loadSchemas } from '../../../schemas/load.ts';
import { authorization, buildGateway, nowMs } from './built-gateway.ts';

const url = '/api/v1/notifications';
const notificationId = '0f9f1c1e-6f4e-5c39-9f57-6a4b0c7f2e11';
const time = '2026-03-01T09:30:00.000Z';

const found = {
  notificationId,
  requestId: null,
  userId: '1',
  channel: 'email',
  templateId: 't-1',
  eventType: 'movieAdded',
  state: 'rejected',
  reason: 'no such mailbox',
  attempts: 2,
  occurredAtMs: nowMs,
  changedAtMs: nowMs,
} as const;

async function search(query: string, next = true) {
  const asked: NotificationQuery[] = [];
  const { app } = await buildGateway({
    notificationSearch: {
      async list(each) {
        asked.push(each);
        return { notifications: [found], next: next ? found : null };
      },
    },
  });
  const get = (text: string) => app.inject({ url: `${url}${text}`, headers: { authorization } });
  return { response: await get(query), get, asked };
}

describe('a search', () => {
  test('shows what was found, and where to go on', async () => {
    const { response } = await search('');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      notifications: [
        {
          notification_id: notificationId,
          request_id: null,
          user_id: '1',
          channel: 'email',
          template_id: 't-1',
          event_type: 'movieAdded',
          outcome: 'rejected',
          reason: 'no such mailbox',
          attempts: 2,
          occurred_at: time,
          changed_at: time,
        },
      ],
      next_after: expect.stringMatching(/^[\w-]+$/),
    });
  });

  test('asks for exactly what the request says', async () => {
    const query =
      '?user_id=1&template_id=t-1&event_id=e&event_type=movieAdded&request_id=r&channel=email' +
      `&outcome=rejected&since=${time}&until=${time}&limit=7`;
    expect((await search(query)).asked).toEqual([
      {
        userId: '1',
        templateId: 't-1',
        eventId: 'e',
        eventType: 'movieAdded',
        requestId: 'r',
        channel: 'email',
        state: 'rejected',
        sinceMs: nowMs,
        untilMs: nowMs,
        limit: 7,
        after: null,
      },
    ]);
  });

  test('goes on where the page before ended', async () => {
    const { response, get, asked } = await search('?limit=1');
    await get(`?limit=1&after=${response.json().next_after}`);
    expect(asked.at(-1)?.after).toEqual({ occurredAtMs: nowMs, notificationId });
  });

  test('says that the last page is the last', async () => {
    expect((await search('', false)).response.json().next_after).toBeNull();
  });

  test.each([
    ['after', 'MTIz'],
    ['after', Buffer.from('999999999999999 x').toString('base64url')],
    ['after', Buffer.from(`1 ${'x'.repeat(36)}`).toString('base64url')],
    ['after', Buffer.from(`999999999999999 ${notificationId}`).toString('base64url')],
    ['since', '0000-01-01T00:00:00Z'],
    ['limit', '0'],
    ['outcome', 'lost'],
    ['channel', 'pigeon'],
    ['user_id', ''],
  ])('refuses %s=%s with the name of the field', async (name, value) => {
    const { response, asked } = await search(`?${name}=${value}`);
    expect(response.statusCode).toBe(400);
    expect(response.json().errors[0].field).toBe(name);
    expect(asked).toEqual([]);
  });
});

const story: NotificationStory = {
  notificationId,
  state: 'suppressed',
  userId: '1',
  channel: 'email',
  templateId: 't-1',
  templateVersion: 3,
  requestId: null,
  occurredAtMs: nowMs,
  event: {
    eventId: 'e-1',
    eventType: 'movieAdded',
    source: { topic: 'movie-added', partition: 1, offset: 5 },
  },
  writtenAtMs: nowMs,
  joined: { user: { topic: 'users', partition: 2, offset: 9 }, preference: null },
  text: {
    templateVersion: 3,
    locale: 'ru',
    address: 'anna@example.com',
    recipientName: 'Анна',
    subject: 'Тема',
    body: '<p>Текст</p>',
  },
  textMissing: null,
  erasedAtMs: null,
  decision: { reason: 'optedOutChannel', detail: null },
  attempts: [
    {
      kind: 'throttled',
      attempt: 1,
      providerId: null,
      code: '429',
      reason: 'too many',
      retryAfterMs: 1500,
      happenedAtMs: nowMs,
    },
  ],
};

describe('a story', () => {
  const tell = async (known: NotificationStory | null, id = notificationId) => {
    const { app } = await buildGateway({ notificationStories: { storyOf: async () => known } });
    return app.inject({ url: `${url}/${id}`, headers: { authorization } });
  };

  test('has the event, the rows, the text, the rule with its sentence, the attempts', async () => {
    const response = await tell(story);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      notification_id: notificationId,
      outcome: 'suppressed',
      user_id: '1',
      channel: 'email',
      template_id: 't-1',
      template_version: 3,
      request_id: null,
      occurred_at: time,
      written_at: time,
      event: {
        event_id: 'e-1',
        event_type: 'movieAdded',
        record: { topic: 'movie-added', partition: 1, offset: 5 },
      },
      joined: { user: { topic: 'users', partition: 2, offset: 9 }, preference: null },
      text: {
        template_version: 3,
        locale: 'ru',
        address: 'anna@example.com',
        recipient_name: 'Анна',
        subject: 'Тема',
        body: '<p>Текст</p>',
      },
      text_missing: null,
      erased_at: null,
      rule: {
        reason: 'optedOutChannel',
        sentence: decisionSentences.optedOutChannel,
        detail: null,
      },
      attempts: [
        {
          kind: 'throttled',
          attempt: 1,
          provider_id: null,
          code: '429',
          reason: 'too many',
          retry_after_ms: 1500,
          happened_at: time,
        },
      ],
    });
  });

  test('of which little is known has nulls', async () => {
    const little = { ...story, event: null, writtenAtMs: null, joined: null, text: null };
    const response = await tell({ ...little, decision: null, attempts: [] });
    expect(response.json()).toMatchObject({ event: null, joined: null, text: null, rule: null });
  });

  test('that nobody knows is a 404', async () => {
    expect((await tell(null)).statusCode).toBe(404);
  });

  test('needs an id that is one', async () => {
    expect((await tell(story, 'email-1')).statusCode).toBe(400);
  });
});

test('every reason against a notification has a sentence in both languages', () => {
  const reasons = loadSchemas().get('ru.vestnik.DecisionReason')?.symbols ?? [];
  expect(Object.keys(decisionSentences).toSorted()).toEqual([...reasons].toSorted());
  for (const { ru, en } of Object.values(decisionSentences)) {
    expect(ru).toMatch(/^[А-Я].*\.$/);
    expect(en).toMatch(/^[A-Z].*\.$/);
  }
});
