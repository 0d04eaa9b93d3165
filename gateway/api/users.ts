import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { User } from '../../schemas/generated/records.ts';
import { requireScope, securityOf } from '../http/identity.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { lookUp, type TableSource } from '../read/tables.ts';
import { IdParams, OrNull, UpstreamChannelName } from './schemas.ts';

export const UserView = Type.Object(
  {
    id: Type.String(),
    full_name: Type.String(),
    email: OrNull(Type.String()),
    phone: OrNull(Type.String()),
    telegram_chat_id: OrNull(Type.String()),
    locale: OrNull(Type.String()),
    time_zone: OrNull(Type.String()),
    channels: Type.Array(UpstreamChannelName),
    followed_movie_ids: Type.Array(Type.String()),
    followed_genres: Type.Array(Type.String()),
  },
  { description: 'The person.' },
);

export const userView = (user: User): Static<typeof UserView> => ({
  id: user.id,
  full_name: user.fullName,
  email: user.email,
  phone: user.phone,
  telegram_chat_id: user.telegramChatId,
  locale: user.locale,
  time_zone: user.timeZone,
  channels: [...user.channels],
  followed_movie_ids: [...user.followedMovieIds],
  followed_genres: [...user.followedGenres],
});

const schema = {
  operationId: 'getUser',
  summary: 'A person who can be notified, as the users topic has them now',
  description: 'Personal data: needs an API key.',
  tags: ['people'],
  security: securityOf('people:read'),
  params: IdParams,
  response: { 200: UserView, ...problemResponses(400, 401, 403, 404, 503) },
};

/** GET /api/v1/users/{id} */
export function userRoutes(options: { readonly source: TableSource }): FastifyPluginAsyncTypebox {
  const { source } = options;
  const onRequest = requireScope('people:read');
  return async (app) => {
    app.get('/api/v1/users/:id', { schema, onRequest }, async (request, reply) => {
      const user = lookUp(source, 'users', request.params.id);
      return user.ok ? userView(user.value) : sendProblem(reply, user.problem);
    });
  };
}
