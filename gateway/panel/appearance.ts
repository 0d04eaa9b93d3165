import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Language } from '../../runtime/config.ts';
import { safePath } from './safe-path.ts';

const languages = ['ru', 'en'] as const satisfies readonly Language[];
const themes = ['system', 'light', 'dark'] as const;

/** Which colours somebody wants; `system`: those of their system. */
export type Theme = (typeof themes)[number];

/** How somebody wants to see the pages. */
export type Appearance = { readonly language: Language; readonly theme: Theme };

const languageCookie = 'vestnik-language';
const themeCookie = 'vestnik-theme';
const yearS = 365 * 24 * 60 * 60;
const kept = { path: '/', maxAge: yearS, httpOnly: true, sameSite: 'lax' } as const;

/** The language that is liked best (RFC 9110, section 12.5.4); English when it is none of ours. */
export function acceptedLanguage(header: string | undefined): Language {
  const ranked = (header ?? '').split(',').map((entry) => {
    const [range = '', ...parameters] = entry
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const weight = parameters.find((each) => each.startsWith('q='));
    return { tag: range.split('-')[0], quality: weight ? Number(weight.slice(2)) : 1 };
  });
  const ours = ranked
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .flatMap(({ tag }) => languages.find((each) => each === tag) ?? []);
  return ours[0] ?? 'en';
}

/** By the cookies of the switches, else by what the browser says. */
export function appearanceOf({ cookies, headers }: FastifyRequest): Appearance {
  const language = languages.find((each) => each === cookies[languageCookie]);
  return {
    language: language ?? acceptedLanguage(headers['accept-language']),
    theme: themes.find((each) => each === cookies[themeCookie]) ?? 'system',
  };
}

const Wanted = Type.Object({
  language: Type.Optional(Type.Enum([...languages])),
  theme: Type.Optional(Type.Enum([...themes])),
  next: Type.Optional(Type.String()),
  form_token: Type.Optional(Type.String()),
});

/** POST /appearance: the switches of the masthead, which work without script and without log-in. */
export const appearanceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/appearance', { schema: { body: Wanted } }, async ({ body }, reply) => {
    if (body.language) reply.setCookie(languageCookie, body.language, kept);
    if (body.theme) reply.setCookie(themeCookie, body.theme, kept);
    return reply.redirect(safePath(body.next), 303);
  });
};
