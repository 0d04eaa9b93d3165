import type { TemplateSource } from '../../rendering/check-template.ts';
import { madeUpValues } from '../../rendering/value-names.ts';
import { eventNames } from '../../rendering/values.ts';
import { isUnreadable, type Table } from '../../runtime/table.ts';
import { notFound, type Outcome } from '../http/problem.ts';
import { type PartTables, partSourcesFor } from '../parts/authored-part.ts';
import { type GatewayTables, notReadable } from '../read/tables.ts';
import { refused } from './authored.ts';
import type { PreviewEvent, PreviewTask } from './preview.ts';

/** With whose eyes and for which event a preview is wanted; what is left out is made up. */
export type PreviewWishes = {
  readonly userId: string | null;
  readonly movieId: string | null;
  /** The comment that is answered. */
  readonly commentId: string | null;
  /** Values of the event, by their names. */
  readonly values: Readonly<Record<string, string>>;
  /** Each name that a condition asks for, left out once. */
  readonly conditions: boolean;
};

type Name = 'users' | 'movies' | 'comments';

function rowOf<V>(table: Table<V>, name: Name, id: string | null): Outcome<V | null> {
  if (id === null) return { ok: true, value: null };
  const row = table.get(id);
  if (isUnreadable(row)) return refused(notReadable(name, id, row));
  if (!row) return refused(notFound(`There is no ${name.slice(0, -1)} ${id}.`));
  return { ok: true, value: row.value };
}

function paramsFor(source: TemplateSource, given: Readonly<Record<string, string>>) {
  const madeUp = madeUpValues(source.eventType, 'ru');
  return eventNames[source.eventType].map((name) => ({
    name,
    value: (Object.hasOwn(given, name) ? given[name] : madeUp[name]) ?? '',
  }));
}

/** The task of a preview: the rows that it is made with, and the names to leave out. */
export function previewTask(
  source: TemplateSource,
  wishes: PreviewWishes,
  tables: Pick<GatewayTables, Name> & PartTables,
  nowMs: number,
): Outcome<PreviewTask> {
  const reader = rowOf(tables.users, 'users', wishes.userId);
  if (!reader.ok) return reader;
  const comment = rowOf(tables.comments, 'comments', wishes.commentId);
  if (!comment.ok) return comment;
  const movie = rowOf(tables.movies, 'movies', wishes.movieId ?? comment.value?.movieId ?? null);
  if (!movie.ok) return movie;
  const chosen = movie.value !== null || comment.value !== null;
  const given = comment.value
    ? { comment_text: comment.value.text, ...wishes.values }
    : wishes.values;
  const event: PreviewEvent | null =
    chosen || Object.keys(wishes.values).length > 0
      ? { movie: movie.value, params: paramsFor(source, given), occurredAt: nowMs }
      : null;
  const parts = partSourcesFor(tables, source.texts);
  if (!parts.ok) return parts;
  const { value: user } = reader;
  return {
    ok: true,
    value: {
      source,
      parts: parts.value,
      ofPart: null,
      event,
      conditions: wishes.conditions,
      reader: user && {
        fullName: user.fullName,
        locale: user.locale,
        timeZone: user.timeZone,
      },
    },
  };
}
