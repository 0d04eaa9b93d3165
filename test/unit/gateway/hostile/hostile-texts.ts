/** A word that no page of ours has: where it stands, a hostile text was shown. */
export const mark = 'vst-planted';

/**
 * Texts as a record may hold them, each in all its fields at once. None holds U+0000, which no
 * store takes.
 */
export const hostileTexts = {
  'an element': `<script>alert("${mark}")</script><${mark}></title></textarea><svg onload=1>`,
  'an attribute': `"><img src=x onerror=1>' onfocus=1 autofocus ${mark}='" onclick="${mark}`,
  'a script as an address': `javascript:alert(1)//${mark}`,
  'another site as an address': `//${mark}.example/`,
  'another site behind a backslash': `/\\${mark}.example/`,
  'a template': `{{constructor}}{{{__proto__}}}{{> layout}}\${1}<%= 1 %> &lt;script&gt;&${mark};`,
  'controls and directions': `__proto__ ${mark}\u0001\u001b[31m\r\n\u202e\u2066\u200f\ufeff`,
} as const;

/** What a request may carry in its path or query beside those. */
export const badBytes = ['%00', '%0d%0aset-cookie:%20a=b', '%ff', '%'] as const;
export const ways = ['..', '%2e%2e', '%2f', '..%2f..%2fetc%2fpasswd', '%5c', '..;'] as const;
