import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Movie } from '../../schemas/generated/records.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { lookUp, type TableSource } from '../read/tables.ts';
import { IdParams, OrNull } from './schemas.ts';

const MovieView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    english_title: OrNull(Type.String()),
    genres: Type.Array(Type.String()),
    year: Type.Integer(),
    description: OrNull(Type.String()),
  },
  { description: 'The movie.' },
);

function viewOf(movie: Movie): Static<typeof MovieView> {
  const { id, title, englishTitle, genres, year, description } = movie;
  return { id, title, english_title: englishTitle, genres: [...genres], year, description };
}

const schema = {
  operationId: 'getMovie',
  summary: 'A movie or a series, as the movies topic has it now',
  tags: ['catalogue'],
  params: IdParams,
  response: { 200: MovieView, ...problemResponses(400, 404, 503) },
};

/** GET /api/v1/movies/{id} */
export function movieRoutes(source: TableSource): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/v1/movies/:id', { schema }, async (request, reply) => {
      const movie = lookUp(source, 'movies', request.params.id);
      return movie.ok ? viewOf(movie.value) : sendProblem(reply, movie.problem);
    });
  };
}
