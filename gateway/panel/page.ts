import type { FastifyReply, FastifyRequest } from 'fastify';
import { appearanceOf } from './appearance.ts';
import { type DevelopmentLinks, navigationOf, type Section } from './navigation.ts';
import type { PartOf } from './views.ts';
import { formToken } from './visitor.ts';
import { type Words, wordsOf } from './words/words.ts';

/** A page: which view shows it, under which title, and what the view is given. */
export type Page = {
  readonly view: string;
  readonly title: string;
  /** Which entry of the navigation is the current one; null: none. */
  readonly section: Section | null;
  readonly data: object;
};

/** What all pages of a gateway have in common. */
export type Shell = {
  /** Where the files of the pages are: the path changes when one of them does. */
  readonly assets: string;
  /** Null in production. */
  readonly development: DevelopmentLinks | null;
};

/** The words that a request is answered in. */
export const wordsFor = (request: FastifyRequest): Words => wordsOf(appearanceOf(request).language);

/** For a name that begins or ends with what parts names. */
const space = 0x20;

/** Two letters for the round of a person. */
const initialsOf = (name: string) =>
  name
    .split(/[\s@._-]+/)
    .slice(0, 2)
    .map((part) => String.fromCodePoint(part.codePointAt(0) ?? space))
    .join('')
    .toUpperCase();

function layoutOf(request: FastifyRequest, { title, section }: Page) {
  const { shell } = request.server.panel;
  const { language, theme } = appearanceOf(request);
  const words = wordsOf(language);
  const { visitor } = request;
  const { themes } = words.shell;
  return {
    title,
    language,
    theme,
    assets: shell.assets,
    // A page that was answered to a POST has no address to come back to.
    here: request.method === 'GET' ? request.url : '/',
    shell: words.shell,
    formToken: visitor ? formToken(visitor.token) : '',
    person: visitor
      ? { name: visitor.identity.name, initials: initialsOf(visitor.identity.name) }
      : null,
    navigation: visitor
      ? navigationOf({
          identity: visitor.identity,
          section,
          words,
          development: shell.development,
        })
      : [],
    languages: [
      { code: 'ru', name: 'Рус', chosen: language === 'ru' },
      { code: 'en', name: 'Eng', chosen: language === 'en' },
    ],
    themes: (['system', 'light', 'dark'] as const).map((code) => ({
      code,
      name: themes[code],
      chosen: theme === code,
    })),
  };
}

/** Answers with a page, in the language and the colours of whoever asks. */
export async function sendPage(reply: FastifyReply, page: Page): Promise<FastifyReply> {
  const layout = layoutOf(reply.request, page);
  const html = await reply.viewAsync(page.view, { ...layout, ...page.data });
  return reply.type('text/html; charset=utf-8').send(html);
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Of the panel's plugin only. */
    panel: { readonly shell: Shell; readonly partOf: PartOf };
  }
}
