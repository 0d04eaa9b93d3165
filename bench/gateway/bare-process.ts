import { fastify } from 'fastify';

/** The limit: a route that answers what it has, and a framework with nothing switched on. */
const app = fastify();
app.get('/movies/:id', (request, reply) => {
  const { id } = request.params as { readonly id: string };
  return reply.send({ id, title: 'Some title', year: 2026, genres: ['drama'] });
});
app.post('/notifications', (_request, reply) => reply.code(202).send({ request_id: 'one' }));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
