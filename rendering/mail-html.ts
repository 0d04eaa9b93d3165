import { linkSchemes } from './functions.ts';
import { type HtmlAttribute, htmlTokens } from './html-tokens.ts';
import { urlMark, valueMark } from './masked-source.ts';
import { problemAt, type SourceProblem } from './template-problem.ts';

const value = new RegExp(`[${valueMark}${urlMark}]`);
const values = new RegExp(`[${valueMark}${urlMark}]+`, 'g');
const tagOfValue = new RegExp(`</?[${valueMark}${urlMark}]+`, 'g');
/** Spaces and controls, which browsers leave out of a scheme. */
const ignored = /[\p{Cc} ]/gu;

/** Attributes whose value is opened or loaded. */
const linkAttributes: ReadonlySet<string> = new Set(
  'href src action formaction background cite poster srcset xlink:href longdesc'.split(' '),
);
/** Text elements whose content is no text of the letter. */
const codeElements: ReadonlySet<string> = new Set(['script', 'style']);
const imageSchemes: readonly string[] = [...linkSchemes, 'cid'];

/** What is wrong with where a link leads; null when nothing is. */
export function linkProblem(
  attribute: HtmlAttribute,
  allowed: readonly string[] = linkSchemes,
): SourceProblem | null {
  const link = (attribute.value ?? '').replaceAll(ignored, '');
  const [before = ''] = link.split(valueMark);
  const open = link.length > before.length;
  // Nothing before a value says where it leads: it could be a scheme, or the rest of one.
  if (open && /^[^:/?#]*$/.test(before.replaceAll(urlMark, ''))) {
    return problemAt(attribute, 'linkNeedsUrl', { name: 'link' });
  }
  const scheme = /^([^:/?#]*):/.exec(before)?.[1];
  if (scheme === undefined || allowed.includes(scheme.toLowerCase())) return null;
  return problemAt(attribute, 'linkScheme', { scheme, known: allowed.join(', ') });
}

function* attributeProblems(attribute: HtmlAttribute): Iterable<SourceProblem> {
  const { name, value: text } = attribute;
  if (value.test(name)) return yield problemAt(attribute, 'valueInTag');
  const holdsValue = text !== null && value.test(text);
  if (holdsValue && !attribute.quoted) {
    yield problemAt(attribute, 'unquotedAttribute', { attribute: name });
  }
  if (holdsValue && (name.startsWith('on') || name === 'style')) {
    yield problemAt(attribute, 'valueInCode', { where: name });
  }
  if (!linkAttributes.has(name)) return;
  const problem = linkProblem(attribute, name === 'src' ? imageSchemes : linkSchemes);
  if (problem) yield problem;
}

/**
 * What is wrong with where values stand in the HTML of a mail. Escaping makes a value harmless in
 * text and in quoted attributes, and nowhere else (OWASP, Cross Site Scripting Prevention).
 */
export function* mailProblems(html: string): Iterable<SourceProblem> {
  for (const { index, 0: found } of html.matchAll(tagOfValue)) {
    yield problemAt({ start: index, end: index + found.length }, 'valueInTag');
  }
  let inside: string | null = null;
  for (const token of htmlTokens(html)) {
    const { start, end } = token;
    if (token.kind === 'open') {
      const { name } = token;
      if (value.test(name)) yield problemAt({ start, end }, 'valueInTag');
      if (name === 'script') yield problemAt({ start, end }, 'script');
      for (const attribute of token.attributes) yield* attributeProblems(attribute);
      inside = codeElements.has(name) ? name : null;
    } else if (token.kind === 'close') inside = null;
    else if (inside !== null) {
      for (const { index, 0: found } of html.slice(start, end).matchAll(values)) {
        const stretch = { start: start + index, end: start + index + found.length };
        yield problemAt(stretch, 'valueInCode', { where: inside });
      }
    }
  }
}
