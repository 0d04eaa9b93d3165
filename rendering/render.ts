import { boundedLine, isolatedValue, oneLine, shownText } from '../runtime/shown-text.ts';
import type { Template, TemplateText } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { spokenLocale } from './functions.ts';
import { lookUp } from './language.ts';
import { compile } from './syntax.ts';
import type { RenderContext } from './values.ts';

/** A rendered text, or why there is none. Never a half-filled one. */
export type Rendered =
  | { readonly ok: true; readonly subject: string | null; readonly body: string }
  | { readonly ok: false; readonly reason: string };

/** The language of the service; the last resort when neither reader nor template names one. */
const homeLocale = 'ru';
export const maxBodyChars = 100_000;

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

/** Who reads, as far as it is known: in whose way dates are written. */
export type ReaderWishes = { readonly locale: string | null; readonly timeZone: string | null };

const anybody: ReaderWishes = { locale: null, timeZone: null };

/**
 * Renders a text. Values are escaped in e-mail and messenger bodies, which are HTML, and not in
 * SMS and subjects, which are plain. A name without a value is an error, as is an empty body.
 */
export function render(
  template: Template,
  text: TemplateText,
  context: RenderContext,
  wishes: ReaderWishes = anybody,
): Rendered {
  const visible = declared(template, context);
  const { timeZone } = wishes;
  const reader = { locale: spokenLocale(text.locale, wishes.locale), timeZone };
  try {
    const body = compile(text.body, template.channel !== 'sms')(visible, reader);
    const subject =
      text.subject === null ? null : subjectLine(compile(text.subject, false)(visible, reader));
    if (body.trim() === '') return { ok: false, reason: 'the text is empty' };
    if (body.length > maxBodyChars) {
      return { ok: false, reason: `the text has ${body.length} characters` };
    }
    return { ok: true, subject, body };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'cannot be rendered' };
  }
}
