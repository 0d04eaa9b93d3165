import { QuoteType, Tokenizer } from 'htmlparser2';
import type { Stretch } from './source-place.ts';

/** An attribute as it is written; its value is not decoded. */
export type HtmlAttribute = Stretch & {
  readonly name: string;
  /** Null where it has none. */
  readonly value: string | null;
  readonly quoted: boolean;
};

/** A piece of HTML, in the order of the text. */
export type HtmlToken = Stretch &
  (
    | {
        readonly kind: 'open';
        readonly name: string;
        readonly attributes: readonly HtmlAttribute[];
        readonly selfClosing: boolean;
      }
    | { readonly kind: 'close'; readonly name: string }
    | { readonly kind: 'text' }
    | { readonly kind: 'comment' }
  );

/** The tokens of a text as browsers and mail programs find them (WHATWG, 13.2.5). */
export function htmlTokens(html: string): readonly HtmlToken[] {
  const tokens: HtmlToken[] = [];
  let tag: { name: string; start: number; attributes: HtmlAttribute[] } | null = null;
  let named = { start: 0, end: 0 };
  let written: Stretch | null = null;
  const endTag = (end: number, selfClosing: boolean) => {
    if (tag) tokens.push({ kind: 'open', ...tag, end: end + 1, selfClosing });
    tag = null;
  };
  const aside = (start: number, end: number) => void tokens.push({ kind: 'comment', start, end });
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        tag = { name: html.slice(start, end).toLowerCase(), start: start - 1, attributes: [] };
      },
      onattribname(start, end) {
        named = { start, end };
        written = null;
      },
      onattribdata(start, end) {
        written = { start: written?.start ?? start, end };
      },
      onattribentity: () => undefined,
      onattribend(quote, end) {
        const name = html.slice(named.start, named.end).toLowerCase();
        const hasValue = quote !== QuoteType.NoValue;
        const value = written === null ? '' : html.slice(written.start, written.end);
        const quoted = quote === QuoteType.Single || quote === QuoteType.Double;
        const stretch = { start: named.start, end };
        tag?.attributes.push({ name, value: hasValue ? value : null, quoted, ...stretch });
      },
      onopentagend: (end) => endTag(end, false),
      onselfclosingtag: (end) => endTag(end, true),
      onclosetag(start, end) {
        const name = html.slice(start, end).toLowerCase();
        tokens.push({ kind: 'close', name, start: start - 2, end: end + 1 });
      },
      ontext: (start, end) => void tokens.push({ kind: 'text', start, end }),
      ontextentity: () => undefined,
      oncomment: aside,
      oncdata: aside,
      ondeclaration: aside,
      onprocessinginstruction: aside,
      onend: () => undefined,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return tokens;
}
