import type { Clock } from '../../../runtime/clock.ts';
import { readableIn } from '../../../runtime/table.ts';
import type { People } from '../../read/people.ts';
import type { GatewayTables } from '../../read/tables.ts';
import { announcementLocales, announcementNames } from '../../sending/announcement-template.ts';
import type { Words } from '../words/words.ts';
import { countView } from './count-view.ts';
import { audiences, channels, type SendForm } from './form.ts';
import type { FormProblem } from './form-problems.ts';
import { movieChoice } from './movie-choice.ts';
import { stepsView } from './steps.ts';
import { templateOptions } from './template-options.ts';

/** Genres are few, and the first movies have most of them. */
const maxMoviesForGenres = 500;
const maxGenres = 60;

function genresOf({ movies }: Pick<GatewayTables, 'movies'>): readonly string[] {
  const genres = new Set<string>();
  let left = maxMoviesForGenres;
  for (const row of movies.rows()) {
    for (const genre of readableIn(row)?.genres ?? []) genres.add(genre);
    left -= 1;
    if (left === 0 || genres.size >= maxGenres) break;
  }
  return [...genres].toSorted((one, other) => one.localeCompare(other));
}

function whatView(form: SendForm, words: Words) {
  const { sending, shell } = words;
  return {
    isTemplate: form.kind === 'template',
    channels: channels.map((channel) => ({
      channel,
      name: shell.channels[channel],
      chosen: form.channels.includes(channel),
    })),
    texts: announcementLocales.map((locale) => ({
      locale,
      language: sending.languages[locale],
      ...form.texts[locale],
    })),
    names: announcementNames.map((name) => ({
      name: `{{ ${name} }}`,
      about: sending.names[name],
    })),
  };
}

/** What the page of the first two steps is given. */
export async function composeView(
  form: SendForm,
  options: {
    readonly tables: GatewayTables;
    readonly people: People | null;
    readonly problems: readonly FormProblem[];
    readonly words: Words;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
) {
  const { tables, people, problems, words, clock, signal } = options;
  const { sending } = words;
  const searching = { movies: tables.movies, clock, signal };
  const wrongFields = new Set(problems.map(({ field }) => field));
  return {
    words: sending,
    key: form.key,
    steps: stepsView('compose', words),
    problems,
    hasProblems: problems.length > 0,
    wrong: {
      template: wrongFields.has('template_id'),
      channels: wrongFields.has('channels'),
      ids: wrongFields.has('ids'),
      genre: wrongFields.has('genre'),
    },
    what: whatView(form, words),
    templates: templateOptions(tables, form.templateId, words),
    about: await movieChoice(form, 'about', words, searching),
    aboutSearch: form.movies.about.search,
    audiences: audiences.map((audience) => ({
      audience,
      name: sending.audiences[audience],
      chosen: form.who === audience,
    })),
    ids: form.ids,
    followed: await movieChoice(form, 'followed', words, searching),
    followedSearch: form.movies.followed.search,
    genre: form.genre,
    genres: genresOf(tables),
    count: countView(form, people, words),
  };
}
