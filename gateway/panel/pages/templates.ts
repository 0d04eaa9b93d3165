import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { eventNames } from '../../../rendering/values.ts';
import type { Channel, EventType } from '../../../schemas/generated/records.ts';
import type { Listed, ListFilter } from '../../templates/list.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import type { PanelParts } from '../parts.ts';
import { sendProblemPage } from '../problem-pages.ts';
import { starterTexts } from '../starter-texts.ts';
import { sayRefusal, templatePath, untilSeen } from '../template-answers.ts';
import { stateBadge, templateStates } from '../template-states.ts';
import { shownTime } from '../times.ts';
import { visitorOf } from '../visitor.ts';
import { languageName } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';
import { templateActions } from './template-actions.ts';
import { templateEditorPages } from './template-editor.ts';
import { templateVersionPages } from './template-versions.ts';

const section = 'templates';
const pageSize = 100;
const maxFieldChars = 900;
/** Ids that are other pages. */
const reserved: ReadonlySet<string> = new Set(['new', 'frame', '.', '..']);
const idPattern = /^[A-Za-z0-9._-]{1,100}$/;

const eventTypes = Object.keys(eventNames) as readonly EventType[];
const channels = ['email', 'sms', 'messenger'] as const satisfies readonly Channel[];
const Field = Type.Optional(Type.String({ maxLength: maxFieldChars }));
const Query = Type.Object({ event: Field, channel: Field, state: Field, after: Field });
type Query = Static<typeof Query>;
const NewForm = Type.Object({ form_token: Field, id: Field, event: Field, channel: Field });

const memberOf = <V extends string>(all: readonly V[], text: string | undefined): V | null =>
  all.find((each) => each === text) ?? null;

const filterOf = ({ event, channel, state }: Query): ListFilter => ({
  eventType: memberOf(eventTypes, event),
  channel: memberOf(channels, channel),
  state: memberOf(templateStates, state),
});

type Choices = readonly (readonly [string, string])[];

const optionsOf = (choices: Choices, chosen: string | undefined) =>
  choices.map(([value, name]) => ({ value, name, chosen: value === chosen }));

function fieldsOf(query: Query, { shell, templates }: Words) {
  const any: Choices = [['', shell.any]];
  const select = (name: 'event' | 'channel' | 'state', choices: Choices) => ({
    name,
    label: templates[name],
    options: optionsOf([...any, ...choices], query[name]),
    value: null,
  });
  return [
    select(
      'event',
      eventTypes.map((each) => [each, templates.events[each]]),
    ),
    select(
      'channel',
      channels.map((each) => [each, shell.channels[each]]),
    ),
    select(
      'state',
      templateStates.map((each) => [each, templates.states[each].name]),
    ),
  ];
}

function lineView(each: Listed, words: Words) {
  const { shell, templates, language } = words;
  const { channel, savedAtMs } = each;
  return {
    id: each.id,
    path: templatePath(each.id),
    event: templates.events[each.eventType],
    channel,
    channelName: channel === 'unknown' ? templates.unknownChannel : shell.channels[channel],
    languages: each.locales.map((locale) => languageName(language, locale)).join(', '),
    state: stateBadge(each.state, words),
    version: each.version,
    savedBy: each.savedBy,
    saved: savedAtMs === null ? null : shownTime(language, savedAtMs),
  };
}

type NewTemplate = { readonly id: string; readonly event: string; readonly channel: string };

async function sendNew(reply: FastifyReply, given: NewTemplate, error: string | null) {
  const words = wordsFor(reply.request);
  const data = {
    words: words.templates,
    id: given.id,
    error,
    events: optionsOf(
      eventTypes.map((each) => [each, words.templates.events[each]]),
      given.event,
    ),
    channels: optionsOf(
      channels.map((each) => [each, words.shell.channels[each]]),
      given.channel,
    ),
  };
  if (error !== null) reply.code(422);
  return sendPage(reply, { view: 'template-new', title: words.templates.newTitle, section, data });
}

/** /templates */
function listPage({ templates }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  return async (app) => {
    app.get('/templates', { schema: { querystring: Query }, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const { query } = request;
      const filter = filterOf(query);
      const after = query.after || null;
      const found = templates.list(filter, { after, limit: pageSize });
      if (!found.ok) return sendProblemPage(reply, found.problem);
      const { after: _, ...rest } = query;
      const kept = Object.entries(rest).filter(([, value]) => value) as [string, string][];
      const pathOf = (more: readonly [string, string][]) => {
        const text = new URLSearchParams([...kept, ...more]).toString();
        return text === '' ? '/templates' : `/templates?${text}`;
      };
      const { next } = found.value;
      const data = {
        words: words.templates,
        fields: fieldsOf(query, words),
        mayWrite: visitorOf(request).identity.scopes.has('templates:write'),
        isFiltered: Object.values(filter).some((value) => value !== null),
        isLater: after !== null,
        firstPath: pathOf([]),
        nextPath: next === null ? null : pathOf([['after', next]]),
        templates: found.value.templates.map((each) => lineView(each, words)),
      };
      return sendPage(reply, { view: 'templates', title: words.templates.title, section, data });
    });
  };
}

/** /templates/new */
function newPage({ templates, clock }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:write');
  return async (app) => {
    app.get('/templates/new', { onRequest }, async (_request, reply) =>
      sendNew(reply, { id: '', event: 'movieAdded', channel: 'email' }, null),
    );
    const schema = { body: NewForm };
    app.post('/templates/new', { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const { id = '', event = '', channel = '' } = request.body;
      const given = { id: id.trim(), event, channel };
      const eventType = memberOf(eventTypes, event);
      const lane = memberOf(channels, channel);
      if (!idPattern.test(given.id) || reserved.has(given.id) || !eventType || !lane) {
        return sendNew(reply, given, words.templates.badId);
      }
      const texts = starterTexts(eventType, lane);
      const made = await templates.create(visitorOf(request).identity, given.id, {
        eventType,
        channel: lane,
        locale: 'ru',
        texts,
      });
      if (made.ok) {
        await untilSeen(templates, clock, made.value);
        return reply.redirect(`${templatePath(given.id)}?done=created`, 303);
      }
      const isTaken = made.problem.status === 409;
      const error = isTaken ? words.templates.idTaken : sayRefusal(made.problem, words);
      return sendNew(reply, given, error);
    });
  };
}

/** All pages under /templates. */
export function templatePages(parts: PanelParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(listPage(parts));
    await app.register(newPage(parts));
    await app.register(templateEditorPages(parts));
    await app.register(templateActions(parts));
    await app.register(templateVersionPages(parts));
  };
}
