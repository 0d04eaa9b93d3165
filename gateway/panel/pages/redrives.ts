import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { usualRatePerSecond } from '../../../redrive/redrive.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { type ErrorCode, errorTable } from '../../../runtime/errors.ts';
import type { Problem } from '../../http/problem.ts';
import type { RedriveRun, Redrives } from '../../redrives/redrives.ts';
import { Field, oneOf, sinceOf } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendMissing, sendProblemPage, sendTrouble } from '../problem-pages.ts';
import { redriveHead, redrivePath, redriveView, wouldSendOf } from '../redrive-views.ts';
import { type LiveParts, sendStream } from '../stream.ts';
import { formToken, visitorOf } from '../visitor.ts';

/** As a form sends a whole number. */
const Place = Type.Optional(Type.String({ pattern: '^\\d{1,15}$' }));
const codes = Object.keys(errorTable) as ErrorCode[];
const Asked = Type.Object({
  // A code that nobody knows must not come to mean all of them.
  code: Type.Optional(Type.Enum(['', ...codes])),
  topic: Field,
  process: Field,
  key: Field,
  period: Field,
  partition: Place,
  offset: Place,
});
const Params = Type.Object({ id: Type.String({ maxLength: 255 }) });
const maxCountChars = 20;
const Confirmed = Type.Object({ count: Type.String({ maxLength: maxCountChars }) });

/**
 * What a form asks for, as a look that sends nothing. It ends now: what is set aside later was not
 * seen by whoever confirms. Pure.
 */
function lookOf(asked: Static<typeof Asked>, nowMs: number): RedriveRun['request'] {
  const { partition, offset } = asked;
  return {
    code: oneOf(codes, asked.code),
    topic: asked.topic || null,
    process: asked.process || null,
    key: asked.key || null,
    place:
      partition === undefined || offset === undefined
        ? null
        : { partition: Number(partition), offset: Number(offset) },
    sinceMs: sinceOf(asked.period, nowMs),
    untilMs: nowMs,
    dryRun: true,
    ratePerSecond: usualRatePerSecond,
  };
}

function sendProblemWords(reply: FastifyReply, problem: Problem) {
  const { redrives } = wordsFor(reply.request);
  if (problem.status !== 409) return sendProblemPage(reply, problem);
  return sendTrouble(reply, { status: 409, title: redrives.busyTitle, text: redrives.busyText });
}

type Options = LiveParts & { readonly redrives: Redrives; readonly clock: Clock };

/** What was confirmed of each redrive that sends; of those that are forgotten, nothing. */
function noteExpected(redrives: Redrives) {
  const expected = new Map<string, number>();
  return {
    of: (id: string) => expected.get(id),
    note: (id: string, count: number) => {
      for (const known of expected.keys()) if (!redrives.find(known)) expected.delete(known);
      expected.set(id, count);
    },
  };
}

/** /dead-letters/redrives: what would become of letters, and then their way back, live */
export function redrivePages(options: Options): FastifyPluginAsyncTypebox {
  const { redrives, clock } = options;
  const redriving = requireVisitor('dead-letters:redrive');
  const reading = requireVisitor('dead-letters:read');
  const expected = noteExpected(redrives);

  function viewFor(reply: FastifyReply, run: RedriveRun, error: string | null) {
    const { identity, token } = visitorOf(reply.request);
    return redriveView(run, wordsFor(reply.request), {
      formToken: formToken(token),
      expected: expected.of(run.redriveId),
      mayRedrive: identity.scopes.has('dead-letters:redrive'),
      error,
    });
  }

  function sendRun(reply: FastifyReply, run: RedriveRun, error: string | null = null) {
    const words = wordsFor(reply.request);
    const now = viewFor(reply, run, error);
    const path = `${redrivePath(run.redriveId)}/live`;
    const data = { words: words.redrives, head: redriveHead(run, words), now, livePath: path };
    const { title } = words.redrives;
    return sendPage(reply, { view: 'redrive', title, section: 'deadLetters', data });
  }

  return async (app) => {
    const asking = { schema: { body: Asked }, onRequest: redriving };
    app.post('/dead-letters/redrives', asking, async (request, reply) => {
      const { identity } = visitorOf(request);
      const begun = await redrives.begin(identity, lookOf(request.body, clock.nowMs()));
      if (!begun.ok) return sendProblemWords(reply, begun.problem);
      return reply.redirect(redrivePath(begun.value.redriveId), 303);
    });

    const one = { schema: { params: Params }, onRequest: reading };
    app.get('/dead-letters/redrives/:id', one, async (request, reply) => {
      const run = redrives.find(request.params.id);
      return run ? sendRun(reply, run) : sendMissing(reply, wordsFor(request).redrives.missing);
    });

    app.get('/dead-letters/redrives/:id/live', one, async (request, reply) => {
      const data = async () => {
        const run = redrives.find(request.params.id);
        return run ? viewFor(reply, run, null) : null;
      };
      return sendStream(reply, options, { part: 'redrive-now', data });
    });

    const sending = { schema: { params: Params, body: Confirmed }, onRequest: redriving };
    app.post('/dead-letters/redrives/:id/send', sending, async (request, reply) => {
      const words = wordsFor(request).redrives;
      const looked = redrives.find(request.params.id);
      if (!looked) return sendMissing(reply, words.stale);
      const count = wouldSendOf(looked);
      const typed = Number(request.body.count.replaceAll(/\s/g, ''));
      if (count === 0 || typed !== count) return sendRun(reply.code(422), looked, words.mistyped);
      const { identity } = visitorOf(request);
      const begun = await redrives.begin(identity, { ...looked.request, dryRun: false });
      if (!begun.ok) return sendProblemWords(reply, begun.problem);
      expected.note(begun.value.redriveId, count);
      return reply.redirect(redrivePath(begun.value.redriveId), 303);
    });
  };
}
