import type { Template, TemplateText } from '../schemas/generated/records.ts';
import { isFunctionName } from './functions.ts';
import { writtenTexts } from './render.ts';
import { parse, type SyntaxNode } from './syntax.ts';
import type { RenderContext } from './values.ts';

/** Why no reader can be given a text; `missing`: the names that have no value, each once. */
export type Unrenderable = { readonly reason: string; readonly missing: readonly string[] };

/** The first name of a path: `movie` of `movie.title`; none of `this` and of `@root`. */
function nameIn({ type, parts = [], data = false }: SyntaxNode): readonly string[] {
  const [first] = parts;
  return type === 'PathExpression' && !data && typeof first === 'string' ? [first] : [];
}

/** The name whose value a statement prints: its own, or the one that its function is given. */
function printed({ path, params: [value] = [] }: SyntaxNode): readonly string[] {
  if (!path) return [];
  if (value === undefined) return nameIn(path);
  return isFunctionName(path.original) ? nameIn(value) : [];
}

/**
 * The names that a source is never rendered without: those outside of blocks. A block asks whether
 * its name has a value, and what is inside of it may not be asked for. Null: it is no template.
 */
function neededNames(source: string): readonly string[] | null {
  const statements = parse(source);
  return statements?.filter(({ type }) => type === 'MustacheStatement').flatMap(printed) ?? null;
}

/** The names without a value in a text; null: it is no template. */
function missingIn(text: TemplateText, has: (name: string) => boolean): readonly string[] | null {
  const body = neededNames(text.body);
  const subject = neededNames(text.subject ?? '');
  return body && subject && [...subject, ...body].filter((name) => !has(name));
}

/**
 * Why a template can be rendered for nobody, whatever they read; null when some text can be, as far
 * as can be told without rendering it. `valuesFor`: what has a value in a language.
 */
export function unrenderable(
  template: Template,
  valuesFor: (locale: string) => RenderContext,
): Unrenderable | null {
  const texts = writtenTexts(template);
  if (texts.length === 0) return { reason: 'has no text', missing: [] };
  const missing = new Set<string>();
  for (const text of texts) {
    const values = valuesFor(text.locale);
    const has = (name: string) => template.params.includes(name) && Object.hasOwn(values, name);
    const names = missingIn(text, has);
    if (names?.length === 0) return null;
    for (const name of names ?? []) missing.add(name);
  }
  if (missing.size === 0) return { reason: 'has a text that is no template', missing: [] };
  const names = [...missing];
  return { reason: `needs ${names.join(', ')}, which a request has not`, missing: names };
}
