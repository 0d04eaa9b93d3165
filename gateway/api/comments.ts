import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Comment } from '../../schemas/generated/records.ts';
import { problemResponses, sendProblem } from '../http/problem.ts';
import { lookUp, type TableSource } from '../read/tables.ts';
import { IdParams, isoTime, OrNull, Time } from './schemas.ts';

const CommentView = Type.Object(
  {
    id: Type.String(),
    movie_id: Type.String(),
    author_id: Type.String(),
    parent_comment_id: OrNull(Type.String()),
    text: Type.String(),
    created_at: Time,
  },
  { description: 'The comment.' },
);

const viewOf = (comment: Comment): Static<typeof CommentView> => ({
  id: comment.id,
  movie_id: comment.movieId,
  author_id: comment.authorId,
  parent_comment_id: comment.parentCommentId,
  text: comment.text,
  created_at: isoTime(comment.createdAt),
});

const schema = {
  operationId: 'getComment',
  summary: 'A comment on a movie, as the comments topic has it now',
  tags: ['catalogue'],
  params: IdParams,
  response: { 200: CommentView, ...problemResponses(400, 404, 503) },
};

/** GET /api/v1/comments/{id} */
export function commentRoutes(source: TableSource): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/v1/comments/:id', { schema }, async (request, reply) => {
      const comment = lookUp(source, 'comments', request.params.id);
      return comment.ok ? viewOf(comment.value) : sendProblem(reply, comment.problem);
    });
  };
}
