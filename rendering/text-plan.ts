import { oneLine } from '../runtime/shown-text.ts';
import type { Template, TemplateText } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { maxBodyChars, shownValue, subjectLine } from './render.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { escapeText } from './syntax.ts';
import { type RenderContext, readerName } from './values.ts';

/**
 * A text in which everything but the reader's name is filled in: the words between the names. One
 * more piece than there are names; `escapes` tells whether names are written as HTML.
 */
export type TextPlan = {
  readonly pieces: readonly Buffer[];
  readonly pieceBytes: number;
  readonly names: number;
  readonly escapes: boolean;
};

/** The plans of a template's text; null when only Handlebars can render it. */
export type TextPlans = {
  readonly subject: TextPlan | null;
  readonly body: TextPlan;
  /** A longer name is for Handlebars: the subject might have to be cut. */
  readonly maxNameBytes: number;
};

type Escape = (value: string, segment: { readonly escaped: boolean }) => string;

/** Words between the mentions of the reader, other names replaced; null: a value is missing. */
function fold(segments: readonly Segment[], values: RenderContext, escape: Escape) {
  const words: string[] = [];
  let current = '';
  for (const segment of segments) {
    if (segment.kind === 'words') current += segment.text;
    else if (segment.name === readerName) {
      words.push(current);
      current = '';
    } else {
      if (!Object.hasOwn(values, segment.name)) return null;
      current += escape(shownValue(values[segment.name] ?? ''), segment);
    }
  }
  return [...words, current];
}

function toPlan(words: readonly string[], escapes: boolean): TextPlan {
  const pieces = words.map((text) => Buffer.from(text));
  const pieceBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { pieces, pieceBytes, names: pieces.length - 1, escapes };
}

function planBody(template: Template, text: TemplateText, values: RenderContext): TextPlan | null {
  const segments = segmentsOf(template, text.body);
  if (!segments.ok || segments.escapesReader === null) return null;
  const { escapesReader: escapes } = segments;
  const words = fold(segments.value, values, (value, { escaped }) =>
    escaped ? escapeText(value) : value,
  );
  // Whatever the name is, the text must be neither empty nor near the limit.
  if (!words || words.join('').trim() === '') return null;
  return words.join('').length > maxBodyChars / 2 ? null : toPlan(words, escapes);
}

/** A subject is one line without space at its ends; a name at an end has none itself. */
function planSubject(template: Template, source: string, values: RenderContext): TextPlan | null {
  const segments = segmentsOf(template, source);
  const words = segments.ok ? fold(segments.value, values, (value) => value) : null;
  if (!words) return null;
  const [all = '', ...more] = words;
  if (more.length === 0) return toPlan([subjectLine(all)], false);
  const marked = words.join(nameMark);
  if (words.some((text) => text.includes(nameMark))) return null;
  return toPlan(oneLine(marked).split(nameMark), false);
}

/** Stands for the name while the line is cleaned: neither white space nor a control character. */
const nameMark = '\u{10fffd}';

/** Names of so many bytes never make a subject too long: no text has more characters than bytes. */
function maxNameBytesOf({ names, pieces }: TextPlan): number {
  if (names === 0) return limits.nameChars;
  const chars = pieces.reduce((sum, piece) => sum + Array.from(piece.toString()).length, 0);
  return Math.max(0, Math.floor((limits.subjectChars - chars) / names));
}

/** Plans a text for a template and the values that all its readers share. */
export function planText(
  template: Template,
  text: TemplateText,
  values: RenderContext,
): TextPlans | null {
  const body = planBody(template, text, values);
  if (!body) return null;
  if (text.subject === null) return { subject: null, body, maxNameBytes: limits.nameChars };
  const subject = planSubject(template, text.subject, values);
  return subject && { subject, body, maxNameBytes: maxNameBytesOf(subject) };
}
