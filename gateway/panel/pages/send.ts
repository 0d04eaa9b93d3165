import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../../runtime/clock.ts';
import type { NotificationRequested } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { clientGone } from '../../api/dry-run.ts';
import { auditEntry } from '../../audit.ts';
import type { IdempotentAnswers } from '../../credentials/idempotent-answers.ts';
import type { Identity } from '../../http/identity.ts';
import type { People } from '../../read/people.ts';
import { type GatewayTables, notRestored } from '../../read/tables.ts';
import { countAudience } from '../../sending/audience-count.ts';
import type { DryRuns } from '../../sending/dry-runs.ts';
import type { VendorPace } from '../../sending/sending-time.ts';
import type { TestSendParts } from '../../sending/test-send.ts';
import { writeRequests } from '../../sending/write-requests.ts';
import { type GatewayRecord, recordOf } from '../../write/publisher.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendFrame } from '../preview-frame.ts';
import { sendProblemPage, sendRefused } from '../problem-pages.ts';
import { composeView } from '../sending/compose-view.ts';
import { audienceOf, countView } from '../sending/count-view.ts';
import { decideForm } from '../sending/decide-form.ts';
import { FormBody, formOf, movieFields, peopleIn, type SendForm } from '../sending/form.ts';
import { apiProblem, type FormProblem, formProblems } from '../sending/form-problems.ts';
import { lookView } from '../sending/look-view.ts';
import { movieChoice } from '../sending/movie-choice.ts';
import { sendOnce } from '../sending/send-once.ts';
import { mayTry, type Tried, tryForm } from '../sending/try-form.ts';
import { hasGrown, typedNumber } from '../sending/typed-number.ts';
import { visitorOf } from '../visitor.ts';
import { numberIn } from '../words/bilingual.ts';

/** What the pages of sending work with: the same as the API's routes. */
export type SendParts = TestSendParts & {
  readonly people: () => People | null;
  readonly dryRuns: DryRuns;
  readonly answers: IdempotentAnswers;
  readonly pace: VendorPace;
  readonly clock: Clock;
};

/** Ten thousand long ids, and two texts of 50,000 letters of an alphabet that is escaped. */
const bodyLimit = 4 * 1024 * 1024;
/** The browser may show these pages again as they were filled in, instead of asking for them. */
const keptByBrowser = 'private, no-cache';

const scope = 'notifications:write';
const section = 'send';

type Step = {
  readonly reply: FastifyReply;
  readonly form: SendForm;
  readonly tables: GatewayTables;
  readonly everyone: People;
};

async function sendCompose(
  { reply, form, tables }: Pick<Step, 'reply' | 'form' | 'tables'>,
  { people, clock }: SendParts,
  problems: readonly FormProblem[] = [],
): Promise<FastifyReply> {
  const words = wordsFor(reply.request);
  const signal = clientGone(reply);
  const options = { tables, people: people(), problems, words, clock, signal };
  const data = await composeView(form, options);
  reply.header('cache-control', keptByBrowser).code(problems.length > 0 ? 422 : 200);
  return sendPage(reply, { view: 'send', title: words.sending.title, section, data });
}

/** What to say of what somebody wanted to happen: why it did not, or what became of a test. */
type Told = { readonly error?: string | null; readonly tried?: Tried | null };

/** Shows what would happen. */
async function sendLook(
  step: Step,
  parts: SendParts,
  { error = null, tried = null }: Told = {},
): Promise<FastifyReply> {
  const { reply, form, tables, everyone } = step;
  const words = wordsFor(reply.request);
  const { identity } = visitorOf(reply.request);
  const decided = decideForm(form, { asker: identity, nowMs: parts.clock.nowMs() }, tables);
  if (!decided.ok) return sendCompose(step, parts, [apiProblem(decided.problem)]);
  const counted = await parts.dryRuns.run(decided.value.command, everyone, clientGone(reply));
  if (!counted.ok) return sendProblemPage(reply, counted.problem);
  const { pace } = parts;
  const data = lookView(form, counted.value, { identity, tables, pace, words, error, tried });
  reply.code(error === null ? 200 : 422);
  return sendPage(reply, { view: 'send-look', title: words.sending.look.title, section, data });
}

/** Why what was looked at may not be sent as it is; null: it may. */
function doubtOf({ reply, form, everyone }: Step, body: FormBody): string | null {
  const { sending, language } = wordsFor(reply.request);
  const { typed = '', counted = '', people = '' } = body;
  const wanted = typedNumber(counted);
  const number = (value: number | null) => numberIn(language, value ?? 0);
  if (wanted === null || wanted === 0 || typedNumber(typed) !== wanted) {
    return sending.look.wrongNumber(typed, number(wanted));
  }
  const named = peopleIn(form);
  const before = typedNumber(people);
  if (named === null || before === null) return sending.look.wrongNumber(typed, number(wanted));
  const now = countAudience(everyone, audienceOf(named)).named;
  return hasGrown(before, now) ? sending.look.grown(number(before), number(now)) : null;
}

/** That a person sent something; what programs ask for is in their requests alone. */
function sentRecord(
  requests: readonly NotificationRequested[],
  actor: Identity,
  { newId, clock }: SendParts,
): GatewayRecord {
  const [first] = requests;
  const entry = auditEntry({
    entryId: newId(),
    atMs: clock.nowMs(),
    actor,
    action: 'notification.requested',
    subject: { kind: 'request', id: first?.requestId ?? '' },
    detail: {
      requests: requests.map(({ requestId }) => requestId),
      channels: requests.map(({ channel }) => channel),
      template: first?.template ? 'announcement' : (first?.templateId ?? null),
      audience: first?.audience ?? null,
      listed: first?.userIds.length ?? 0,
    },
  });
  return recordOf(topics.audit, entry.entryId, entry);
}

/** Sends, once, and leads to where it can be watched. */
async function sendNow(step: Step, parts: SendParts): Promise<FastifyReply> {
  const { reply, form, tables } = step;
  const { identity: asker } = visitorOf(reply.request);
  const decided = decideForm(form, { asker, nowMs: parts.clock.nowMs() }, tables);
  if (!decided.ok) return sendCompose(step, parts, [apiProblem(decided.problem)]);
  const { requests } = decided.value;
  const also = [sentRecord(requests, asker, parts)];
  const write = () => writeRequests(requests, { ...parts, asker, repeatable: true, also });
  const problem = await sendOnce(requests, { ...parts, asker, write });
  if (problem) return sendProblemPage(reply, problem);
  const [first, ...others] = requests.map(({ requestId }) => requestId);
  if (others.length === 0) return reply.redirect(`/requests/${first}?sent=1`, 303);
  const query = requests.map(({ channel, requestId }) => `${channel}=${requestId}`).join('&');
  return reply.redirect(`/send/announced?${query}`, 303);
}

const Uuid = Type.Optional(Type.String({ pattern: '^[0-9a-f-]{36}$' }));
const Announced = Type.Object({ email: Uuid, sms: Uuid, messenger: Uuid });

const Framed = Type.Object({
  form_token: Type.String(),
  look: Type.Enum(['mail', 'chat']),
  html: Type.String(),
});

/** /send: what, to whom, and a look before anything leaves */
export function sendPages(parts: SendParts): FastifyPluginAsyncTypebox {
  const { source, people, clock, newId } = parts;
  const onRequest = requireVisitor(scope);
  const posted = { schema: { body: FormBody }, onRequest, bodyLimit };

  /** Runs a step of the form, as soon as there are tables. */
  function inStep(
    run: (step: Step, body: FormBody) => Promise<FastifyReply>,
  ): (reply: FastifyReply, body: FormBody) => Promise<FastifyReply> {
    return async (reply, body) => {
      const tables = source.tables();
      const everyone = people();
      if (!tables || !everyone) return sendProblemPage(reply, notRestored(source.progress()));
      return run({ reply, form: formOf(body, newId), tables, everyone }, body);
    };
  }

  const compose = inStep((step) => sendCompose(step, parts));
  const checked = (next: (step: Step, body: FormBody) => Promise<FastifyReply>) =>
    inStep((step, body) => {
      const problems = formProblems(step.form, step.tables, wordsFor(step.reply.request));
      return problems.length > 0 ? sendCompose(step, parts, problems) : next(step, body);
    });
  const look = checked((step) => sendLook(step, parts));
  const now = checked((step, body) => {
    const doubt = doubtOf(step, body);
    return doubt === null ? sendNow(step, parts) : sendLook(step, parts, { error: doubt });
  });

  const test = checked(async (step, { address = '', try_channel: channel = '' }) => {
    const { identity: asker } = visitorOf(step.reply.request);
    if (!mayTry(step.form, asker)) return sendRefused(step.reply, 'templates:write');
    const words = wordsFor(step.reply.request);
    const options = { asker, tables: step.tables, parts, words };
    return sendLook(step, parts, {
      tried: await tryForm(step.form, { address: address.trim(), channel }, options),
    });
  });

  return async (app) => {
    const query = { schema: { querystring: FormBody }, onRequest };
    app.get('/send', query, (request, reply) => compose(reply, request.query));
    app.post('/send', posted, (request, reply) => compose(reply, request.body));
    app.post('/send/look', posted, (request, reply) => look(reply, request.body));
    app.post('/send/test', posted, (request, reply) => test(reply, request.body));
    // A sample is somebody's HTML: it is shown again in a frame that may do nothing.
    const framed = { ...posted, schema: { body: Framed } };
    app.post('/send/frame', framed, (request, reply) => sendFrame(reply, request.body));
    app.post('/send/now', posted, (request, reply) => now(reply, request.body));
    // Whoever loads the address of a step anew, or comes back to it from the log-in.
    for (const path of ['/send/look', '/send/test', '/send/now']) {
      app.get(path, { onRequest }, (_request, reply) => reply.redirect('/send', 303));
    }

    app.post('/send/count', posted, async (request, reply) => {
      const view = countView(formOf(request.body, newId), people(), wordsFor(request));
      return reply.type('text/html; charset=utf-8').send(app.panel.partOf('send-count', view));
    });

    const Field = Type.Object({ field: Type.Enum([...movieFields]) });
    const searched = { ...posted, schema: { body: FormBody, params: Field } };
    app.post('/send/movies/:field', searched, async (request, reply) => {
      const tables = source.tables();
      if (!tables) return sendProblemPage(reply, notRestored(source.progress()));
      const searching = { movies: tables.movies, clock, signal: clientGone(reply) };
      const form = formOf(request.body, newId);
      const view = await movieChoice(form, request.params.field, wordsFor(request), searching);
      return reply.type('text/html; charset=utf-8').send(app.panel.partOf('movie-choice', view));
    });

    const announced = { schema: { querystring: Announced }, onRequest };
    app.get('/send/announced', announced, async (request, reply) => {
      const { sending, shell } = wordsFor(request);
      const requests = Object.entries(request.query).map(([channel, id]) => ({
        channel,
        name: shell.channels[channel as keyof typeof shell.channels],
        id,
        path: `/requests/${id}?sent=1`,
        livePath: `/requests/${id}/live`,
      }));
      const { look: words } = sending;
      const data = { words, requests };
      return sendPage(reply, {
        view: 'send-announced',
        title: words.announcedTitle,
        section,
        data,
      });
    });
  };
}
