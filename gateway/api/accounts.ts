import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import {
  type Account,
  type AccountChange,
  changeAccount,
  createAccount,
  linkForAccount,
  listAccounts,
} from '../credentials/accounts.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { LoginLink } from '../credentials/login-links.ts';
import { roles } from '../credentials/roles.ts';
import { askerOf, requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { isoTime, Name, OrNull, Time, Uuid, UuidParams } from './schemas.ts';

const RoleName = Type.Enum([...roles], {
  description: 'Each may do what the one before may. Only what the key that asks may do, too.',
});

const AccountFields = {
  id: Type.String(),
  name: Type.String(),
  role: RoleName,
  has_password: Type.Boolean({ description: 'False: a link is the only way in.' }),
  created_at: Time,
  disabled_at: OrNull(Time),
  seen_at: OrNull(Time),
};
const AccountView = Type.Object(AccountFields, { description: 'Somebody who may log in.' });
const LinkView = Type.Object(
  {
    path: Type.String({ description: "Of the panel, to be put behind the gateway's address." }),
    expires_at: Time,
  },
  { description: 'Logs the owner in, once. Shown now and never again.' },
);
const NewAccount = Type.Object(
  { ...AccountFields, login_link: LinkView },
  { description: 'The account, and the link by which its owner logs in first.' },
);
const Accounts = Type.Object(
  { accounts: Type.Array(AccountView, { description: 'By name; at most 1,000.' }) },
  { description: 'All accounts, disabled ones too.' },
);

const NewBody = Type.Object(
  { name: Name('What its owner logs in with.'), role: RoleName },
  { additionalProperties: false, examples: [{ name: 'Анна Каренина', role: 'editor' }] },
);
const ChangeBody = Type.Object(
  { role: Type.Optional(RoleName), disabled: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1, examples: [{ role: 'publisher' }] },
);
const LinkBody = Type.Object(
  { account_id: Uuid },
  {
    additionalProperties: false,
    examples: [{ account_id: '019bc1a0-7c00-7000-8000-000000000000' }],
  },
);

const timeOrNull = (timeMs: number | null) => (timeMs === null ? null : isoTime(timeMs));

const viewOf = (account: Account): Static<typeof AccountView> => ({
  id: account.id,
  name: account.name,
  role: account.role,
  has_password: account.hasPassword,
  created_at: isoTime(account.createdAtMs),
  disabled_at: timeOrNull(account.disabledAtMs),
  seen_at: timeOrNull(account.seenAtMs),
});

const linkView = ({ path, expiresAtMs }: LoginLink): Static<typeof LinkView> => ({
  path,
  expires_at: isoTime(expiresAtMs),
});

const shared = { tags: ['access'], security: securityOf('admin') };

const creation = {
  ...shared,
  operationId: 'createAccount',
  summary: 'Let somebody log in to the panel: an account, and a link to log in by first',
  body: NewBody,
  response: { 201: NewAccount, ...problemResponses(400, 401, 403, 409, 413, 415, 429, 503) },
};
const list = {
  ...shared,
  operationId: 'listAccounts',
  summary: 'Everybody who may log in to the panel',
  response: { 200: Accounts, ...problemResponses(401, 403, 429, 503) },
};
const change = {
  ...shared,
  operationId: 'changeAccount',
  summary: 'Change the role of an account, disable or enable it; its sessions end',
  params: UuidParams,
  body: ChangeBody,
  response: { 200: AccountView, ...problemResponses(400, 401, 403, 404, 409, 413, 415, 429, 503) },
};
const link = {
  ...shared,
  operationId: 'createLoginLink',
  summary: 'Make a link for somebody who forgot the password; it is good for an hour, and once',
  body: LinkBody,
  response: { 201: LinkView, ...problemResponses(400, 401, 403, 404, 409, 413, 415, 429, 503) },
};

/** POST and GET /api/v1/accounts, PATCH /api/v1/accounts/{id}, POST /api/v1/login-links */
export function accountRoutes(credentials: Credentials): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('admin');
  return async (app) => {
    const url = '/api/v1/accounts';
    app.post(url, { schema: creation, onRequest }, async (request, reply) => {
      const { name, role } = request.body;
      const made = await createAccount(credentials, askerOf(request), { name, role });
      if (!made.ok) return sendProblem(reply, made.problem);
      const { account, link: loginLink } = made.value;
      return reply.code(201).send({ ...viewOf(account), login_link: linkView(loginLink) });
    });
    app.get(url, { schema: list, onRequest }, async () => ({
      accounts: (await listAccounts(credentials)).map(viewOf),
    }));
    app.patch(`${url}/:id`, { schema: change, onRequest }, async (request, reply) => {
      const { role, disabled } = request.body;
      const wanted: AccountChange = {
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined ? {} : { disabled }),
      };
      const changed = await changeAccount(credentials, askerOf(request), request.params.id, wanted);
      return changed.ok ? viewOf(changed.value) : sendProblem(reply, changed.problem);
    });
    app.post('/api/v1/login-links', { schema: link, onRequest }, async (request, reply) => {
      const id = request.body.account_id;
      const linked = await linkForAccount(credentials, askerOf(request), id);
      if (!linked.ok) return sendProblem(reply, linked.problem);
      return reply.code(201).send(linkView(linked.value));
    });
  };
}
