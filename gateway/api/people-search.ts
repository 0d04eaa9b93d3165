import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { limits } from '../../schemas/limits.ts';
import { requireScope, securityOf } from '../http/identity.ts';
import { problemResponses } from '../http/problem.ts';
import type { PeopleSearch } from '../read/people-search.ts';
import { OrNull } from './schemas.ts';

const minChars = 2;

const Query = Type.Object(
  {
    query: Type.String({
      minLength: minChars,
      maxLength: limits.addressChars,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      description:
        'The beginning of an e-mail address, a phone number however it is written, or the ' +
        'beginnings of words of a name, in any order.',
    }),
  },
  { additionalProperties: false },
);

const Found = Type.Object(
  {
    people: Type.Array(
      Type.Object({
        id: Type.String(),
        full_name: Type.String(),
        email: OrNull(Type.String()),
        phone: OrNull(Type.String()),
      }),
      { description: 'At most 20, by name.' },
    ),
    has_more: Type.Boolean({ description: 'There are more: say it more exactly.' }),
  },
  { description: 'Who was found, as the history knows them.' },
);

const schema = {
  operationId: 'findPeople',
  summary: 'People by name, e-mail address or phone number',
  description: 'From PostgreSQL, which follows the users topic with a short delay. Personal data.',
  tags: ['people'],
  security: securityOf('people:read'),
  querystring: Query,
  response: { 200: Found, ...problemResponses(400, 401, 403, 503) },
};

/** GET /api/v1/people */
export function peopleSearchRoutes(options: {
  readonly peopleSearch: PeopleSearch;
}): FastifyPluginAsyncTypebox {
  const onRequest = requireScope('people:read');
  return async (app) => {
    app.get('/api/v1/people', { schema, onRequest }, async ({ query }) => {
      const { people, hasMore } = await options.peopleSearch.find(query.query);
      return {
        people: people.map(({ userId: id, fullName: full_name, email, phone }) => {
          return { id, full_name, email, phone };
        }),
        has_more: hasMore,
      };
    });
  };
}
