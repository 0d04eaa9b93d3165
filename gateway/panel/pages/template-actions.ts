import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limits } from '../../../schemas/limits.ts';
import type { Identity, Scope } from '../../http/identity.ts';
import type { Outcome } from '../../http/problem.ts';
import type { TemplateChange } from '../../templates/change.ts';
import { requireVisitor } from '../guards.ts';
import { wordsFor } from '../page.ts';
import type { PanelParts } from '../parts.ts';
import { sayRefusal, templatePath, untilRevision, untilSeen } from '../template-answers.ts';
import { type Form, fieldOf, revisionOf } from '../template-form.ts';
import { sendEditor } from '../template-page.ts';
import { wishesIn } from '../template-wishes.ts';
import { visitorOf } from '../visitor.ts';
import { AnyForm, IdParams } from './template-editor.ts';

type Asked = { readonly by: Identity; readonly id: string; readonly form: Form };

/** Something that is done by one button of a template's page. */
type Action = {
  readonly scope: Scope;
  /** As the query of the next page names it. */
  readonly done: string;
  readonly run: (parts: PanelParts, asked: Asked) => Promise<Outcome<TemplateChange>>;
};

const noteOf = (form: Form) => fieldOf(form, 'note').trim().slice(0, limits.detailChars);
const versionOf = (form: Form) => Number(fieldOf(form, 'version')) || 0;

const actions: Readonly<Record<'publish' | 'discard' | 'restore' | 'rollback', Action>> = {
  publish: {
    scope: 'templates:publish',
    done: 'published',
    async run({ templates, clock }, { by, id, form }) {
      const revision = revisionOf(form);
      // It may have been saved a moment ago, by the script of this very page.
      await untilRevision(() => templates.find(id), clock, revision);
      return templates.publish(by, id, { revision, note: noteOf(form) });
    },
  },
  discard: {
    scope: 'templates:write',
    done: 'discarded',
    run: ({ templates }, { by, id, form }) =>
      templates.discard(by, id, { revision: revisionOf(form) }),
  },
  restore: {
    scope: 'templates:publish',
    done: 'restored',
    run: ({ templates }, { by, id, form }) =>
      templates.restore(by, id, { version: null, note: noteOf(form) }),
  },
  rollback: {
    scope: 'templates:publish',
    done: 'rolledBack',
    run: ({ templates }, { by, id, form }) =>
      templates.rollBack(by, id, { version: versionOf(form), note: noteOf(form) }),
  },
};

type Sent = { readonly id: string; readonly form: Form; readonly done: string };

/** Goes on to the page of what was done; what was not stays with its reason. */
async function answer(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  parts: PanelParts,
  { id, form, done, changed }: Sent & { readonly changed: Outcome<TemplateChange> },
): Promise<FastifyReply> {
  if (!changed.ok) {
    const { status } = changed.problem;
    const alert = sayRefusal(changed.problem, wordsFor(request));
    const notice = {
      wishes: wishesIn(form),
      done: null,
      alert,
      status,
      typed: null,
      language: null,
    };
    return sendEditor(reply, parts, { id, notice });
  }
  await untilSeen(parts.templates, parts.clock, changed.value);
  const { version } = changed.value;
  const more = version === null ? '' : `&version=${version.version}`;
  const gone = !parts.templates.versions(id, 1).ok;
  return reply.redirect(gone ? '/templates' : `${templatePath(id)}?done=${done}${more}`, 303);
}

/** What changes a template for good, each by a form: POST /templates/{id}/{action} */
export function templateActions(parts: PanelParts): FastifyPluginAsyncTypebox {
  const schema = { params: IdParams, body: AnyForm };
  return async (app) => {
    for (const [name, { scope, done, run }] of Object.entries(actions)) {
      const onRequest = requireVisitor(scope);
      app.post(`/templates/:id/${name}`, { schema, onRequest }, async (request, reply) => {
        const { id } = request.params;
        const form: Form = request.body;
        const changed = await run(parts, { by: visitorOf(request).identity, id, form });
        return answer({ request, reply }, parts, { id, form, done, changed });
      });
    }

    const onRequest = requireVisitor('templates:publish');
    app.post('/templates/:id/archive', { schema, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const form: Form = request.body;
      if (fieldOf(form, 'typed_id').trim() !== id) {
        const alert = wordsFor(request).templateEditor.archiveMistyped;
        const notice = {
          wishes: wishesIn(form),
          done: null,
          alert,
          status: 422,
          typed: null,
          language: null,
        };
        return sendEditor(reply, parts, { id, notice });
      }
      const by = visitorOf(request).identity;
      const changed = await parts.templates.archive(by, id, { note: noteOf(form) });
      return answer({ request, reply }, parts, { id, form, done: 'archived', changed });
    });
  };
}
