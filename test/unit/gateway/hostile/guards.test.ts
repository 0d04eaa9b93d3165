import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { sessionCookieName } from '../../../../gateway/credentials/sessions.ts';
import type { PanelSessions } from '../../../../gateway/panel/sessions.ts';
import { formToken } from '../../../../gateway/panel/visitor.ts';
import { authorization } from '../built-gateway.ts';
import { panelParts, viewer, viewerCookie, viewerToken } from '../panel/panel-parts.ts';
import { type Asking, ask } from './asked-route.ts';
import { nameOf, type Route, type RoutedGateway, routedGateway } from './routed-gateway.ts';

const html = { accept: 'text/html' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

/** Answers the same to everybody, and nothing of a person; the rest of the API needs a key. */
const publicApi = /^\/(?:docs(?:\/|$)|health\/(?:live|ready)$|api\/v1\/(?:movies|comments)\/:id$)/;
/** Needs no log-in; every other page does. */
const openPages = [
  'GET /*',
  'GET /login',
  'GET /login/link/:token',
  'POST /appearance',
  'POST /login',
  'POST /login/link/:token',
  'POST /logout',
];
/** For everybody who is logged in; every other page needs a scope. */
const pagesOfAll = ['GET /', 'GET /live', 'GET /password', 'GET /system', 'POST /password'];

const isAsset = ({ url }: Route) => url.startsWith('/assets/');
const apiOf = ({ routes }: RoutedGateway) =>
  routes.filter(({ isPanel, url }) => !isPanel && !publicApi.test(url));
const pagesOf = ({ routes }: RoutedGateway) =>
  routes.filter((route) => route.isPanel && !isAsset(route));
const closedPages = (gateway: RoutedGateway) =>
  pagesOf(gateway).filter((route) => !openPages.includes(nameOf(route)));

/** The routes of a list that do not answer so. */
async function otherwise(
  gateway: RoutedGateway,
  routes: readonly Route[],
  expected: string,
  asking: Asking,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const { statusCode, headers } = await ask(gateway, route, asking);
    const answer = `${statusCode} ${headers.location ?? ''}`.trim();
    if (!answer.startsWith(expected)) found.push(`${nameOf(route)}: ${answer}`);
  }
  return found;
}

/** The same for many askers, each with its name. */
async function otherwiseForAny(
  gateway: RoutedGateway,
  routes: readonly Route[],
  expected: string,
  askers: Readonly<Record<string, Asking>>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, asking] of Object.entries(askers)) {
    const others = await otherwise(gateway, routes, expected, asking);
    found.push(...others.map((each) => `${name}: ${each}`));
  }
  return found;
}

/** The pages, for somebody without any right. */
const guest = () => {
  const { sessions } = panelParts();
  const personOf = async () => ({ ...viewer, scopes: new Set([]) });
  return routedGateway({ panel: panelParts({ sessions: { ...sessions, personOf } }) });
};

test('all that is open is what is named here', async () => {
  const gateway = await routedGateway();
  const names = pagesOf(gateway).map(nameOf);
  expect(names).toEqual(expect.arrayContaining([...openPages, ...pagesOfAll]));
  expect(apiOf(gateway).length).toBeGreaterThan(15);
  expect(closedPages(gateway).length).toBeGreaterThan(5);
});

describe('every operation of the API', () => {
  test('answers 401 to whoever has no key', async () => {
    const gateway = await routedGateway();
    gateway.app.identify = withoutPostgres(gateway.app);
    const askers = {
      nothing: {},
      'a session of the panel': { headers: { cookie: viewerCookie, ...sameOrigin } },
      'a key that is none': { headers: { authorization: 'Bearer guessed' } },
      'another scheme': { headers: { authorization: authorization.replace('Bearer', 'Basic') } },
      'two keys': { headers: { authorization: `${authorization}, ${authorization}` } },
      'a key in the query': { query: '?api_key=open-sesame&access_token=open-sesame' },
    };
    expect(await otherwiseForAny(gateway, apiOf(gateway), '401', askers)).toEqual([]);
  });

  test('answers 403 to a key without its scope', async () => {
    const gateway = await routedGateway();
    const key = { kind: 'key', id: 'k', name: 'k', scopes: new Set([]) } as const;
    gateway.app.identify = async () => ({ ok: true, value: key });
    const headers = { authorization };
    expect(await otherwise(gateway, apiOf(gateway), '403', { headers })).toEqual([]);
  });

  test('and one that nobody guarded is caught', async () => {
    const plant = (app: FastifyInstance) => void app.get('/api/v1/planted', async () => 'secret');
    const gateway = await routedGateway({}, plant);
    const found = await otherwise(gateway, apiOf(gateway), '401', {});
    expect(found).toEqual(['GET /api/v1/planted: 200']);
  });
});

/** Knows the keys of API_KEYS; those that people make could not be looked up here. */
function withoutPostgres(app: FastifyInstance): FastifyInstance['identify'] {
  const { identify } = app;
  return async (secret) =>
    authorization.endsWith(secret) ? identify(secret) : { ok: true, value: null };
}

describe('every page', () => {
  test('sends whoever has no session to the log-in', async () => {
    const gateway = await routedGateway();
    const asker = (headers: Record<string, string>) => ({
      headers: { ...html, ...sameOrigin, ...headers },
    });
    const askers = {
      nobody: asker({}),
      'a session that is none': asker({ cookie: `${sessionCookieName}=guessed` }),
      'a cookie without the prefix': asker({ cookie: `vestnik=${viewerToken}` }),
      'an empty cookie': asker({ cookie: `${sessionCookieName}=` }),
      'a key of the API': asker({ authorization }),
    };
    const closed = closedPages(gateway);
    expect(await otherwiseForAny(gateway, closed, '303 /login', askers)).toEqual([]);
  });

  test('is refused to somebody without its scope', async () => {
    const gateway = await guest();
    const closed = closedPages(gateway).filter((route) => !pagesOfAll.includes(nameOf(route)));
    const asking = { headers: { ...html, ...sameOrigin, cookie: viewerCookie } };
    expect(await otherwise(gateway, closed, '403', asking)).toEqual([]);
  });

  test('and one that nobody guarded is caught', async () => {
    const plant = (app: FastifyInstance) => void app.get('/planted', async () => 'secret');
    const gateway = await routedGateway({}, plant);
    const planted = gateway.routes.filter(({ url }) => url === '/planted');
    expect(await otherwise(gateway, planted, '303 /login', {})).toEqual(['GET /planted: 200']);
  });
});

/** A panel, and whatever was done to its sessions. */
async function watched() {
  const done: string[] = [];
  const { sessions } = panelParts();
  const note = (name: string) => async () => {
    done.push(name);
    return null as never;
  };
  const spied: PanelSessions = {
    ...sessions,
    logIn: note('logIn'),
    useLink: note('useLink'),
    end: note('end'),
  };
  return { done, gateway: await routedGateway({ panel: panelParts({ sessions: spied }) }) };
}

const changing = (gateway: RoutedGateway) =>
  pagesOf(gateway).filter(({ method }) => method !== 'GET');
const own = formToken(viewerToken);
const asVisitor = { ...html, ...form, cookie: viewerCookie };

/** What a browser says of the page that a form is on, when that is none of this site. */
const elsewhere: Readonly<Record<string, Record<string, string>>> = {
  'another site': { 'sec-fetch-site': 'cross-site' },
  'a sibling of this site': { 'sec-fetch-site': 'same-site' },
  'no page': { 'sec-fetch-site': 'none' },
  'words that browsers do not say': { 'sec-fetch-site': 'same-origin, cross-site' },
  'an empty word': { 'sec-fetch-site': '' },
  'another origin': { origin: 'https://evil.example' },
  'an origin that begins like this one': { origin: 'http://localhost:80.evil.example' },
  'an origin with a name before it': { origin: 'http://localhost:80@evil.example' },
  'a page without origin': { origin: 'null' },
  'nobody knows where': {},
  'another site by this origin': {
    'sec-fetch-site': 'cross-site',
    origin: 'http://localhost:80',
  },
  'a referrer only': { referer: 'http://localhost:80/' },
};

const wrongTokens: Readonly<Record<string, string>> = {
  'no token': 'a=b',
  'an empty token': 'form_token=',
  "another session's token": `form_token=${formToken('annas-token')}`,
  "the session's own secret": `form_token=${viewerToken}`,
  'a token with something behind it': `form_token=${own}x`,
  'a token in another field': `form_token[]=${own}&_csrf=${own}`,
  'letters that are more bytes': `form_token=${encodeURIComponent('я'.repeat(own.length))}`,
};

const noForms: Readonly<Record<string, string>> = {
  'application/json': JSON.stringify({ form_token: own }),
  'text/plain': `form_token=${own}`,
  'multipart/form-data; boundary=x': '--x\r\n\r\n--x--',
  'application/json; a=application/x-www-form-urlencoded': `form_token=${own}`,
  '': `form_token=${own}`,
};

const mapped = (
  cases: Readonly<Record<string, Record<string, string> | string>>,
  askingOf: (value: never, name: string) => Asking,
) =>
  Object.fromEntries(
    Object.entries(cases).map(([name, value]) => [name, askingOf(value as never, name)]),
  );

describe('every page that changes something', () => {
  test('refuses a form from elsewhere, with the right token', async () => {
    const { gateway, done } = await watched();
    const payload = filled(`form_token=${own}`);
    const askers = mapped(elsewhere, (headers: Record<string, string>) => ({
      headers: { ...asVisitor, ...headers },
      payload,
    }));
    const routes = changing(gateway);
    expect(routes.length).toBeGreaterThan(3);
    expect(await otherwiseForAny(gateway, routes, '403', askers)).toEqual([]);
    expect(done).toEqual([]);
  });

  test('refuses a form of this site without the token of the session', async () => {
    const { gateway, done } = await watched();
    const headers = { ...asVisitor, ...sameOrigin };
    const askers = mapped(wrongTokens, (form: string) => ({
      headers,
      payload: filled(form),
      query: `?form_token=${own}`,
    }));
    const routes = changing(gateway);
    expect(await otherwiseForAny(gateway, routes, '403', askers)).toEqual([]);
    const payload = filled(`form_token=${own}&form_token=${own}`);
    expect(await otherwise(gateway, routes, '40', { headers, payload })).toEqual([]);
    expect(done).toEqual([]);
  });

  test('takes nothing but forms', async () => {
    const { gateway, done } = await watched();
    const askers = mapped(noForms, (payload: string, type) => ({
      headers: { ...asVisitor, ...sameOrigin, 'content-type': type },
      payload,
    }));
    expect(await otherwiseForAny(gateway, changing(gateway), '4', askers)).toEqual([]);
    expect(done).toEqual([]);
  });

  test('does what a form of this site says', async () => {
    const { gateway, done } = await watched();
    const payload = filled(`form_token=${own}`);
    const asking = { headers: { ...asVisitor, ...sameOrigin }, payload };
    const refused = await otherwise(gateway, changing(gateway), '403', asking);
    expect(refused).toHaveLength(changing(gateway).length);
    expect(done).toEqual(expect.arrayContaining(['logIn', 'useLink', 'end']));
  });
});

/** With the fields of the log-in, whose schema is asked before the token is. */
const filled = (payload: string) => `name=a&password=b&theme=dark&${payload}`;

test('the method is what the request line says', async () => {
  const { gateway, done } = await watched();
  const { app } = gateway;
  for (const header of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
    const headers = { ...asVisitor, ...sameOrigin, [header]: 'POST' };
    const answer = await app.inject({ method: 'GET', url: '/logout?_method=POST', headers });
    expect([header, answer.statusCode, done]).toEqual([header, 405, []]);
    const remove = await app.inject({
      method: 'GET',
      url: '/api/v1/api-keys/0199bbbb-0000-7000-8000-000000000001?_method=DELETE',
      headers: { authorization, [header]: 'DELETE' },
    });
    expect([header, remove.statusCode]).toEqual([header, 405]);
  }
});
