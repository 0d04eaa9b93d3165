import { unrenderable } from '../../../rendering/unrenderable.ts';
import { readerName, sharedValues } from '../../../rendering/values.ts';
import { isUsable, type UsableTemplate } from '../../../rules/usable-template.ts';
import { readableIn } from '../../../runtime/table.ts';
import type { Movie } from '../../../schemas/generated/records.ts';
import type { GatewayTables } from '../../read/tables.ts';
import type { Words } from '../words/words.ts';
import { channels } from './form.ts';

/** A list that people choose from by eye; whoever has more names one by its address. */
const maxTemplates = 500;
const maxTitleChars = 70;

/** A movie that has everything: what a template still lacks with it, no request has. */
const anyMovie: Movie = {
  id: '1',
  title: '…',
  englishTitle: '…',
  genres: [],
  year: 0,
  description: '…',
};

const canBeRequested = (template: UsableTemplate): boolean =>
  unrenderable(template, (locale) => ({
    ...sharedValues({ movie: anyMovie, params: [], occurredAt: 0 }, locale),
    [readerName]: '',
  })) === null;

/** What a template says first, in the language of the page where it has that. */
export function titleOf({ texts, locale }: UsableTemplate, language: Words['language']): string {
  const text =
    texts.find((each) => each.locale === language) ??
    texts.find((each) => each.locale === locale) ??
    texts[0];
  const words = text?.subject ?? text?.body.replaceAll(/<[^>]*>/g, '') ?? '';
  const [line = ''] = words.trim().split('\n', 1);
  return line.length > maxTitleChars ? `${line.slice(0, maxTitleChars)}…` : line;
}

/** The templates that a request can use, by channel, as a list shows them. */
export function templateOptions(
  { templates }: Pick<GatewayTables, 'templates'>,
  chosenId: string,
  { shell, sending, language }: Words,
) {
  const usable: UsableTemplate[] = [];
  for (const row of templates.rows()) {
    const template = readableIn(row);
    if (template && isUsable(template) && canBeRequested(template)) usable.push(template);
    if (usable.length === maxTemplates) break;
  }
  return channels.flatMap((channel) => {
    const options = usable
      .filter((template) => template.channel === channel)
      .toSorted((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }))
      .map((template) => ({
        id: template.id,
        title: sending.template(template.id, titleOf(template, language)),
        needsMovie: template.params.some((name) => name.startsWith('movie_')),
        chosen: template.id === chosenId,
      }));
    return options.length === 0 ? [] : [{ name: shell.channels[channel], options }];
  });
}
