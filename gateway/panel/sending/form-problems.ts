import { checkAnnouncement } from '../../../rendering/check-announcement.ts';
import { sayProblem } from '../../../rendering/problem-words.ts';
import { readableIn } from '../../../runtime/table.ts';
import type { Problem } from '../../http/problem.ts';
import type { GatewayTables } from '../../read/tables.ts';
import { announcementNames } from '../../sending/announcement-template.ts';
import { maxUserIds } from '../../sending/named-people.ts';
import type { PastedIds } from '../../sending/pasted-ids.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';
import { movieIn, peopleIn, type SendForm, writtenTexts } from './form.ts';

/** What is wrong with a form, at the field with this id. */
export type FormProblem = {
  readonly field: string;
  readonly text: string;
  /** The language of the text, where it is another than that of the page. */
  readonly language: string | null;
};

const maxToldLines = 5;

function templateFaults(form: SendForm, tables: Pick<GatewayTables, 'templates'>, words: Words) {
  const { problems } = words.sending;
  if (form.templateId === '') return [['template_id', problems.noTemplate]] as const;
  const template = readableIn(tables.templates.get(form.templateId));
  const needsMovie = template?.params.some((name) => name.startsWith('movie_')) ?? false;
  if (!needsMovie || movieIn(form) !== null) return [];
  return [['about_search', problems.noMovie]] as const;
}

function announcementFaults(form: SendForm, words: Words) {
  const { problems } = words.sending;
  const texts = writtenTexts(form);
  const faults: (readonly [string, string])[] = [];
  if (form.channels.length === 0) faults.push(['channels', problems.noChannel]);
  if (texts.length === 0) faults.push(['body_ru', problems.noText]);
  const written = texts.map(({ subject, ...text }) => ({ ...text, subject: subject || null }));
  const { channels } = form;
  for (const each of checkAnnouncement({ texts: written, channels, names: announcementNames })) {
    const { locale, part, from } = each;
    const name = words.sending.languages[locale === 'en' ? 'en' : 'ru'];
    const says = sayProblem(each, words.language);
    faults.push([`${part}_${locale}`, problems.atPlace(name, from, says)]);
  }
  return faults;
}

function listFaults({ ids, wrong, isTooLong }: PastedIds, words: Words) {
  const { problems, lineFaults } = words.sending;
  const faults: (readonly [string, string])[] = wrong
    .slice(0, maxToldLines)
    .map(({ line, fault, text }) => ['ids', lineFaults[fault](line, text)]);
  const more = wrong.length - maxToldLines;
  if (more > 0) faults.push(['ids', problems.moreLines(more)]);
  if (isTooLong) faults.push(['ids', problems.tooMany(numberIn(words.language, maxUserIds))]);
  if (ids.length === 0 && wrong.length === 0) faults.push(['ids', problems.nobody]);
  return faults;
}

function peopleFaults(form: SendForm, words: Words): readonly (readonly [string, string])[] {
  const { problems } = words.sending;
  const people = peopleIn(form);
  if (people?.kind === 'audience') return [];
  if (people?.kind === 'listed') return listFaults(people.pasted, words);
  if (form.who === 'movie') return [['followed_search', problems.noFollowed]];
  if (form.who === 'genre') return [['genre', problems.noGenre]];
  return [['ids', problems.nobody]];
}

/** What a person can mend by themselves, in their words; empty: it can be looked at. Pure. */
export function formProblems(
  form: SendForm,
  tables: Pick<GatewayTables, 'templates'>,
  words: Words,
): readonly FormProblem[] {
  const what =
    form.kind === 'template'
      ? templateFaults(form, tables, words)
      : announcementFaults(form, words);
  return [...what, ...peopleFaults(form, words)].map(([field, text]) => ({
    field,
    text,
    language: null,
  }));
}

/** What the API's own check says beyond that. Its words are English. */
export const apiProblem = ({ detail }: Problem): FormProblem => ({
  field: 'what',
  text: detail,
  language: 'en',
});
