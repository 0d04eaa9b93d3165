import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import {
  type Channel,
  ChannelSchema,
  type InboxMessage,
  InboxMessageSchema,
  SmsPartsSchema,
} from './message.ts';
import { MAX_KEPT_MESSAGES, type MessageQuery, type MessageStore } from './message-store.ts';
import { sendProblem } from './problem.ts';
import { MAX_STREAM_CLIENTS, type StateStream } from './state-stream.ts';

const DEFAULT_SUMMARIES = 200;
const MAX_SNIPPET_LENGTH = 200;

const Limit = (fallback: number) =>
  Type.Integer({ minimum: 1, maximum: MAX_KEPT_MESSAGES, default: fallback });

const Query = Type.Object({
  channel: Type.Optional(ChannelSchema),
  to: Type.Optional(Type.String()),
  search: Type.Optional(Type.String()),
});

const SummarySchema = Type.Intersect([
  Type.Pick(InboxMessageSchema, ['id', 'channel', 'from', 'to', 'subject', 'receivedAt']),
  Type.Object({
    snippet: Type.String(),
    smsParts: Type.Union([SmsPartsSchema, Type.Null()]),
  }),
]);

const SummariesSchema = Type.Object({
  revision: Type.Integer(),
  newest: Type.Integer(),
  received: Type.Integer(),
  dropped: Type.Integer(),
  counts: Type.Object({ email: Type.Integer(), sms: Type.Integer(), messenger: Type.Integer() }),
  matching: Type.Integer({ description: 'How many there are; `items` may be the newest of them.' }),
  items: Type.Array(SummarySchema, { description: 'Newest first.' }),
});

const Id = Type.Object({ id: Type.String({ pattern: '^\\d+$' }) });

/** Reading, clearing and watching what arrived. */
export function messageRoutes(store: MessageStore, stream: StateStream): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/messages',
      {
        schema: {
          querystring: Type.Intersect([Query, Type.Object({ limit: Limit(MAX_KEPT_MESSAGES) })]),
          response: { 200: Type.Array(InboxMessageSchema, { description: 'Oldest first.' }) },
        },
      },
      async ({ query: { limit, ...query } }, reply) => {
        reply.header('x-inbox-dropped', store.state().dropped);
        return store.find(queryOf(query)).slice(-limit);
      },
    );

    app.get(
      '/api/messages/:id',
      { schema: { params: Id, response: { 200: InboxMessageSchema } } },
      async ({ params: { id } }, reply) => store.get(id) ?? sendProblem(reply, 404, goneText(id)),
    );

    app.delete('/api/messages', async (_request, reply) => {
      store.clear();
      return reply.code(204).send();
    });

    app.get(
      '/api/summaries',
      {
        schema: {
          querystring: Type.Intersect([Query, Type.Object({ limit: Limit(DEFAULT_SUMMARIES) })]),
          response: { 200: SummariesSchema },
        },
      },
      async ({ query: { limit, ...query } }) => {
        const found = store.find(queryOf(query));
        const items = found.slice(-limit).reverse().map(summaryOf);
        return { ...store.state(), matching: found.length, items };
      },
    );

    app.get('/api/stream', async (request, reply) => {
      if (stream.admit(request, reply)) return reply;
      return sendProblem(reply, 503, `All ${MAX_STREAM_CLIENTS} places are taken. Close a tab.`);
    });
  };
}

/** The one sentence for a message that was pushed out, cleared or never there. */
export function goneText(id: string): string {
  return `There is no message ${id}: it was cleared or pushed out by newer ones.`;
}

/** Empty parameters (`?channel=&to=`) mean "any", as a form sends them. */
function queryOf(query: { channel?: Channel; to?: string; search?: string }): MessageQuery {
  const { channel, to = '', search = '' } = query;
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(to === '' ? {} : { to }),
    ...(search === '' ? {} : { search }),
  };
}

function summaryOf(message: InboxMessage): Type.Static<typeof SummarySchema> {
  const { id, channel, from, to, subject, receivedAt, smsParts, text } = message;
  const snippet = text.slice(0, MAX_SNIPPET_LENGTH).replace(/\s+/gu, ' ').trim();
  return { id, channel, from, to, subject, receivedAt, smsParts, snippet };
}
