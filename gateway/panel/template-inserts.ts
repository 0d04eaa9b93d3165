import { blockName } from '../../rendering/part-source.ts';
import type { ValueName } from '../../rendering/value-names.ts';
import type { Channel } from '../../schemas/generated/records.ts';
import type { PanelParts } from './parts.ts';
import type { Words } from './words/words.ts';

/** A shared part that can be put into a text, and whether it wraps. */
type InsertedPart = { readonly id: string; readonly wraps: boolean };

/** The published parts of a channel, all but the one whose own text it is. */
export function partsFor(
  { sharedParts }: PanelParts,
  channel: Channel,
  ofPart: string | null,
): readonly InsertedPart[] {
  const found = sharedParts.list();
  if (!found.ok) return [];
  const usable = found.value.filter(
    ({ id, channel: theirs, version }) => theirs === channel && version !== null && id !== ofPart,
  );
  return usable.map(({ id }) => {
    const part = sharedParts.find(id);
    const texts = part.ok ? (part.value.published?.texts ?? []) : [];
    return { id, wraps: texts.some(({ body }) => body.includes(blockName)) };
  });
}

/** What an author can insert: names of the event, functions, conditions, shared parts. */
export function insertsOf(
  valueNames: readonly ValueName[],
  parts: readonly InsertedPart[],
  { templateEditor, language }: Words,
) {
  const names = valueNames.map(({ name, kind, says, example, always }) => ({
    name,
    says: always ? says[language] : `${says[language]} (${templateEditor.mayLack})`,
    example: example[language],
    insert: kind === 'date' ? `{{date ${name} style="long"}}` : `{{ ${name} }}`,
  }));
  const number = names.find(({ name }) => name === 'episode' || name === 'movie_year');
  const forms = language === 'ru' ? 'one="…" few="…" many="…"' : 'one="…" other="…"';
  const functions = [
    { name: 'url', insert: '{{url "https://…"}}' },
    { name: 'plural', insert: `{{plural ${number?.name ?? 'movie_year'} ${forms}}}` },
    { name: 'date', insert: '{{date event_date style="long"}}' },
  ] as const;
  return {
    names,
    functions: [
      ...functions.map(({ name, insert }) => ({
        name,
        says: templateEditor.functions[name],
        insert,
      })),
      {
        name: 'if',
        says: templateEditor.conditions,
        insert: '{{#if movie_description}}…{{/if}}',
      },
    ],
    parts: parts.map(({ id, wraps }) => ({
      name: id,
      says: wraps ? templateEditor.wrappingPart : templateEditor.sharedPart,
      insert: wraps ? `{{#> ${id}}}…{{/${id}}}` : `{{> ${id}}}`,
    })),
  };
}
