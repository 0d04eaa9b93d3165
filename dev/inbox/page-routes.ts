import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { goneText } from './message-routes.ts';
import type { MessageStore } from './message-store.ts';
import { sendProblem } from './problem.ts';

const pageFolder = join(import.meta.dirname, 'page');
/** The panel's: the inbox shows the same colours, masthead and emblem. */
const designFolder = join(import.meta.dirname, '..', '..', 'gateway', 'panel', 'assets');
const designNames = ['tokens.css', 'masthead.css', 'emblem.svg', 'favicon.svg'];

const typesByExtension: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const pageHeaders = {
  // Nothing from elsewhere, nothing inline: a message that slipped into the page could do nothing.
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/**
 * A mail's own HTML is served as a document of its own instead of a `srcdoc`, because a `srcdoc`
 * inherits the policy of the page, and mails are made of inline styles. Its policy: styles and
 * pictures inside the mail, no script, no request to anywhere. `sandbox` stands in the header as
 * well as on the frame, so that the address opened in a tab is just as harmless.
 */
const mailHeaders = {
  ...pageHeaders,
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'self'; " +
    'sandbox allow-popups allow-popups-to-escape-sandbox',
};

/** Links of a mail open in a tab of their own; the frame itself never leaves the mail. */
const mailPrefix = '<!doctype html><meta charset="utf-8"><base target="_blank">';

/**
 * The page and the HTML of single mails for its frame. The page's files are read once, at the
 * start, and have a route each: no request ever becomes a path on disk.
 */
export async function pageRoutes(store: MessageStore): Promise<FastifyPluginAsyncTypebox> {
  const places = [
    ...(await readdir(pageFolder)).map((name) => ({ name, folder: pageFolder })),
    ...designNames.map((name) => ({ name, folder: designFolder })),
  ];
  const files = await Promise.all(
    places.map(async ({ name, folder }) => ({ name, content: await readFile(join(folder, name)) })),
  );
  return async (app) => {
    for (const { name, content } of files) {
      const type = typesByExtension[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain';
      app.get(name === 'index.html' ? '/' : `/${name}`, async (_request, reply) =>
        reply.headers(pageHeaders).type(type).send(content),
      );
    }

    app.get(
      '/mail/:id',
      { schema: { params: Type.Object({ id: Type.String() }) } },
      async ({ params: { id } }, reply) => {
        const html = store.get(id)?.html;
        if (html === undefined || html === null) return sendProblem(reply, 404, goneText(id));
        reply.headers(mailHeaders).type('text/html; charset=utf-8');
        return reply.send(mailPrefix + html);
      },
    );
  };
}
