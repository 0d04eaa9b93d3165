import { chars, entries, id, type Measured, tooLarge } from '../runtime/measured.ts';
import type { Refusal } from '../runtime/processor.ts';
import { refuse } from '../runtime/processor.ts';
import type { Movie, NotifyCommand, Template } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';

/** The refusal of a message one of whose parts is too large; null when all are well. */
export function refuseTooLarge(of: string, parts: Iterable<Measured>): Refusal | null {
  const detail = tooLarge(of, parts);
  return detail === null ? null : refuse('FIELD_TOO_LARGE', detail);
}

/** The parts of a movie that texts are made of, or that its followers are found by. */
export function* partsOfMovie(movie: Movie): Iterable<Measured> {
  yield id('id', movie.id);
  yield chars('title', movie.title, limits.titleChars);
  yield chars('englishTitle', movie.englishTitle, limits.titleChars);
  yield chars('description', movie.description, limits.textChars);
  yield entries('genres', movie.genres, limits.genres);
  for (const [index, genre] of movie.genres.entries()) yield id(`genres[${index}]`, genre);
}

/** The parts of a template. */
export function* partsOfTemplate(template: Template): Iterable<Measured> {
  yield id('id', template.id);
  yield id('locale', template.locale);
  yield entries('params', template.params, limits.templateParams);
  for (const [index, name] of template.params.entries()) yield id(`params[${index}]`, name);
  yield entries('texts', template.texts, limits.templateTexts);
  for (const [index, text] of template.texts.entries()) {
    yield id(`texts[${index}].locale`, text.locale);
    yield chars(`texts[${index}].subject`, text.subject, limits.templateSubjectChars);
    yield chars(`texts[${index}].body`, text.body, limits.templateBodyChars);
  }
}

/** About as many bytes as a value has in Avro: those of its texts, and two for each part. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return 2;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 2);
}

/** Why the command of an event would be copied too often; null when it is small enough. */
export function tooLargeCommand({
  movie,
  templates,
  params,
}: Pick<NotifyCommand, 'movie' | 'templates' | 'params'>): string | null {
  // The people are cut into lists of their own; genres and movies are few.
  const bytes = bytesOf({ movie, templates, params });
  if (bytes <= limits.commandBytes) return null;
  const what = `movie, templates and values have ${bytes} bytes together`;
  return `${what}, at most ${limits.commandBytes} are taken`;
}
