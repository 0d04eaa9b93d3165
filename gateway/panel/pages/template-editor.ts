import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TemplateDraft } from '../../../schemas/generated/records.ts';
import type { Outcome } from '../../http/problem.ts';
import { stateOf } from '../../templates/authored.ts';
import { requireVisitor } from '../guards.ts';
import { lookAnswer } from '../look-answer.ts';
import { createOpenEditors, type OpenEditors } from '../open-editors.ts';
import { wordsFor } from '../page.ts';
import type { PanelParts } from '../parts.ts';
import { sendFrame } from '../preview-frame.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { conflictOf, isScript, sayRefusal, templatePath, untilSeen } from '../template-answers.ts';
import {
  draftBodyLimit as bodyLimit,
  type Form,
  fieldOf,
  revisionOf,
  writtenIn,
} from '../template-form.ts';
import { languageTag } from '../template-languages.ts';
import { editedOf, sendEditor } from '../template-page.ts';
import { wishesIn, wishQuery } from '../template-wishes.ts';
import { shownTime } from '../times.ts';
import { visitorOf } from '../visitor.ts';
import type { Words } from '../words/words.ts';

export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 900 }) });
/** Any fields: they are taken by name, and only the known ones. */
export const AnyForm = Type.Record(Type.String(), Type.Unknown());

/** What was done, as the query of the next page says it. */
function doneText(query: Form, { templateEditor }: Words): string | null {
  const version = Number(fieldOf(query, 'version'));
  const texts: Readonly<Record<string, string>> = {
    created: templateEditor.created,
    published: templateEditor.published(version),
    rolledBack: templateEditor.rolledBack(version),
    discarded: templateEditor.discardedDraft,
    archived: templateEditor.archived,
    restored: templateEditor.restored,
    saved: templateEditor.saved,
  };
  const done = fieldOf(query, 'done');
  return Object.hasOwn(texts, done) ? (texts[done] ?? null) : null;
}

/** What was saved, as far as a script is told of it. */
type Saved = Outcome<{ readonly head: Pick<TemplateDraft, 'revision' | 'savedAt' | 'authorName'> }>;

/** What a script is told of a draft that was saved, or was not. */
export function answerSave(reply: FastifyReply, saved: Saved, words: Words) {
  if (saved.ok) {
    const { head } = saved.value;
    const at = shownTime(words.language, head.savedAt);
    return reply.send({ revision: head.revision, at, by: head.authorName });
  }
  const { problem } = saved;
  const conflict = conflictOf(problem, words);
  return reply.code(problem.status).send({ message: sayRefusal(problem, words), conflict });
}

export const tooLong: Outcome<never> = {
  ok: false,
  problem: { status: 413, detail: 'A text is too long' },
};

/** POST /templates/{id}/draft: by the button of the form, or by its script as one writes. */
function saveRoute(parts: PanelParts): FastifyPluginAsyncTypebox {
  const { templates, clock } = parts;
  const onRequest = requireVisitor('templates:write');
  const schema = { params: IdParams, body: AnyForm };
  return async (app) => {
    const path = '/templates/:id/draft';
    app.post(path, { schema, onRequest, bodyLimit }, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request);
      const found = templates.find(id);
      if (!found.ok) return sendProblemPage(reply, found.problem);
      const edited = editedOf(found.value);
      if (!edited) return sendMissing(reply, words.templateEditor.gone);
      const form: Form = request.body;
      const written = writtenIn(form, edited.channel === 'email');
      const revision = revisionOf(form);
      const saved = written
        ? await templates.save(visitorOf(request).identity, id, { ...written, revision })
        : tooLong;
      if (isScript(reply)) return answerSave(reply, saved, words);
      const wishes = wishesIn(form);
      if (!saved.ok) {
        const { status } = saved.problem;
        const alert = written ? sayRefusal(saved.problem, words) : words.templateEditor.tooLong;
        const notice = { wishes, done: null, alert, status, typed: written, language: null };
        return sendEditor(reply, parts, { id, notice });
      }
      await untilSeen(templates, clock, saved.value);
      const query = ['done=saved', wishQuery(wishes)].filter((text) => text !== '').join('&');
      return reply.redirect(`${templatePath(id)}?${query}`, 303);
    });
  };
}

/** What the script of the page asks for as one types. */
async function answerLook(request: FastifyRequest, parts: PanelParts, id: string) {
  const { templates } = parts;
  const words = wordsFor(request);
  const form = request.body as Form;
  const found = templates.find(id);
  const edited = found.ok ? editedOf(found.value) : null;
  const written = edited && writtenIn(form, edited.channel === 'email');
  if (!written) return { status: 413, answer: { message: words.templateEditor.tooLong } };
  const which = { kind: 'unsaved', ...written } as const;
  const [checked, previews] = await Promise.all([
    templates.check(id, which),
    templates.preview(id, which, wishesIn(form)),
  ]);
  const locale = fieldOf(form, 'shown') || written.locale;
  return { status: 200, answer: lookAnswer(request, { checked, previews, locale }) };
}

function lookRoutes(parts: PanelParts, openEditors: OpenEditors): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  const schema = { params: IdParams, body: AnyForm };
  return async (app) => {
    app.post('/templates/:id/look', { schema, onRequest, bodyLimit }, async (request, reply) => {
      const { status, answer } = await answerLook(request, parts, request.params.id);
      return reply.code(status).send(answer);
    });
    const head = { schema: { params: IdParams }, onRequest };
    app.get('/templates/:id/head', head, async (request, reply) => {
      const words = wordsFor(request);
      const found = parts.templates.find(request.params.id);
      const state = found.ok ? stateOf(found.value) : null;
      if (!found.ok || state === null) return reply.code(404).send({ revision: 0, text: '' });
      const { head: row } = found.value;
      const others = openEditors(request.params.id, visitorOf(request).identity);
      const { conflict, alsoOpen } = words.templateEditor;
      return reply.send({
        revision: row?.revision ?? 0,
        text: row ? conflict(row.authorName) : '',
        others: others.length === 0 ? '' : alsoOpen(others),
      });
    });
    app.post('/templates/frame', { schema: { body: AnyForm }, onRequest, bodyLimit }, showFrame);
  };
}

/** The frame of a preview: what the page was given is shown again, shut in. */
function showFrame(request: FastifyRequest, reply: FastifyReply) {
  const form = request.body as Form;
  const look = fieldOf(form, 'look') === 'chat' ? 'chat' : 'mail';
  return sendFrame(reply, { look, html: fieldOf(form, 'html') });
}

/** /templates/{id} */
export function templateEditorPages(parts: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  const schema = { params: IdParams, querystring: AnyForm };
  return async (app) => {
    app.get('/templates/:id', { schema, onRequest }, async (request, reply) => {
      const query: Form = request.query;
      const done = doneText(query, wordsFor(request));
      const notice = {
        wishes: wishesIn(query),
        done,
        alert: null,
        status: 200,
        typed: null,
        language: languageTag(fieldOf(query, 'language')),
      };
      return sendEditor(reply, parts, { id: request.params.id, notice });
    });
    await app.register(saveRoute(parts));
    await app.register(
      lookRoutes(
        parts,
        createOpenEditors(() => parts.clock.nowMs()),
      ),
    );
  };
}
