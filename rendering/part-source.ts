import type { Channel, TemplateText } from '../schemas/generated/records.ts';

/** What is published of a shared part, as it is put in the place of `{{> id}}`. */
export type PartSource = {
  readonly id: string;
  readonly version: number;
  readonly channel: Channel;
  readonly texts: readonly Pick<TemplateText, 'locale' | 'body'>[];
};

/** A version of a part that a text was put together of. */
export type UsedPart = { readonly partId: string; readonly version: number };

/** Versions of parts, each once, in the order of their ids. */
export const eachOnce = (used: readonly UsedPart[]): readonly UsedPart[] =>
  [...new Map(used.map((part) => [part.partId, part])).values()].toSorted((a, b) =>
    a.partId < b.partId ? -1 : 1,
  );

/** Where the content of a layout stands in its text. */
export const blockName = '@partial-block';

const idChars = 60;
const idShape = `[a-z][a-z0-9_-]{0,${idChars - 1}}`;
/** What a part may be called, as a pattern: a name that Handlebars takes for nothing else. */
export const partIdPattern = `^(?!(?:as|else|false|new|null|this|true|undefined)$)${idShape}$`;

const wholeId = new RegExp(partIdPattern);

/** Whether a part may be called so. */
export const isPartId = (name: string): boolean => wholeId.test(name);

const mention = new RegExp(`\\{\\{~?#?>\\s*(${idShape})`, 'g');

/**
 * The parts that a source seems to mention, without parsing it: all that it does mention, and
 * maybe some that stand in a comment.
 */
export function partsMentionedIn(source: string): readonly string[] {
  return [...new Set([...source.matchAll(mention)].map(([, id = '']) => id))];
}
