import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { isPartId } from '../../../rendering/part-source.ts';
import type { Channel } from '../../../schemas/generated/records.ts';
import type { ListedPart } from '../../parts/part-list.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { partPath } from '../part-page.ts';
import type { PanelParts } from '../parts.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { sayRefusal } from '../template-answers.ts';
import { languageName } from '../template-preview.ts';
import { stateBadge } from '../template-states.ts';
import { shownTime } from '../times.ts';
import { visitorOf } from '../visitor.ts';
import type { Words } from '../words/words.ts';
import { partEditorPages } from './part-editor.ts';
import { IdParams } from './template-editor.ts';

const section = 'templates';
const maxVersions = 50;
const channels = ['email', 'sms', 'messenger'] as const satisfies readonly Channel[];
const maxFieldChars = 900;
const Field = Type.Optional(Type.String({ maxLength: maxFieldChars }));
const NewForm = Type.Object({ form_token: Field, id: Field, channel: Field });

/** A few words to begin with, in both languages. */
const starters = { ru: 'Ваш киносервис', en: 'Your movie service' } as const;

const starterTexts = (channel: Channel) =>
  (['ru', 'en'] as const).map((locale) => {
    const line = starters[locale];
    return { locale, subject: null, body: channel === 'email' ? `<hr>\n<p>${line}</p>` : line };
  });

const lineView = (part: ListedPart, words: Words) => ({
  id: part.id,
  path: partPath(part.id),
  channel: part.channel,
  channelName: words.shell.channels[part.channel],
  state: stateBadge(part.state, words),
  languages: part.locales.join(', '),
  version: part.version,
  usedIn: String(part.usedIn),
  outdated: part.outdated === 0 ? null : String(part.outdated),
});

/** /template-parts */
function listPage({ sharedParts }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  return async (app) => {
    app.get('/template-parts', { onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const found = sharedParts.list();
      if (!found.ok) return sendProblemPage(reply, found.problem);
      const data = {
        words: words.templateParts,
        lists: words.templates,
        mayWrite: visitorOf(request).identity.scopes.has('templates:write'),
        parts: found.value.map((each) => lineView(each, words)),
      };
      const { title } = words.templateParts;
      return sendPage(reply, { view: 'template-parts', title, section, data });
    });
  };
}

type NewPart = { readonly id: string; readonly channel: string };

async function sendNew(reply: FastifyReply, given: NewPart, error: string | null) {
  const words = wordsFor(reply.request);
  const data = {
    words: words.templateParts,
    lists: words.templates,
    id: given.id,
    error,
    channels: channels.map((value) => ({
      value,
      name: words.shell.channels[value],
      chosen: value === given.channel,
    })),
  };
  if (error !== null) reply.code(422);
  const title = words.templateParts.newTitle;
  return sendPage(reply, { view: 'template-part-new', title, section, data });
}

/** /template-parts/new */
function newPage({ sharedParts, clock }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:write');
  return async (app) => {
    app.get('/template-parts/new', { onRequest }, async (_request, reply) =>
      sendNew(reply, { id: '', channel: 'email' }, null),
    );
    const schema = { body: NewForm };
    app.post('/template-parts/new', { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const { id = '', channel = '' } = request.body;
      const given = { id: id.trim(), channel };
      const lane = channels.find((each) => each === channel);
      if (!isPartId(given.id) || !lane) return sendNew(reply, given, words.templateParts.badId);
      const { identity } = visitorOf(request);
      const part = { channel: lane, texts: starterTexts(lane) };
      const made = await sharedParts.create(identity, given.id, part);
      if (made.ok) {
        for (let looks = 0; looks < maxLooks && !sharedParts.versions(given.id, 1).ok; looks += 1) {
          await clock.sleep(lookMs);
        }
        return reply.redirect(`${partPath(given.id)}?done=created`, 303);
      }
      const isTaken = made.problem.status === 409;
      const error = isTaken ? words.templateParts.idTaken : sayRefusal(made.problem, words);
      return sendNew(reply, given, error);
    });
  };
}

const lookMs = 50;
/** A page that shows what was before is no harm; to wait for ever would be. */
const maxLooks = 40;

/** /template-parts/{id}/versions */
function historyPage({ sharedParts }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  const schema = { params: IdParams };
  return async (app) => {
    app.get('/template-parts/:id/versions', { schema, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request);
      const found = sharedParts.versions(id, maxVersions);
      if (!found.ok) return sendMissing(reply, words.templateParts.gone);
      const title = words.templateParts.historyTitle(id);
      const data = {
        words: words.templateParts,
        id,
        path: partPath(id),
        title,
        steps: found.value.map((step) => ({
          name: words.templateParts.versionName(step.version),
          publisher: step.publisherName,
          note: step.note,
          at: shownTime(words.language, step.publishedAt),
          texts: step.texts.map(({ locale, body }) => ({
            locale,
            language: languageName(locale, words),
            body,
          })),
        })),
      };
      return sendPage(reply, { view: 'template-part-history', title, section, data });
    });
  };
}

/** All pages under /template-parts. */
export function templatePartPages(parts: PanelParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(listPage(parts));
    await app.register(newPage(parts));
    await app.register(partEditorPages(parts));
    await app.register(historyPage(parts));
  };
}
