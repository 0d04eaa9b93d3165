import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { notNow, problemResponses, sendProblem } from '../problem.ts';
import type { TableSource } from '../tables.ts';

const Status = <S extends string>(status: S) =>
  Type.Object({ status: Type.Literal(status) }, { description: `It is ${status}.` });

const live = {
  operationId: 'getLive',
  summary: 'Whether the process runs',
  description: 'For restarting it: 200 as long as the event loop turns.',
  tags: ['health'],
  response: { 200: Status('live'), ...problemResponses() },
};

const ready = {
  operationId: 'getReady',
  summary: 'Whether requests can be taken',
  description:
    'For sending it traffic: 200 when the tables are read and Kafka answers. PostgreSQL is not ' +
    'asked: without it requests are still taken, and only the history answers 503.',
  tags: ['health'],
  response: { 200: Status('ready'), ...problemResponses(503) },
};

/** GET /health/live and /health/ready */
export function healthRoutes(options: {
  readonly source: TableSource;
  readonly kafkaAnswers: () => Promise<boolean>;
}): FastifyPluginAsyncTypebox {
  const { source, kafkaAnswers } = options;
  return async (app) => {
    app.get('/health/live', { schema: live }, async () => ({ status: 'live' as const }));
    app.get('/health/ready', { schema: ready }, async (_request, reply) => {
      const missing: string[] = [];
      if (!(await kafkaAnswers())) missing.push('kafka');
      if (!source.tables()) missing.push('tables');
      if (missing.length === 0) return { status: 'ready' as const };
      const detail = `Not ready: ${missing.join(', ')}.`;
      return sendProblem(reply, notNow(detail, { missing, progress: source.progress() }));
    });
  };
}
