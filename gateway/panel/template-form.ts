import type { TemplateText } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import type { Written } from '../templates/drafts.ts';

/** A form as it came: whoever sends it may send anything. */
export type Form = Readonly<Record<string, unknown>>;

/** Texts of 64 KiB in some languages, six bytes for each Cyrillic letter. */
export const draftBodyLimit = 2 * 1024 * 1024;

/** A field of a form; of one that came twice the first, of none the empty text. */
export function fieldOf(form: Form, name: string): string {
  const value = Object.hasOwn(form, name) ? form[name] : undefined;
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

/** Browsers end the lines of a form with CRLF. */
const lines = (text: string) => text.replaceAll(/\r\n?/g, '\n');

/** The revision that a form names; 0 for one that names none. */
export function revisionOf(form: Form): number {
  const text = fieldOf(form, 'revision');
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function textsOf(form: Form, hasSubject: boolean): readonly TemplateText[] {
  const texts: TemplateText[] = [];
  for (let index = 0; index < limits.templateTexts; index += 1) {
    const locale = fieldOf(form, `locale_${index}`);
    if (locale === '') break;
    const subject = fieldOf(form, `subject_${index}`);
    const body = lines(fieldOf(form, `body_${index}`));
    // A language in which nothing is written has no text.
    if (subject.trim() === '' && body.trim() === '') continue;
    texts.push({ locale, subject: hasSubject ? subject : null, body });
  }
  return texts;
}

/** What somebody wrote; null when a text is longer than a template may be. */
export function writtenIn(form: Form, hasSubject: boolean): Written | null {
  const texts = textsOf(form, hasSubject);
  const tooLong = texts.some(
    ({ locale, subject, body }) =>
      locale.length > limits.localeChars ||
      (subject?.length ?? 0) > limits.templateSubjectChars ||
      body.length > limits.templateBodyChars,
  );
  if (tooLong) return null;
  const wanted = fieldOf(form, 'locale');
  const known = texts.find(({ locale }) => locale === wanted) ?? texts[0];
  return { locale: known?.locale ?? 'ru', texts };
}
