import { expect, test } from 'vitest';
import { authorization, buildGateway } from './built-gateway.ts';

type Method = 'GET' | 'POST' | 'PUT';

async function opened() {
  const { app } = await buildGateway();
  return async (method: Method, url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { authorization },
      ...(payload && { payload }),
    });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  };
}

const texts = [{ locale: 'ru', body: '<hr>{{ user_full_name }}' }];
const layout = [{ locale: 'ru', body: '<main>{{> @partial-block}}</main>{{> footer}}' }];
const template = {
  id: 'new',
  event_type: 'movieAdded',
  channel: 'email',
  locale: 'ru',
  texts: [{ locale: 'ru', subject: 'x', body: '{{#> frame}}<p>{{ movie_title }}</p>{{/frame}}' }],
};

test('a footer and a layout, from their drafts into a template and out of it again', async () => {
  const call = await opened();
  const made = await call('POST', '/template-parts', { id: 'footer', channel: 'email', texts });
  expect(made).toMatchObject({
    status: 201,
    headers: { location: '/api/v1/template-parts/footer' },
    body: { revision: 1, state: 'open', saved_by: { name: 'admins' } },
  });
  const looked = { texts: [{ locale: 'ru', body: '\n{{ nothing }}' }] };
  expect(await call('POST', '/template-parts/footer/validate', looked)).toMatchObject({
    body: { problems: [{ code: 'unknownName', line: 2, column: 4 }] },
  });
  await call('PUT', '/template-parts/footer/draft', { revision: 1, texts });
  const done = await call('POST', '/template-parts/footer/publish', { revision: 2, note: 'Раз' });
  expect(done).toMatchObject({ status: 200, body: { state: 'ended', last_version: 1 } });
  await call('POST', '/template-parts', { id: 'frame', channel: 'email', texts: layout });
  await call('POST', '/template-parts/frame/publish', { revision: 1 });

  await call('POST', '/templates', template);
  const published = await call('POST', '/templates/new/publish', { revision: 1 });
  expect(published.status).toBe(200);
  const body = '<main><p>{{ movie_title }}</p></main><hr>{{ user_full_name }}';
  expect(await call('GET', '/templates/new')).toMatchObject({
    body: { texts: [{ body }], params: ['movie_title', 'user_full_name'] },
  });
  expect(await call('GET', '/templates/new/versions/1')).toMatchObject({
    body: {
      texts: [{ body }],
      sources: template.texts,
      parts: [
        { part_id: 'footer', version: 1 },
        { part_id: 'frame', version: 1 },
      ],
    },
  });

  await call('PUT', '/template-parts/footer/draft', { revision: 3, texts: [...texts] });
  await call('POST', '/template-parts/footer/publish', { revision: 4 });
  expect(await call('GET', '/template-parts/footer/uses')).toMatchObject({
    body: {
      templates: [{ template_id: 'new', published_with: 1, outdated: true, in_draft: false }],
      parts: ['frame'],
    },
  });
  expect(await call('POST', '/template-parts/footer/renew', { count: 2 })).toMatchObject({
    status: 409,
  });
  expect(await call('POST', '/template-parts/footer/renew', { count: 1 })).toMatchObject({
    status: 200,
    body: { renewed: [{ template_id: 'new', version: 2 }], refused: [] },
  });
  expect(await call('GET', '/template-parts')).toMatchObject({
    body: {
      parts: [
        { part_id: 'footer', version: 2, used_in: 1, outdated: 0 },
        { part_id: 'frame', version: 1 },
      ],
    },
  });
  expect(await call('GET', '/template-parts/footer/versions')).toMatchObject({
    body: { versions: [{ version: 2 }, { version: 1, note: 'Раз' }] },
  });
  expect(await call('GET', '/template-parts/footer/versions/1')).toMatchObject({
    body: { texts, parts: [] },
  });
  expect(await call('POST', '/template-parts/footer/archive')).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('new') },
  });
});

test('what nothing mentions is archived, and comes back; a draft can be dropped', async () => {
  const call = await opened();
  await call('POST', '/template-parts', { id: 'footer', channel: 'email', texts });
  expect(await call('POST', '/template-parts/footer/archive')).toMatchObject({ status: 200 });
  expect(await call('PUT', '/template-parts/footer/draft', { revision: 2, texts })).toMatchObject({
    status: 409,
  });
  expect(await call('POST', '/template-parts/footer/restore')).toMatchObject({
    body: { state: 'open' },
  });
  await call('POST', '/template-parts/footer/draft/discard', { revision: 3 });
  expect(await call('GET', '/template-parts/footer')).toMatchObject({ status: 404 });
});

test.each(['Footer', 'this', 'a.b', 'new'])('no part is called %s', async (id) => {
  const call = await opened();
  const made = await call('POST', '/template-parts', { id, channel: 'email', texts });
  expect(made).toMatchObject({ status: 400 });
});
