import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import {
  type FaultQueue,
  type FaultScript,
  FaultScriptSchema,
  MAX_SCRIPTED_FAULTS,
  ScriptedFaultSchema,
} from './faults.ts';
import { sendProblem } from './problem.ts';

/** Scripting the answers to the next messages. */
export function faultRoutes(faults: FaultQueue): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/api/faults',
      { schema: { body: FaultScriptSchema, response: { 201: ScriptedFaultSchema } } },
      async ({ body }, reply) => {
        const mismatch = mismatchOf(body);
        if (mismatch !== undefined) return sendProblem(reply, 400, mismatch.message, [mismatch]);
        const scripted = faults.add(body);
        if (scripted !== undefined) return reply.code(201).send(scripted);
        const detail = `${MAX_SCRIPTED_FAULTS} faults wait. DELETE /api/faults clears them.`;
        return sendProblem(reply, 409, detail);
      },
    );

    app.get(
      '/api/faults',
      { schema: { response: { 200: Type.Array(ScriptedFaultSchema) } } },
      async () => faults.list(),
    );

    app.delete('/api/faults', async (_request, reply) => {
      faults.clear();
      return reply.code(204).send();
    });
  };
}

/** What no schema of one field can say: SMTP has stages and dotted codes, the others have not. */
function mismatchOf({ channel, fault }: FaultScript) {
  if (fault.kind !== 'status') return undefined;
  const isDotted = typeof fault.code === 'string';
  if (channel !== 'email' && fault.stage !== undefined) {
    return { field: 'fault.stage', message: 'only e-mail has stages' };
  }
  if (fault.code !== undefined && isDotted !== (channel === 'email')) {
    const message = 'must be a number, or for e-mail a dotted code such as 5.1.1';
    return { field: 'fault.code', message };
  }
  return undefined;
}
