import { Parser } from 'htmlparser2';

/** Attributes whose value a browser, or htmx, goes to. */
const addresses = new Set([
  'href',
  'src',
  'action',
  'formaction',
  'xlink:href',
  'poster',
  'data',
  'srcset',
  'hx-get',
  'hx-post',
  'hx-put',
  'hx-patch',
  'hx-delete',
  'hx-sse:connect',
]);
const forbidden = new Set(['base', 'object', 'embed', 'applet', 'vst-planted']);
/** Of this site by its path, of this page, or the inbox of a development system. */
const ownAddress = /^(?:\/(?![/\\])|#|http:\/\/127\.0\.0\.1:8025$|$)/;
const plainName = /^[a-z][a-z0-9:-]*$/i;

type Attributes = Readonly<Record<string, string>>;

function* attributeDangers(element: string, attributes: Attributes): Iterable<string> {
  for (const [name, value] of Object.entries(attributes)) {
    const said = `<${element} ${name}="${value}">`;
    if (/^(?:on|hx-on|style$|srcdoc$)/i.test(name)) yield `code in ${said}`;
    if (!plainName.test(name)) yield `no attribute of ours: ${said}`;
    if (addresses.has(name.toLowerCase()) && !ownAddress.test(value)) yield `leads away: ${said}`;
  }
}

function* elementDangers(name: string, attributes: Attributes): Iterable<string> {
  if (forbidden.has(name)) yield `<${name}>`;
  if (name === 'script' && !attributes['src']?.startsWith('/assets/')) yield 'a script of no file';
  if (name === 'meta' && 'http-equiv' in attributes) yield 'a header in the page';
  if (name === 'iframe' && !('sandbox' in attributes)) yield 'a frame without sandbox';
  yield* attributeDangers(name, attributes);
}

/** A page as a browser takes it apart. */
export type ReadPage = {
  /** What runs, leads away, or came from nowhere; empty: only what the views say. */
  readonly dangers: readonly string[];
  /** Texts and values of attributes, with their entities undone. */
  readonly texts: string;
  /** The fields of each form that changes something. */
  readonly forms: readonly { readonly action: string; readonly fields: Attributes }[];
};

/** Reads a page with the tokenizer that browsers' rules are written for (WHATWG HTML). */
export function readPage(html: string): ReadPage {
  const dangers: string[] = [];
  const texts: string[] = [];
  const forms: { action: string; fields: Record<string, string> }[] = [];
  let inScript = false;
  let form: (typeof forms)[number] | null = null;
  const parser = new Parser({
    onopentag(name, attributes) {
      dangers.push(...elementDangers(name, attributes));
      texts.push(...Object.values(attributes));
      inScript = name === 'script';
      if (name === 'form') {
        form = { action: attributes['action'] ?? '', fields: {} };
        if (attributes['method']?.toLowerCase() === 'post') forms.push(form);
      }
      const { name: field, value = '' } = attributes;
      if (form && field !== undefined) form.fields[field] = value;
    },
    ontext(text) {
      texts.push(text);
      if (inScript && text.trim() !== '') dangers.push('a script in the page');
    },
    onclosetag(name) {
      inScript = false;
      if (name === 'form') form = null;
    },
    oncomment: (text) => void dangers.push(`a comment: ${text}`),
  });
  parser.end(html);
  return { dangers, texts: texts.join('\n'), forms };
}
