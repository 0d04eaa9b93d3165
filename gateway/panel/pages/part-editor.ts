import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limits } from '../../../schemas/limits.ts';
import type { Identity, Scope } from '../../http/identity.ts';
import type { Outcome } from '../../http/problem.ts';
import type { PartChange } from '../../parts/part-change.ts';
import { renewUsers } from '../../parts/renew-users.ts';
import { requireVisitor } from '../guards.ts';
import { lookAnswer } from '../look-answer.ts';
import { wordsFor } from '../page.ts';
import { type PartNotice, partPath, sendPart } from '../part-page.ts';
import type { PanelParts } from '../parts.ts';
import { isScript, sayRefusal, untilRevision } from '../template-answers.ts';
import {
  draftBodyLimit as bodyLimit,
  type Form,
  fieldOf,
  revisionOf,
  writtenIn,
} from '../template-form.ts';
import { languageTag } from '../template-languages.ts';
import { visitorOf } from '../visitor.ts';
import type { Words } from '../words/words.ts';
import { AnyForm, answerSave, IdParams, tooLong } from './template-editor.ts';

const plain: PartNotice = { done: null, alert: null, status: 200, typed: null, language: null };
const noteOf = (form: Form) => fieldOf(form, 'note').trim().slice(0, limits.detailChars);

/** What was done, as the query of the next page says it. */
function doneText(query: Form, { templateEditor, templateParts }: Words): string | null {
  const count = Number(fieldOf(query, 'count')) || 0;
  const texts: Readonly<Record<string, string>> = {
    created: templateEditor.created,
    published: templateParts.published(count),
    discarded: templateEditor.discardedDraft,
    archived: templateParts.archived,
    restored: templateEditor.restored,
    saved: templateEditor.saved,
    renewed: templateParts.renewed(count),
  };
  const done = fieldOf(query, 'done');
  return Object.hasOwn(texts, done) ? (texts[done] ?? null) : null;
}

/** Waits until this gateway's tables hold a revision, so that what comes next sees it. */
const untilPart = ({ sharedParts, clock }: PanelParts, id: string, revision: number) =>
  untilRevision(() => sharedParts.find(id), clock, revision);

type Asked = { readonly by: Identity; readonly id: string; readonly form: Form };
type Action = {
  readonly scope: Scope;
  readonly done: string;
  readonly run: (parts: PanelParts, asked: Asked) => Promise<Outcome<PartChange>>;
};

const actions: Readonly<Record<'publish' | 'discard' | 'restore', Action>> = {
  publish: {
    scope: 'templates:publish',
    done: 'published',
    async run(parts, { by, id, form }) {
      const revision = revisionOf(form);
      // It may have been saved a moment ago, by the script of this very page.
      await untilPart(parts, id, revision);
      return parts.sharedParts.publish(by, id, { revision, note: noteOf(form) });
    },
  },
  discard: {
    scope: 'templates:write',
    done: 'discarded',
    run: ({ sharedParts }, { by, id, form }) =>
      sharedParts.discard(by, id, { revision: revisionOf(form) }),
  },
  restore: {
    scope: 'templates:publish',
    done: 'restored',
    run: ({ sharedParts }, { by, id }) => sharedParts.restore(by, id),
  },
};

/** Goes on to the page of what was done; what was not stays with its reason. */
async function answer(
  reply: FastifyReply,
  parts: PanelParts,
  changed: Outcome<PartChange>,
  { id, done, alert }: { readonly id: string; readonly done: string; readonly alert?: string },
): Promise<FastifyReply> {
  if (!changed.ok) {
    const { status } = changed.problem;
    const why = alert ?? sayRefusal(changed.problem, wordsFor(reply.request));
    return sendPart(reply, parts, { id, notice: { ...plain, alert: why, status } });
  }
  const { head } = changed.value;
  await untilPart(parts, id, head.revision);
  const gone = !parts.sharedParts.versions(id, 1).ok;
  const path = `${partPath(id)}?done=${done}&count=${head.lastVersion ?? 0}`;
  return reply.redirect(gone ? '/template-parts' : path, 303);
}

function actionRoutes(parts: PanelParts): FastifyPluginAsyncTypebox {
  const schema = { params: IdParams, body: AnyForm };
  return async (app) => {
    for (const [name, { scope, done, run }] of Object.entries(actions)) {
      const onRequest = requireVisitor(scope);
      app.post(`/template-parts/:id/${name}`, { schema, onRequest }, async (request, reply) => {
        const { id } = request.params;
        const form: Form = request.body;
        const changed = await run(parts, { by: visitorOf(request).identity, id, form });
        return answer(reply, parts, changed, { id, done });
      });
    }
    const onRequest = requireVisitor('templates:publish');
    app.post('/template-parts/:id/archive', { schema, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const { templateEditor, templateParts } = wordsFor(request);
      if (fieldOf(request.body, 'typed_id').trim() !== id) {
        const alert = templateEditor.archiveMistyped;
        return sendPart(reply, parts, { id, notice: { ...plain, alert, status: 422 } });
      }
      const changed = await parts.sharedParts.archive(visitorOf(request).identity, id);
      return answer(reply, parts, changed, {
        id,
        done: 'archived',
        alert: templateParts.archiveNot,
      });
    });
    app.post('/template-parts/:id/renew', { schema, onRequest }, async (request, reply) => {
      const { id } = request.params;
      return renew(reply, parts, { by: visitorOf(request).identity, id, form: request.body });
    });
  };
}

/** Publishes again what has an older version; what could not be is named. */
async function renew(reply: FastifyReply, parts: PanelParts, { by, id, form }: Asked) {
  const { templateParts, ...words } = wordsFor(reply.request);
  const input = { count: Number(fieldOf(form, 'count').trim()) || 0, note: noteOf(form) };
  const known = { parts: parts.sharedParts, templates: parts.templates };
  const done = await renewUsers(by, id, input, known);
  if (!done.ok) {
    const { status } = done.problem;
    const isMiscounted = status === 409;
    const alert = isMiscounted
      ? templateParts.miscounted
      : sayRefusal(done.problem, { templateParts, ...words });
    return sendPart(reply, parts, { id, notice: { ...plain, alert, status } });
  }
  const { renewed, refused } = done.value;
  if (refused.length === 0) {
    return reply.redirect(`${partPath(id)}?done=renewed&count=${renewed.length}`, 303);
  }
  const ids = refused.map(({ templateId }) => templateId).join(', ');
  const alert = templateParts.notRenewed(ids);
  const notice = { ...plain, done: templateParts.renewed(renewed.length), alert };
  return sendPart(reply, parts, { id, notice });
}

/** POST /template-parts/{id}/draft: by the button of the form, or by its script as one writes. */
function draftRoutes(parts: PanelParts): FastifyPluginAsyncTypebox {
  const { sharedParts } = parts;
  const write = requireVisitor('templates:write');
  const read = requireVisitor('templates:read');
  const schema = { params: IdParams, body: AnyForm };
  return async (app) => {
    const draft = '/template-parts/:id/draft';
    app.post(draft, { schema, onRequest: write, bodyLimit }, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request);
      const written = writtenIn(request.body, false);
      const revision = revisionOf(request.body);
      const by = visitorOf(request).identity;
      const saved = written
        ? await sharedParts.save(by, id, { revision, texts: written.texts })
        : tooLong;
      if (isScript(reply)) return answerSave(reply, saved, words);
      if (saved.ok) return answer(reply, parts, saved, { id, done: 'saved' });
      const alert = written ? sayRefusal(saved.problem, words) : words.templateEditor.tooLong;
      const { status } = saved.problem;
      const typed = written?.texts ?? null;
      return sendPart(reply, parts, { id, notice: { ...plain, alert, status, typed } });
    });
    const look = '/template-parts/:id/look';
    app.post(look, { schema, onRequest: read, bodyLimit }, async (request, reply) => {
      const { status, answer: told } = await answerLook(request, parts, request.params.id);
      return reply.code(status).send(told);
    });
    const head = { schema: { params: IdParams }, onRequest: read };
    app.get('/template-parts/:id/head', head, async (request, reply) => {
      const { templateEditor } = wordsFor(request);
      const found = sharedParts.find(request.params.id);
      const row = found.ok ? found.value.head : null;
      if (!row) return reply.code(404).send({ revision: 0, text: '' });
      return reply.send({ revision: row.revision, text: templateEditor.conflict(row.authorName) });
    });
  };
}

/** What the script of the page asks for as one types. */
async function answerLook(request: FastifyRequest, parts: PanelParts, id: string) {
  const words = wordsFor(request);
  const form = request.body as Form;
  const written = writtenIn(form, false);
  if (!written) return { status: 413, answer: { message: words.templateEditor.tooLong } };
  const [checked, previews] = await Promise.all([
    parts.sharedParts.check(id, written.texts),
    parts.sharedParts.preview(id, written.texts),
  ]);
  const locale = fieldOf(form, 'shown') || written.locale;
  return { status: 200, answer: lookAnswer(request, { checked, previews, locale }) };
}

/** /template-parts/{id} */
export function partEditorPages(parts: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  const schema = { params: IdParams, querystring: AnyForm };
  return async (app) => {
    app.get('/template-parts/:id', { schema, onRequest }, async (request, reply) => {
      const query: Form = request.query;
      const done = doneText(query, wordsFor(request));
      const language = languageTag(fieldOf(query, 'language'));
      const notice = { ...plain, done, language };
      return sendPart(reply, parts, { id: request.params.id, notice });
    });
    await app.register(draftRoutes(parts));
    await app.register(actionRoutes(parts));
  };
}
