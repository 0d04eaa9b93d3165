import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import {
  type ApiKey,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  type WantedKey,
} from '../credentials/api-keys.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { askerOf, requireScope, type Scope, scopes, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { isoTime, Name, OrNull, Time, UuidParams } from './schemas.ts';

/** What PostgreSQL's int holds; a quota beyond it is none. */
const maxQuota = 2_147_483_647;

const Quota = (description: string) =>
  OrNull(Type.Integer({ minimum: 1, maximum: maxQuota, description }));
const ScopeName = Type.Enum([...scopes]);

const Settings = {
  name: Name('For people; it stands in the records of what the key asks for.'),
  scopes: Type.Array(ScopeName, {
    minItems: 1,
    maxItems: scopes.length,
    description: 'What it may do. Only what the key that asks may do, too.',
  }),
  requests_per_minute: Quota('Null: no quota.'),
  notifications_per_day: Quota(
    'People in a day of UTC. Null: no quota. A key with one may name people, but no audience.',
  ),
  expires_at: OrNull(Type.String({ format: 'date-time', description: 'Null: never.' })),
};

const { name, scopes: Scopes, ...optional } = Settings;
const Body = Type.Object(
  {
    name,
    scopes: Scopes,
    requests_per_minute: Type.Optional(optional.requests_per_minute),
    notifications_per_day: Type.Optional(optional.notifications_per_day),
    expires_at: Type.Optional(optional.expires_at),
  },
  {
    additionalProperties: false,
    examples: [{ name: 'release service', scopes: ['notifications:write'] }],
  },
);

const KeyFields = {
  id: Type.String(),
  ...Settings,
  expires_at: OrNull(Time),
  created_by: Type.String(),
  created_at: Time,
  last_used_at: OrNull(Time),
  revoked_at: OrNull(Time),
};
const KeyView = Type.Object(KeyFields, { description: 'The key, without its secret.' });
const NewKey = Type.Object(
  {
    ...KeyFields,
    secret: Type.String({ description: 'Shown now and never again: only its hash is kept.' }),
  },
  { description: 'The key, and its secret.' },
);
const Keys = Type.Object(
  { api_keys: Type.Array(KeyView, { description: 'The newest first; at most 1,000.' }) },
  { description: 'All keys, also those that ended in the last 90 days.' },
);

const timeOrNull = (timeMs: number | null) => (timeMs === null ? null : isoTime(timeMs));

function viewOf(key: ApiKey): Static<typeof KeyView> {
  return {
    id: key.id,
    name: key.name,
    scopes: [...key.scopes],
    requests_per_minute: key.requestsPerMinute,
    notifications_per_day: key.notificationsPerDay,
    expires_at: timeOrNull(key.expiresAtMs),
    created_by: key.createdBy,
    created_at: isoTime(key.createdAtMs),
    last_used_at: timeOrNull(key.lastUsedAtMs),
    revoked_at: timeOrNull(key.revokedAtMs),
  };
}

function wantedOf(body: Static<typeof Body>): WantedKey {
  const expiresAt = body.expires_at ?? null;
  return {
    name: body.name,
    scopes: body.scopes as readonly Scope[],
    requestsPerMinute: body.requests_per_minute ?? null,
    notificationsPerDay: body.notifications_per_day ?? null,
    expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt),
  };
}

const shared = { tags: ['access'], security: securityOf('admin') };

const creation = {
  ...shared,
  operationId: 'createApiKey',
  summary: 'Make an API key; its secret is in the answer and never shown again',
  body: Body,
  response: { 201: NewKey, ...problemResponses(400, 401, 403, 409, 413, 415, 429, 503) },
};
const list = {
  ...shared,
  operationId: 'listApiKeys',
  summary: 'All API keys that were made here, without their secrets',
  response: { 200: Keys, ...problemResponses(401, 403, 429, 503) },
};
const revocation = {
  ...shared,
  operationId: 'revokeApiKey',
  summary: 'End an API key for ever; it works for at most five seconds more',
  params: UuidParams,
  response: { 200: KeyView, ...problemResponses(400, 401, 403, 404, 429, 503) },
};

/** POST and GET /api/v1/api-keys, DELETE /api/v1/api-keys/{id} */
export function apiKeyRoutes(credentials: Credentials): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('admin');
  return async (app) => {
    const url = '/api/v1/api-keys';
    app.post(url, { schema: creation, onRequest }, async (request, reply) => {
      const made = await createApiKey(credentials, askerOf(request), wantedOf(request.body));
      if (!made.ok) return sendProblem(reply, made.problem);
      const { key, secret } = made.value;
      return reply.code(201).send({ ...viewOf(key), secret });
    });
    app.get(url, { schema: list, onRequest }, async () => ({
      api_keys: (await listApiKeys(credentials)).map(viewOf),
    }));
    app.delete(`${url}/:id`, { schema: revocation, onRequest }, async (request, reply) => {
      const revoked = await revokeApiKey(credentials, askerOf(request), request.params.id);
      return revoked.ok ? viewOf(revoked.value) : sendProblem(reply, revoked.problem);
    });
  };
}
