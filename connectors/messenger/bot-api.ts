import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type Agent, request as requestHttps } from 'node:https';
import { maxAnswerBytes } from '../channel.ts';

/** What a call came back with. `body`: the JSON in it; undefined where it holds none. */
export type BotAnswer = { readonly status: number; readonly body: unknown };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function bodyOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > maxAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return parsed(Buffer.concat(chunks).toString());
}

/**
 * One call of Telegram's Bot API, as a POST of JSON. Follows no redirect, for it would carry the
 * token and the text elsewhere, and reads no more than an answer can have. Rejects with Node's
 * error when no whole answer came. https://core.telegram.org/bots/api#making-requests
 */
export async function callBotApi(call: {
  readonly apiRoot: string;
  readonly botToken: string;
  readonly method: string;
  readonly payload: object;
  /** For HTTPS; plain HTTP, which only a development machine has, needs none. */
  readonly agent: Agent;
  readonly signal: AbortSignal;
}): Promise<BotAnswer> {
  const { apiRoot, botToken, method, payload, agent, signal } = call;
  const url = new URL(`./bot${botToken}/${method}`, apiRoot);
  const secure = url.protocol === 'https:';
  const content = Buffer.from(JSON.stringify(payload));
  const headers = { 'content-type': 'application/json', 'content-length': content.length };
  const options = { method: 'POST', headers, signal };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = secure
      ? requestHttps(url, { ...options, agent }, resolve)
      : requestHttp(url, options, resolve);
    request.once('error', reject);
    request.end(content);
  });
  return { status: response.statusCode ?? 0, body: await bodyOf(response) };
}
