import { describe, expect, test } from 'vitest';
import type { Published } from '../../../gateway/write/publisher.ts';
import { topics } from '../../../schemas/topics.ts';
import { authorization, buildGateway, nowMs } from './built-gateway.ts';

const release = { movieId: '1', episodeId: 's1e3', season: 1, episode: 3, episodeTitle: 'Третья' };
const reply = {
  commentId: '2',
  parentCommentId: '1',
  authorId: '2',
  authorName: 'Джон',
  text: 'Согласен',
  repliedAt: '2026-03-01T12:00:00+03:00',
};

const acknowledged = { kind: 'acknowledged' } as const;

async function publish(type: string, payload: object, published: Published = acknowledged) {
  const records: unknown[] = [];
  const { app } = await buildGateway({
    async publish(some) {
      records.push(...some);
      return published;
    },
  });
  const url = `/api/v1/events/${type}`;
  const response = await app.inject({ method: 'POST', url, headers: { authorization }, payload });
  return { response, records };
}

test('an event goes to its topic with its key, and the audit knows who sent it', async () => {
  const payload = { ...release, eventId: 'e-1', releasedAt: '2026-03-01T00:00:00Z' };
  const { response, records } = await publish('episodeReleased', payload);
  expect(response.statusCode).toBe(202);
  expect(response.json()).toEqual({
    event_id: 'e-1',
    event_type: 'episodeReleased',
    topic: 'episode-released',
  });
  expect(records).toEqual([
    {
      topic: topics.episodeReleased,
      key: '1',
      value: { ...payload, releasedAt: Date.parse('2026-03-01T00:00:00Z') },
    },
    expect.objectContaining({
      topic: topics.audit,
      value: expect.objectContaining({
        action: 'event.published',
        actorName: 'admins',
        subjectKind: 'event',
        subjectId: 'e-1',
        detail: '{"event_type":"episodeReleased"}',
      }),
    }),
  ]);
});

test('of a reply the time is read with its zone', async () => {
  const { records } = await publish('commentReplied', reply);
  expect(records[0]).toMatchObject({
    topic: topics.commentReplied,
    key: '2',
    value: { repliedAt: Date.parse('2026-03-01T09:00:00Z'), authorName: 'Джон' },
  });
});

describe('without an id', () => {
  test('the same event has the same one, whenever it is sent, in whatever order', async () => {
    const first = await publish('episodeReleased', release);
    const { movieId, ...rest } = release;
    const later = { ...rest, movieId, releasedAt: '2027-01-01T00:00:00Z' };
    const second = await publish('episodeReleased', later);
    expect(second.response.json().event_id).toBe(first.response.json().event_id);
    expect(first.records[0]).toMatchObject({ value: { releasedAt: nowMs } });
  });

  test('another event has another one', async () => {
    const first = await publish('episodeReleased', release);
    const second = await publish('episodeReleased', { ...release, episode: 4 });
    expect(second.response.json().event_id).not.toBe(first.response.json().event_id);
  });
});

test.each<[string, string, object, string]>([
  ['a missing field', 'movieAdded', {}, 'movieId'],
  ['a wrong type', 'episodeReleased', { ...release, season: 'one' }, 'season'],
  ['a count below 1', 'episodeReleased', { ...release, episode: 0 }, 'episode'],
  ['a strange field', 'movieAdded', { movieId: '1', movie: '1' }, 'movie'],
  ['a time that is none', 'movieAdded', { movieId: '1', addedAt: 'today' }, 'addedAt'],
  ['an empty id', 'movieAdded', { movieId: '1', eventId: '' }, 'eventId'],
  ['a long id', 'movieAdded', { movieId: '1', eventId: 'я'.repeat(451) }, 'eventId'],
  [
    'a long title',
    'episodeReleased',
    { ...release, episodeTitle: 'x'.repeat(1001) },
    'episodeTitle',
  ],
  ['a movie that is not there', 'movieAdded', { movieId: '404' }, 'movieId'],
  [
    'a comment that is not there',
    'commentReplied',
    { ...reply, parentCommentId: '9' },
    'parentCommentId',
  ],
])('%s is a 422 that names the field', async (_, type, payload, field) => {
  const { response, records } = await publish(type, payload);
  expect(response.statusCode).toBe(422);
  expect(response.json().errors.map((each: { field: string }) => each.field)).toEqual([field]);
  expect(records).toEqual([]);
});

test('a body that is no object, and a kind that is none', async () => {
  expect((await publish('movieAdded', [1])).response.statusCode).toBe(400);
  expect((await publish('notificationRequested', {})).response.statusCode).toBe(404);
});

test.each(['busy', 'unknown'] as const)('what Kafka did not take, %s, is a 503', async (kind) => {
  const { response } = await publish('movieAdded', { movieId: '1' }, { kind });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBeDefined();
});
