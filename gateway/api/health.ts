import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Health } from '../../runtime/health.ts';
import { notNow, problemResponses, sendProblem } from '../http/problem.ts';
import type { TableSource } from '../read/tables.ts';

const Condition = Type.Object({
  code: Type.String({ description: 'A code of the table of errors.' }),
  subject: Type.String({ description: 'What it is about, users-3 for example.' }),
  count: Type.Integer({ description: 'How many records, rows or attempts it concerns now.' }),
  message: Type.String({ description: 'What happened, and what can be done.' }),
});

const Ready = Type.Object(
  {
    status: Type.Enum(['ready', 'degraded']),
    conditions: Type.Array(Condition, {
      description: 'What does not stop the work, but should be mended; empty when ready.',
    }),
  },
  { description: 'Requests can be taken.' },
);

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
    'asked: without it requests are still taken, and only the history answers 503. `degraded` is ' +
    'a 200 as well, for work goes on; its conditions say what to mend.',
  tags: ['health'],
  response: { 200: Ready, ...problemResponses(503) },
};

/** GET /health/live and /health/ready */
export function healthRoutes(options: {
  readonly source: TableSource;
  readonly kafkaAnswers: () => Promise<boolean>;
  readonly health: Pick<Health, 'conditions'>;
}): FastifyPluginAsyncTypebox {
  const { source, kafkaAnswers, health } = options;
  return async (app) => {
    app.get('/health/live', { schema: live }, async () => ({ status: 'live' as const }));
    app.get('/health/ready', { schema: ready }, async (_request, reply) => {
      const missing: string[] = [];
      if (!(await kafkaAnswers())) missing.push('kafka');
      if (!source.tables()) missing.push('tables');
      if (missing.length === 0) {
        const conditions = [...health.conditions()];
        return { status: conditions.length === 0 ? 'ready' : 'degraded', conditions } as const;
      }
      const detail = `Not ready: ${missing.join(', ')}.`;
      return sendProblem(reply, notNow(detail, { missing, progress: source.progress() }));
    });
  };
}
