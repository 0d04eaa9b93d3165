import type { Identity, Scope } from '../http/identity.ts';
import type { Words } from './words/words.ts';

/** A page that the navigation leads to. */
export type Section =
  | 'dashboard'
  | 'send'
  | 'templates'
  | 'history'
  | 'people'
  | 'deadLetters'
  | 'audit'
  | 'access'
  | 'password'
  | 'system';

type Entry = { readonly section: Section; readonly path: string; readonly scope: Scope | null };
type Group = 'work' | 'care';

/** In the order of the navigation. Null: for everyone who is logged in. */
const groups: readonly (readonly [Group, readonly Entry[]])[] = [
  [
    'work',
    [
      { section: 'dashboard', path: '/', scope: null },
      { section: 'send', path: '/send', scope: 'notifications:write' },
      { section: 'templates', path: '/templates', scope: 'templates:read' },
      { section: 'history', path: '/history', scope: 'notifications:read' },
      { section: 'people', path: '/people', scope: 'people:read' },
    ],
  ],
  [
    'care',
    [
      { section: 'deadLetters', path: '/dead-letters', scope: 'dead-letters:read' },
      { section: 'audit', path: '/audit', scope: 'audit:read' },
      { section: 'access', path: '/access', scope: 'admin' },
      { section: 'password', path: '/password', scope: null },
      { section: 'system', path: '/system', scope: null },
    ],
  ],
];

/** Addresses that are only there in development. */
export type DevelopmentLinks = { readonly inbox: string | null };

type Link = {
  readonly name: string;
  readonly path: string;
  readonly current: boolean;
  readonly elsewhere: boolean;
};

/** The navigation as one person sees it: what they may not read is not there. */
export function navigationOf(options: {
  readonly identity: Identity;
  readonly section: Section | null;
  readonly words: Words;
  readonly development: DevelopmentLinks | null;
}): readonly { readonly title: string; readonly links: readonly Link[] }[] {
  const { identity, section, words, development } = options;
  const { sections, groups: titles } = words.shell;
  const own = groups.map(([group, entries]) => ({
    title: titles[group],
    links: entries
      .filter(({ scope }) => scope === null || identity.scopes.has(scope))
      .map((entry) => ({
        name: sections[entry.section],
        path: entry.path,
        current: entry.section === section,
        elsewhere: false,
      })),
  }));
  if (development === null) return own.filter(({ links }) => links.length > 0);
  const links = [
    ...(development.inbox === null ? [] : [{ name: sections.inbox, path: development.inbox }]),
    { name: sections.docs, path: '/docs' },
  ].map((link) => ({ ...link, current: false, elsewhere: true }));
  return [...own, { title: titles.development, links }].filter((each) => each.links.length > 0);
}
