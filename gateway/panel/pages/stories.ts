import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { NotificationStories, NotificationStory } from '../../read/notification-story.ts';
import { requireVisitor } from '../guards.ts';
import { personPath } from '../notification-lines.ts';
import { stateBadge } from '../notification-states.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendMissing } from '../problem-pages.ts';
import { shownTemplate } from '../shown-template.ts';
import { stepsOf } from '../story-steps.ts';
import type { Words } from '../words/words.ts';

const uuid = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
const Params = Type.Object({ id: Type.String({ maxLength: 255 }) });

/**
 * The policy of a text that was sent: no script, no form, nothing from elsewhere, so that looking
 * at a mail tells nobody that it was looked at. Only a page of ours may frame it.
 */
const framePolicy = [
  'sandbox',
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** As a mail program shows a mail that says nothing of its look; a messenger keeps the lines. */
const frameStyle = (channel: string) =>
  `body{margin:18px;background:#fff;color:#151a26;font:15px/1.5 system-ui,sans-serif;` +
  `overflow-wrap:anywhere${channel === 'messenger' ? ';white-space:pre-wrap' : ''}}`;

function textView({ notificationId, channel, text }: NotificationStory) {
  if (text === null || channel === null) return null;
  const isMarkup = channel !== 'sms';
  return {
    subject: text.subject,
    address: text.address,
    recipientName: text.recipientName,
    framePath: isMarkup ? `/notifications/${notificationId}/text` : null,
    body: text.body,
  };
}

/** Why there is no text. */
function noTextNote({ erasedAtMs, textMissing }: NotificationStory, words: Words['story']) {
  if (erasedAtMs !== null) return words.textErased;
  return textMissing === null ? words.noText : words.textMissing[textMissing];
}

function viewOf(story: NotificationStory, words: Words) {
  const { requestId, channel, userId, templateId } = story;
  return {
    words: words.story,
    id: story.notificationId,
    channel,
    channelName: channel === null ? null : words.shell.channels[channel],
    state: stateBadge(story.state, words),
    userId,
    personPath: personPath(userId),
    template: templateId === null ? null : shownTemplate(templateId, words),
    requestPath: requestId === null ? null : `/requests/${encodeURIComponent(requestId)}`,
    requestId,
    steps: stepsOf(story, words),
    text: textView(story),
    noTextNote: noTextNote(story, words.story),
  };
}

/** /notifications/{id}: the story of one, and the text as it was sent */
export function storyPages(options: {
  readonly notificationStories: NotificationStories;
}): FastifyPluginAsyncTypebox {
  const { notificationStories: stories } = options;
  const onRequest = requireVisitor('notifications:read');
  const storyOf = async (id: string) => (new RegExp(uuid).test(id) ? stories.storyOf(id) : null);
  return async (app) => {
    const schema = { params: Params };
    app.get('/notifications/:id', { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const story = await storyOf(request.params.id);
      if (!story) return sendMissing(reply, words.story.missing);
      const { title } = words.story;
      const data = viewOf(story, words);
      return sendPage(reply, { view: 'story', title, section: 'history', data });
    });

    app.get('/notifications/:id/text', { schema, onRequest }, async (request, reply) => {
      const story = await storyOf(request.params.id);
      if (!story?.text || story.channel === null) return sendMissing(reply);
      reply.headers({ 'content-security-policy': framePolicy, 'x-frame-options': 'SAMEORIGIN' });
      const style = `<style>${frameStyle(story.channel)}</style>`;
      const head = `<!doctype html><meta charset="utf-8">${style}`;
      return reply.type('text/html; charset=utf-8').send(`${head}${story.text.body}`);
    });
  };
}
