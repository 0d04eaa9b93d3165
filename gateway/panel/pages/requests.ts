import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { History, RequestHistory } from '../../read/history.ts';
import { progressOf, type RequestProgress } from '../../read/request-progress.ts';
import { requireVisitor } from '../guards.ts';
import { reasonText, storyPath } from '../notification-lines.ts';
import { stateBadge, tallyOf } from '../notification-states.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendFrame } from '../preview-frame.ts';
import { sendMissing } from '../problem-pages.ts';
import { shownTemplate } from '../shown-template.ts';
import { type LiveParts, sendStream } from '../stream.ts';
import { shownTime } from '../times.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';

const pageSize = 100;
const maxIdChars = 255;
const maxTries = 30;
const retryAfterS = 1;

/** No id has a control character, and PostgreSQL cannot be asked for the first of them. */
const idPattern = '^[^\\u0000-\\u001f\\u007f]+$';
const Params = Type.Object({
  id: Type.String({ maxLength: maxIdChars, pattern: idPattern }),
});
const TextParams = Type.Object({
  ...Params.properties,
  locale: Type.String({ maxLength: maxIdChars, pattern: idPattern }),
});
const uuid = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
const Query = Type.Object({
  after: Type.Optional(Type.String({ pattern: uuid })),
  /** It was accepted just now: how often the history was asked for it since. */
  sent: Type.Optional(Type.Integer({ minimum: 1, maximum: maxTries })),
});

/**
 * The history knows what was accepted in a second or two: until then the page loads itself anew,
 * by the header Refresh, for that needs no script.
 */
async function waitForHistory(reply: FastifyReply, id: string, tries: number) {
  const words = wordsFor(reply.request);
  const path = `/requests/${encodeURIComponent(id)}?sent=${tries + 1}`;
  reply.header('refresh', `${retryAfterS}; url=${path}`).code(202);
  const data = { words: words.requests, id, path };
  return sendPage(reply, {
    view: 'request-sent',
    title: words.requests.title,
    section: null,
    data,
  });
}

const percent = 100;

/** Where a request is, in a word and a colour. */
function stageOf(progress: RequestProgress, { requests, language }: Words) {
  const { done, audienceShare, finishedAtMs } = progress;
  const finished = finishedAtMs === null ? null : shownTime(language, finishedAtMs);
  if (done === true) return { tone: 'good', ...requests.stages.finished, finished };
  const isThrough = audienceShare === null || audienceShare === 1;
  const gone = isThrough ? null : numberIn(language, Math.floor(audienceShare * percent));
  const stage = done === null ? requests.stages.unknown : requests.stages.underWay;
  const about = gone === null ? stage.about : requests.goneThrough(gone);
  return { tone: done === null ? 'doubtful' : 'moving', ...stage, about, finished };
}

function countsView(request: RequestHistory, words: Words) {
  const { counts } = request;
  const progress = progressOf(request);
  const { settled } = progress;
  const total = settled + progress.underWay;
  const number = (count: number) => numberIn(words.language, count);
  return {
    words: words.requests,
    total: words.requests.total(total),
    isEmpty: total === 0,
    settled: words.requests.settled(number(settled), number(total)),
    stage: stageOf(progress, words),
    tally: tallyOf(counts, words),
  };
}

/** What was announced: a letter in a frame of its own, an SMS as it is. */
function announcedView({ announced, channel, requestId }: RequestHistory, words: Words) {
  const path = `/requests/${encodeURIComponent(requestId)}/texts`;
  return (announced?.texts ?? []).map(({ locale, subject, body }) => ({
    locale,
    title: words.requests.announcedIn(locale),
    subject,
    framePath: channel === 'sms' ? null : `${path}/${encodeURIComponent(locale)}`,
    body: channel === 'sms' ? body : null,
  }));
}

function headView(request: RequestHistory, words: Words) {
  const { requests, shell, language } = words;
  const { channel, audience, userIds } = request;
  return {
    id: request.requestId,
    channel,
    channelName: shell.channels[channel],
    template: shownTemplate(request.templateId, words),
    movieId: request.movieId,
    audience: audience === null ? requests.people(userIds.length) : requests.audiences(audience),
    requestedBy: request.requestedBy,
    requestedAt: shownTime(language, request.requestedAtMs),
  };
}

function pageView(request: RequestHistory, words: Words, isLater: boolean) {
  const { requestId, nextAfter } = request;
  const path = `/requests/${encodeURIComponent(requestId)}`;
  return {
    words: words.requests,
    request: headView(request, words),
    announced: announcedView(request, words),
    counts: countsView(request, words),
    livePath: progressOf(request).done === true ? null : `${path}/live`,
    isLater,
    firstPath: path,
    nextPath: nextAfter === null ? null : `${path}?after=${nextAfter}`,
    notifications: request.notifications.map((each) => ({
      path: storyPath(each.notificationId),
      userId: each.userId,
      channel: each.channel === null ? null : words.shell.channels[each.channel],
      state: stateBadge(each.state, words),
      reason: reasonText(each, words),
      attempts: each.attempts,
      changed: shownTime(words.language, each.changedAtMs),
    })),
  };
}

/** /requests/{id}: what became of a request, live */
export function requestPages(
  options: LiveParts & { readonly history: History },
): FastifyPluginAsyncTypebox {
  const { history, readShared } = options;
  const onRequest = requireVisitor('notifications:read');
  return async (app) => {
    const schema = { params: Params, querystring: Query };
    app.get('/requests/:id', { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const { after = null, sent = maxTries } = request.query;
      const found = await history.requestOf(request.params.id, { limit: pageSize, after });
      if (!found && sent < maxTries) return waitForHistory(reply, request.params.id, sent);
      if (!found) return sendMissing(reply, words.requests.missing);
      const data = pageView(found, words, after !== null);
      return sendPage(reply, { view: 'request', title: words.requests.title, section: null, data });
    });

    const text = { schema: { params: TextParams }, onRequest };
    app.get('/requests/:id/texts/:locale', text, async (request, reply) => {
      const { id, locale } = request.params;
      const found = await history.requestOf(id, { limit: 1, after: null });
      const shown = found?.announced?.texts.find((each) => each.locale === locale);
      if (!found || !shown) return sendMissing(reply, wordsFor(request).requests.missing);
      const look = found.channel === 'email' ? 'mail' : 'chat';
      return sendFrame(reply, { look, html: shown.body });
    });

    const live = { schema: { params: Params }, onRequest };
    app.get('/requests/:id/live', live, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request);
      const read = () => history.requestOf(id, { limit: 1, after: null });
      let isDone = false;
      const data = async () => {
        const found = await readShared(`request ${id}`, read);
        isDone = found !== null && progressOf(found).done === true;
        return found ? countsView(found, words) : null;
      };
      return sendStream(reply, options, { part: 'request-counts', data, isOver: () => isDone });
    });
  };
}
