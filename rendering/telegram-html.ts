import { linkSchemes } from './functions.ts';
import { type HtmlAttribute, type HtmlToken, htmlTokens } from './html-tokens.ts';
import { linkProblem } from './mail-html.ts';
import type { MaskedSource } from './masked-source.ts';
import { problemAt, type SourceProblem } from './template-problem.ts';

type OpenTag = Extract<HtmlToken, { kind: 'open' }>;
type TagRule = {
  /** The attributes that mean something, and what their value looks like. */
  readonly attributes: Readonly<Record<string, RegExp>>;
  readonly needs?: string;
};

const plain: TagRule = { attributes: {} };
const named = (names: string, rule: TagRule) => names.split(' ').map((name) => [name, rule]);

/**
 * What sendMessage takes with `parse_mode: HTML`; a tag outside the list makes Telegram refuse the
 * message. https://core.telegram.org/bots/api#html-style
 */
const tagRules: Readonly<Record<string, TagRule>> = Object.fromEntries([
  ...named('b strong i em u ins s strike del tg-spoiler pre', plain),
  ['span', { attributes: { class: /^tg-spoiler$/ }, needs: 'class="tg-spoiler"' }],
  ['a', { attributes: { href: /./ }, needs: 'href="…"' }],
  ['tg-emoji', { attributes: { 'emoji-id': /^\d+$/ }, needs: 'emoji-id="…"' }],
  ['code', { attributes: { class: /^language-[\w+#-]+$/ } }],
  ['blockquote', { attributes: { expandable: /^$/ } }],
]) as Record<string, TagRule>;

/** The tags that Telegram knows. */
export const telegramTags: readonly string[] = Object.keys(tagRules);
/** The named entities that it knows, besides all that are numbers. */
const telegramEntities: readonly string[] = ['lt', 'gt', 'amp', 'quot'];

const telegramSchemes = [...linkSchemes, 'tg'];
const entity = /&([a-z][a-z0-9]*);/gi;

/** The tag around which another cannot stand; null: it can stand here. */
function refusingOuter(name: string, outer: readonly string[]): string | null {
  const innermost = outer.at(-1);
  if (innermost === 'code') return innermost;
  if (innermost === 'pre') return name === 'code' ? null : innermost;
  const alone = name === 'blockquote' || name === 'a';
  return alone && outer.includes(name) ? name : null;
}

function* attributeProblems(tag: string, each: HtmlAttribute): Iterable<SourceProblem> {
  const rule = tagRules[tag]?.attributes[each.name];
  if (!rule?.test(each.value ?? '')) {
    yield problemAt(each, 'telegramAttribute', { tag, attribute: each.name });
    return;
  }
  if (each.name !== 'href') return;
  if (!each.quoted) yield problemAt(each, 'unquotedAttribute', { attribute: each.name });
  const problem = linkProblem(each, telegramSchemes);
  if (problem) yield problem;
}

function* openProblems(tag: OpenTag, outer: readonly string[]): Iterable<SourceProblem> {
  const { name, attributes } = tag;
  const rule = Object.hasOwn(tagRules, name) ? tagRules[name] : undefined;
  if (!rule || tag.selfClosing) return yield problemAt(tag, 'telegramTag', { tag: name });
  const refusing = refusingOuter(name, outer);
  if (refusing !== null) yield problemAt(tag, 'telegramNesting', { tag: name, outer: refusing });
  for (const each of attributes) yield* attributeProblems(name, each);
  if (rule.needs !== undefined && attributes.length === 0) {
    yield problemAt(tag, 'telegramNeeds', { tag: name, attribute: rule.needs });
  }
}

function* textProblems(text: string, start: number): Iterable<SourceProblem> {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    yield problemAt({ start: start + at, end: start + at + 1 }, 'telegramLess');
  }
  for (const { index, 0: found, 1: name = '' } of text.matchAll(entity)) {
    if (telegramEntities.includes(name.toLowerCase())) continue;
    const stretch = { start: start + index, end: start + index + found.length };
    yield problemAt(stretch, 'telegramEntity', { entity: found });
  }
}

/**
 * Why Telegram would refuse a text, or show it otherwise than it is meant. A tag is closed in the
 * branch of a condition that it was opened in, or some readers would get it unclosed.
 */
export function* telegramProblems({ text, branchAt }: MaskedSource): Iterable<SourceProblem> {
  const open: OpenTag[] = [];
  for (const token of htmlTokens(text)) {
    const { start, end } = token;
    if (token.kind === 'text') yield* textProblems(text.slice(start, end), start);
    else if (token.kind === 'comment') yield problemAt(token, 'telegramTag', { tag: '!--' });
    else if (token.kind === 'open') {
      yield* openProblems(
        token,
        open.map(({ name }) => name),
      );
      if (Object.hasOwn(tagRules, token.name) && !token.selfClosing) open.push(token);
    } else if (open.at(-1)?.name !== token.name) {
      yield problemAt({ start, end }, 'telegramUnopened', { tag: token.name });
    } else {
      const opened = open.pop();
      if (opened && branchAt(opened.start) !== branchAt(start)) {
        yield problemAt(opened, 'telegramUnclosed', { tag: token.name });
      }
    }
  }
  for (const tag of open) yield problemAt(tag, 'telegramUnclosed', { tag: tag.name });
}
