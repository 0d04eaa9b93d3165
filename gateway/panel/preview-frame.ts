import type { FastifyReply } from 'fastify';
import { appearanceOf, type Theme } from './appearance.ts';

/**
 * A preview is somebody's HTML: it gets a page of its own without origin, script or form, which
 * only a frame of this site may show. Pictures are loaded as a mail program would.
 */
const framePolicy = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src https: data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

const schemes: Readonly<Record<Theme, string>> = {
  system: 'light dark',
  light: 'light',
  dark: 'dark',
};

/** Mail programs show letters on white, in the font of the system. */
const mailStyle = `
:root { color-scheme: light; }
body { margin: 22px 24px; background: #fff; color: #1b1f27; font: 15px/1.55 system-ui, sans-serif;
  overflow-wrap: break-word; }
img { max-width: 100%; }
`;

/** As Telegram shows a message that came in. */
const chatStyle = (theme: Theme) => `
:root { color-scheme: ${schemes[theme]}; }
body { margin: 0; padding: 16px 14px; background: light-dark(#d5e3ea, #0e1621);
  font: 15px/1.42 system-ui, sans-serif; }
main { width: fit-content; max-width: min(100%, 430px); padding: 8px 12px 9px;
  border-radius: 4px 14px 14px 14px; background: light-dark(#fff, #182533);
  color: light-dark(#000, #fff); box-shadow: 0 1px 1px rgb(0 0 0 / 14%); white-space: pre-wrap;
  overflow-wrap: anywhere; }
a { color: light-dark(#2678b6, #70baf5); }
code, pre { color: light-dark(#a3386c, #8fc3f5); font: 13.5px/1.45 ui-monospace, monospace; }
pre { margin: 4px 0; padding: 6px 9px; border-radius: 6px; background: light-dark(#f1f4f6, #10191f);
  white-space: pre-wrap; }
blockquote { margin: 4px 0; padding: 3px 9px; border-left: 3px solid light-dark(#3390ec, #70baf5);
  border-radius: 4px; background: light-dark(#eaf4fd, #1f3446); }
tg-spoiler, .tg-spoiler { border-radius: 4px; background: light-dark(#c8ced3, #4a5a68); }
`;

/** The page that a frame shows. */
function framePage(options: {
  readonly look: 'mail' | 'chat';
  readonly html: string;
  readonly theme: Theme;
}): string {
  const { look, html, theme } = options;
  const style = look === 'mail' ? mailStyle : chatStyle(theme);
  const body = look === 'mail' ? html : `<main>${html}</main>`;
  return [
    '<!doctype html><html><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width"><title>.</title>',
    `<style>${style}</style></head><body>${body}</body></html>`,
  ].join('');
}

/** Answers with the page of a frame, in the colours of whoever asks. */
export function sendFrame(
  reply: FastifyReply,
  shown: { readonly look: 'mail' | 'chat'; readonly html: string },
): FastifyReply {
  const { theme } = appearanceOf(reply.request);
  reply.headers({
    'content-security-policy': framePolicy,
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
  });
  return reply.type('text/html; charset=utf-8').send(framePage({ ...shown, theme }));
}
