/** Only to be parsed against: no address of anybody. */
const nowhere = 'http://vestnik.invalid';

/**
 * A path of this site, whatever was asked for: `next` comes from outside, and `//evil.example`,
 * `/\evil.example` or `javascript:` must lead nowhere.
 */
export function safePath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/')) return '/';
  const url = URL.parse(next, nowhere);
  if (url === null || url.origin !== nowhere) return '/';
  const path = `${url.pathname}${url.search}`;
  // A path of two slashes would be another host to whoever reads it as an address.
  return path.startsWith('//') ? '/' : path;
}
