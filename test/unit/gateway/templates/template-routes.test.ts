import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { authorization, buildGateway } from '../built-gateway.ts';

type Method = 'GET' | 'POST' | 'PUT';

function callsTo(app: FastifyInstance) {
  return async (method: Method, url: string, payload?: object) => {
    const headers = { authorization };
    const answer = await app.inject({
      method,
      url: `/api/v1/templates${url}`,
      headers,
      ...(payload && { payload }),
    });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  };
}

async function opened() {
  const { app } = await buildGateway();
  return callsTo(app);
}

const fresh = {
  id: 'new',
  event_type: 'episodeReleased',
  channel: 'email',
  locale: 'ru',
  texts: [
    {
      locale: 'ru',
      subject: '{{ movie_title }}',
      body: '<p>{{#if movie_description}}{{movie_description}}{{else}}Без описания{{/if}}</p>',
    },
  ],
};

test('a template’s way from draft to archive and back', async () => {
  const call = await opened();
  const created = await call('POST', '', fresh);
  expect(created).toMatchObject({
    status: 201,
    headers: { location: '/api/v1/templates/new/draft' },
    body: { revision: 1, saved_by: { kind: 'key', id: 'admins', name: 'admins' } },
  });
  const texts = fresh.texts.map((text) => ({ ...text, subject: 'О {{ movie_title }}' }));
  const saved = await call('PUT', '/new/draft', { revision: 1, locale: 'ru', texts });
  expect(saved).toMatchObject({ status: 200, body: { revision: 2, texts } });
  expect(await call('POST', '/new/validate', {})).toMatchObject({ body: { problems: [] } });
  const published = await call('POST', '/new/publish', { revision: 2, note: 'Первая' });
  expect(published).toMatchObject({
    status: 200,
    body: { version: { version: 1, note: 'Первая', approved_by: null }, draft: { revision: 3 } },
  });
  expect(await call('GET', '/new')).toMatchObject({
    body: { version: 1, texts, params: ['movie_title', 'movie_description'] },
  });
  const versions = await call('GET', '/new/versions');
  expect(versions).toMatchObject({ body: { versions: [{ version: 1, kind: 'published' }] } });
  expect(await call('GET', '/new/versions/1')).toMatchObject({ body: { texts } });
  const archived = await call('POST', '/new/archive', { note: 'Не нужен' });
  expect(archived).toMatchObject({ body: { version: { kind: 'archived' } } });
  expect(await call('GET', '/new')).toMatchObject({ status: 404 });
  expect(await call('GET', '?state=archived')).toMatchObject({
    body: { templates: [{ id: 'new', state: 'archived', version: null }], next_after: null },
  });
  await call('POST', '/new/restore', { note: '' });
  const back = await call('POST', '/new/rollback', { version: 1, note: '' });
  expect(back).toMatchObject({ status: 200, body: { version: { version: 4, source_version: 1 } } });
  const diff = await call('GET', '/new/diff?from=1&to=4');
  expect(diff).toMatchObject({ body: { texts: [{ body: [{ kind: 'same' }] }] } });
});

test('a draft that is wrong says where, in two languages', async () => {
  const call = await opened();
  const texts = [{ locale: 'ru', subject: 'Тема', body: 'Раз\n<a href="{{season}}">x</a>' }];
  await call('POST', '', { ...fresh, texts });
  const problem = {
    code: 'linkNeedsUrl',
    locale: 'ru',
    part: 'body',
    line: 2,
    column: 4,
    end_line: 2,
    end_column: 21,
    message: { ru: expect.stringContaining('{{url'), en: expect.stringContaining('{{url') },
  };
  expect((await call('POST', '/new/validate', {})).body).toEqual({ problems: [problem] });
  expect(await call('POST', '/new/publish', { revision: 1 })).toMatchObject({
    status: 422,
    body: { problems: [problem], errors: [{ field: 'ru.body' }] },
  });
});

test('whoever saves second is told who was first', async () => {
  const call = await opened();
  await call('POST', '', fresh);
  const { locale, texts } = fresh;
  await call('PUT', '/new/draft', { revision: 1, locale, texts });
  expect(await call('PUT', '/new/draft', { revision: 1, locale, texts })).toMatchObject({
    status: 409,
    body: { conflict: { by: 'admins', revision: 2 } },
  });
});

describe('a preview', () => {
  test('is made up, with each condition on and off', async () => {
    const call = await opened();
    await call('POST', '', fresh);
    const { body } = await call('POST', '/new/preview', { conditions: true });
    expect(body.previews).toMatchObject([
      {
        locale: 'ru',
        left_out: [],
        channel: 'email',
        subject: 'Место встречи изменить нельзя',
        html: expect.stringContaining('Чёрная кошка'),
        text: expect.stringContaining('Чёрная кошка'),
        slow: { kind: 'condition', construct: 'if', line: 1 },
      },
      { left_out: ['movie_description'], html: '<p>Без описания</p>' },
    ]);
  });

  test('is for a person and a movie', async () => {
    const call = await opened();
    const { body } = await call('POST', '/1/preview', { version: 4, user_id: '1', movie_id: '1' });
    expect(body.previews[0]).toMatchObject({
      subject: 'Брат',
      html: 'Уважаемый Анна Каренина',
      slow: null,
    });
    const texts = [{ locale: 'ru', body: 'Сезон {{season}}' }];
    const unsaved = { locale: 'ru', texts };
    await call('POST', '', fresh);
    const given = { unsaved, values: { season: '7' } };
    const { body: valued } = await call('POST', '/new/preview', given);
    expect(valued.previews[0]).toMatchObject({ html: 'Сезон 7' });
  });

  test('of an SMS says which letters cost, of a message how long it is', async () => {
    const call = await opened();
    const texts = [{ locale: 'en', body: 'It’s on' }];
    await call('POST', '', { ...fresh, channel: 'sms', locale: 'en', texts });
    const { body } = await call('POST', '/new/preview', {});
    expect(body.previews[0]).toMatchObject({
      text: 'It’s on',
      sms: { encoding: 'UCS-2', parts: 1, units: 7, why: { en: expect.stringContaining('“’”') } },
    });
    const telegram = { locale: 'ru', texts: [{ locale: 'ru', body: '<b>Брат</b> &amp; 2' }] };
    await call('POST', '', { ...fresh, id: 'chat', channel: 'messenger', ...telegram });
    const { body: chat } = await call('POST', '/chat/preview', {});
    expect(chat.previews[0]).toMatchObject({ text: 'Брат & 2', units: 8 });
  });

  test.each([
    [{ user_id: 'nobody' }, 404],
    [{ movie_id: 'nothing' }, 404],
    [{ comment_id: 'nothing' }, 404],
    [{ version: 9 }, 404],
    [{ colour: 'red' }, 400],
  ])('%j: %d', async (payload, status) => {
    const call = await opened();
    await call('POST', '', fresh);
    expect(await call('POST', '/new/preview', payload)).toMatchObject({ status });
  });
});

test.each([
  ['GET', ''],
  ['POST', ''],
  ['GET', '/1/draft'],
  ['PUT', '/1/draft'],
  ['POST', '/1/publish'],
  ['GET', '/1/versions'],
] as const)('%s /api/v1/templates%s needs a key', async (method, url) => {
  const { app } = await buildGateway();
  const answer = await app.inject({ method, url: `/api/v1/templates${url}` });
  expect(answer.statusCode).toBe(401);
});
