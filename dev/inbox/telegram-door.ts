import { STATUS_CODES } from 'node:http';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import { cut, type Door, mayAnswer, retryAfterSeconds, shownHeaders } from './door.ts';
import type { Fault } from './faults.ts';
import { type TelegramText, textOfTelegramHtml } from './telegram-html.ts';

// https://core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing".
const MAX_TEXT_LENGTH = 4_096;

const SECOND_MS = 1_000;

/** Both calls answer for any token; a real one is the bot's id, a colon and a secret. */
const Params = Type.Object({ token: Type.String({ minLength: 1 }) });

const SendMessage = Type.Object({
  chat_id: Type.String({ default: '', description: 'A number in JSON, read as text.' }),
  text: Type.String({ default: '' }),
  parse_mode: Type.String({ default: '' }),
});

/** `sendMessage` and `getMe` of the Telegram Bot API. */
export function telegramDoor(door: Door): FastifyPluginAsyncTypebox {
  let lastMessageId = 0;
  return async (app) => {
    app.setErrorHandler<FastifyError>((error, _request, reply) =>
      refuse(reply, error.statusCode ?? 500, `Bad Request: ${error.message}`),
    );

    app.route({
      method: ['GET', 'POST'],
      url: '/bot:token/getMe',
      schema: { params: Params },
      handler: async (request) => ({ ok: true, result: botOf(request.params.token) }),
    });

    app.post(
      '/bot:token/sendMessage',
      { schema: { params: Params, body: SendMessage } },
      async (request, reply) => {
        const { chat_id: chatId, text: sent, parse_mode: parseMode } = request.body;
        const read = readText(sent, parseMode);
        if (chatId === '') return refuse(reply, 400, 'Bad Request: chat_id is empty');
        if (!read.ok) return refuse(reply, 400, `Bad Request: ${read.reason}`);

        const fault = door.faults.take('messenger', chatId);
        if (fault?.kind === 'status' || fault?.kind === 'throttled') return play(fault, reply);
        lastMessageId += 1;
        const bot = botOf(request.params.token);
        const message = {
          message_id: lastMessageId,
          from: bot,
          chat: chatOf(chatId),
          date: Math.floor(door.nowMs() / SECOND_MS),
          text: read.text,
        };
        door.store.add({
          channel: 'messenger',
          from: bot.username,
          to: chatId,
          subject: null,
          text: read.text,
          html: isHtml(parseMode) ? sent : null,
          headers: shownHeaders(request.headers),
          smsParts: null,
        });
        if (!(await mayAnswer(fault, door))) return cut(request, reply);
        return { ok: true, result: message };
      },
    );

    app.all('/bot:token/*', (_request, reply) => refuse(reply, 404, 'Not Found: method not found'));
  };
}

function play(
  fault: Extract<Fault, { kind: 'status' | 'throttled' }>,
  reply: FastifyReply,
): FastifyReply {
  if (fault.kind === 'throttled') {
    const seconds = retryAfterSeconds(fault);
    const description = `Too Many Requests: retry after ${seconds}`;
    return refuse(reply, 429, description, { parameters: { retry_after: seconds } });
  }
  const { status, code = status, message = STATUS_CODES[status] ?? 'Scripted' } = fault;
  return refuse(reply, status, message, { error_code: Number(code) });
}

function refuse(
  reply: FastifyReply,
  status: number,
  description: string,
  more: { error_code?: number; parameters?: { retry_after: number } } = {},
): FastifyReply {
  return reply.code(status).send({ ok: false, error_code: status, description, ...more });
}

/** Markdown is shown as it was written: Vestnik sends HTML, the mode with the fewest rules. */
function readText(sent: string, parseMode: string): TelegramText {
  const read = isHtml(parseMode) ? textOfTelegramHtml(sent) : ({ ok: true, text: sent } as const);
  if (!read.ok) return { ok: false, reason: `can't parse entities: ${read.reason}` };
  if (read.text.trim() === '') return { ok: false, reason: 'message text is empty' };
  if (read.text.length > MAX_TEXT_LENGTH) return { ok: false, reason: 'message is too long' };
  return read;
}

function isHtml(parseMode: string): boolean {
  return parseMode.toLowerCase() === 'html';
}

function botOf(token: string) {
  const id = Number(/^\d+(?=:)/u.exec(token)?.[0] ?? 0);
  const name = { first_name: 'Vestnik', username: 'vestnik_bot' };
  return { id, is_bot: true, ...name, can_join_groups: false, can_read_all_group_messages: false };
}

/** Telegram's ids tell the kind of chat: people are positive, groups negative, channels @named. */
function chatOf(chatId: string): { id: number | string; type: string } {
  const id = Number(chatId);
  if (Number.isNaN(id)) return { id: chatId, type: 'channel' };
  return { id, type: id < 0 ? 'group' : 'private' };
}
