import type { Bilingual } from './bilingual.ts';

/** The kind of an audience and what it is about: `all`, `movie:1`, `genre:drama`. */
function partsOf(audience: string): readonly [kind: string, about: string] {
  const at = audience.indexOf(':');
  return at < 0 ? [audience, ''] : [audience.slice(0, at), audience.slice(at + 1)];
}

/** Whom a request is for, by its audience; one that this release does not know stays as it is. */
export const audienceNames: Bilingual<(audience: string) => string> = {
  en: (audience) => {
    const [kind, about] = partsOf(audience);
    switch (kind) {
      case 'all':
        return 'everybody';
      case 'movie':
        return `followers of movie ${about}`;
      case 'genre':
        return `followers of the genre “${about}”`;
      default:
        return `audience “${audience}”`;
    }
  },
  ru: (audience) => {
    const [kind, about] = partsOf(audience);
    switch (kind) {
      case 'all':
        return 'все';
      case 'movie':
        return `подписчики фильма №\u00a0${about}`;
      case 'genre':
        return `подписчики жанра «${about}»`;
      default:
        return `аудитория «${audience}»`;
    }
  },
};
