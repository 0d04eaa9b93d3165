import handlebars from 'handlebars';
import { boundedLine, isolatedValue, oneLine, shownText } from '../runtime/shown-text.ts';
import type { Template, TemplateText } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { lookUp } from './language.ts';
import type { RenderContext } from './values.ts';

/** A rendered text, or why there is none. Never a half-filled one. */
export type Rendered =
  | { readonly ok: true; readonly subject: string | null; readonly body: string }
  | { readonly ok: false; readonly reason: string };

/** The language of the service; the last resort when neither reader nor template names one. */
const homeLocale = 'ru';
/** Bounds the compiled texts in memory: templates × languages × versions in use, and room. */
const maxCompiled = 1000;
export const maxBodyChars = 100_000;

type Compiled = (context: RenderContext) => string;

/** An environment of its own without `log` and `lookup`: a template reads values, nothing else. */
const environment = handlebars.create();
environment.unregisterHelper('log');
environment.unregisterHelper('lookup');

const compiled = new Map<string, Compiled>();

function compile(source: string, escape: boolean): Compiled {
  const key = `${escape ? 'escaped' : 'plain'}:${source}`;
  let render = compiled.get(key);
  if (!render) {
    render = environment.compile(shownText(source), {
      strict: true,
      noEscape: !escape,
      preventIndent: true,
      knownHelpers: { log: false, lookup: false },
      knownHelpersOnly: true,
    });
    if (compiled.size >= maxCompiled) compiled.clear();
    compiled.set(key, render);
  }
  return render;
}

/** A blank translation is one that nobody has written yet. A channel without subjects asks none. */
function isWritten({ channel }: Template, { subject, body }: TemplateText): boolean {
  if (channel === 'email' && subject !== null && oneLine(subject) === '') return false;
  return shownText(body).trim() !== '';
}

const written = new WeakMap<Template, readonly TemplateText[]>();

/** The texts that are written, looked at once for all readers of a command. */
export function writtenTexts(template: Template): readonly TemplateText[] {
  let texts = written.get(template);
  if (!texts) {
    texts = template.texts.filter((text) => isWritten(template, text));
    written.set(template, texts);
  }
  return texts;
}

/**
 * The text of a template for a reader: in their language by `lookUp`, else in the template's
 * default language, else in Russian; null when all are missing. A text that is blank, or an
 * e-mail's whose subject is, counts as missing.
 */
export function textFor(template: Template, locale: string | null): TemplateText | null {
  const texts = writtenTexts(template);
  for (const wanted of [locale, template.locale, homeLocale]) {
    const text = wanted === null ? null : lookUp(wanted, texts);
    if (text) return text;
  }
  return null;
}

/** A piece of a text: words as they are, or a name to be replaced by its value. */
export type Segment =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string; readonly escaped: boolean };

type Mustache = { readonly path: { readonly original: unknown; readonly parts?: unknown[] } };

function segmentOf(statement: hbs.AST.Statement, template: Template): Segment | null {
  if (statement.type === 'ContentStatement') {
    return { kind: 'words', text: (statement as hbs.AST.ContentStatement).value };
  }
  if (statement.type !== 'MustacheStatement') return null;
  const { path, params, hash, escaped } = statement as hbs.AST.MustacheStatement & Mustache;
  const name = path.original;
  const plain = typeof name === 'string' && path.parts?.length === 1 && path.parts[0] === name;
  if (!plain || params.length > 0 || hash || !template.params.includes(name)) return null;
  const escapes = template.channel !== 'sms' && escaped;
  return { kind: 'name', name, escaped: Boolean(escapes) };
}

/** Parsed sources. A command brings its templates along, so the same ones come again and again. */
const parsed = new Map<string, readonly hbs.AST.Statement[] | null>();

/** The statements of a source; null when it is no template. */
export function parse(source: string): readonly hbs.AST.Statement[] | null {
  const present = parsed.get(source);
  if (present !== undefined) return present;
  let statements: readonly hbs.AST.Statement[] | null = null;
  try {
    statements = handlebars.parse(shownText(source)).body;
  } catch {
    // Whoever renders it gets to know why.
  }
  if (parsed.size >= maxCompiled) parsed.clear();
  parsed.set(source, statements);
  return statements;
}

/**
 * The pieces of a source that holds nothing but words and declared names; null for any other one,
 * which only Handlebars itself can render. Pieces of a subject are never escaped: see `render`.
 */
export function segmentsOf(template: Template, source: string): readonly Segment[] | null {
  const segments: Segment[] = [];
  for (const statement of parse(source) ?? []) {
    const segment = segmentOf(statement, template);
    if (!segment) return null;
    segments.push(segment);
  }
  return parse(source) && segments;
}

/** To look at every letter of a description anew for each reader costs more than to render it. */
const longChars = 200;
/** Bounds the long values that are remembered: some MiB. */
const maxShownLong = 100;
const shownLong = new Map<string, string>();

/**
 * A value as it is put into a text. Here and in the sources of templates is where texts are
 * cleaned: what is kept, shown in history and sent is then the same.
 */
export function shownValue(value: string): string {
  if (value.length <= longChars) return isolatedValue(shownText(value));
  let shown = shownLong.get(value);
  if (shown === undefined) {
    shown = isolatedValue(shownText(value));
    if (shownLong.size >= maxShownLong) shownLong.clear();
    shownLong.set(value, shown);
  }
  return shown;
}

/** A subject: one line, bounded. */
export const subjectLine = (text: string): string =>
  boundedLine(oneLine(text), limits.subjectChars);

/** Escapes a value as Handlebars does in HTML. */
export const escapeText = (value: string): string => handlebars.Utils.escapeExpression(value);

/** Only the names that the template declares; any other is a mistake that strict mode reports. */
function declared(template: Template, context: RenderContext): RenderContext {
  const visible: Record<string, string> = Object.create(null);
  // Handlebars prints the values when a name is missing; a symbol no template can name.
  Object.defineProperty(visible, Symbol.toPrimitive, { value: () => 'the values of this text' });
  for (const name of template.params) {
    // Own values only: a template may name `constructor`, which every object has.
    if (Object.hasOwn(context, name)) visible[name] = shownValue(context[name] ?? '');
  }
  return visible;
}

/**
 * Renders a text. Values are escaped in e-mail and messenger bodies, which are HTML, and not in
 * SMS and subjects, which are plain. A name without a value is an error, as is an empty body.
 */
export function render(template: Template, text: TemplateText, context: RenderContext): Rendered {
  const visible = declared(template, context);
  try {
    const body = compile(text.body, template.channel !== 'sms')(visible);
    const subject =
      text.subject === null ? null : subjectLine(compile(text.subject, false)(visible));
    if (body.trim() === '') return { ok: false, reason: 'the text is empty' };
    if (body.length > maxBodyChars) {
      return { ok: false, reason: `the text has ${body.length} characters` };
    }
    return { ok: true, subject, body };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'cannot be rendered' };
  }
}
