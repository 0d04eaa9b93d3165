import { valueNamesFor } from '../../rendering/value-names.ts';
import { eventNames } from '../../rendering/values.ts';
import { isUnreadable, type Table } from '../../runtime/table.ts';
import type { EventType } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import type { PreviewWishes } from '../templates/preview-request.ts';
import type { PanelParts } from './parts.ts';
import { type Form, fieldOf } from './template-form.ts';
import type { Visitor } from './visitor.ts';
import type { Words } from './words/words.ts';

const idOf = (form: Form, name: string) => fieldOf(form, name).trim() || null;

/** The field in which a value of the event is made up by hand. */
const valueField = (name: string): string => `value_${name}`;

const allEventNames = Object.values(eventNames).flat();

/** Values of the event that somebody typed; what was left empty is made up. */
function valuesIn(form: Form): PreviewWishes['values'] {
  const typed = allEventNames.map(
    (name) => [name, fieldOf(form, valueField(name)).trim().slice(0, limits.textChars)] as const,
  );
  return Object.fromEntries(typed.filter(([, value]) => value !== ''));
}

/** For whom and about what a preview is wanted. */
export function wishesIn(form: Form): PreviewWishes {
  return {
    userId: idOf(form, 'user_id'),
    movieId: idOf(form, 'movie_id'),
    commentId: idOf(form, 'comment_id'),
    values: valuesIn(form),
    conditions: fieldOf(form, 'conditions') === 'on',
  };
}

/** The wishes as the query of a page. */
export function wishQuery(wishes: PreviewWishes): string {
  const { userId, movieId, commentId, conditions, values } = wishes;
  const fields = { user_id: userId, movie_id: movieId, comment_id: commentId };
  const given = Object.entries(fields).filter(([, value]) => value !== null);
  const typed = Object.entries(values).map(([name, value]) => [valueField(name), value]);
  const all = [...given, ...typed, ...(conditions ? [['conditions', 'on']] : [])];
  return new URLSearchParams(all as [string, string][]).toString();
}

/** Suggestions beside a field; whoever wants another one types its id. */
const maxSuggestions = 20;
type Suggestion = { readonly id: string; readonly name: string };

function suggested<V>(
  table: Table<V> | undefined,
  nameOf: (value: V) => string,
): readonly Suggestion[] {
  const found: Suggestion[] = [];
  for (const row of table?.rows() ?? []) {
    if (found.length >= maxSuggestions) break;
    if (!isUnreadable(row)) found.push({ id: row.key, name: nameOf(row.value) });
  }
  return found;
}

const shortChars = 60;

/** The fields in which a person and an event are chosen, and what the event would bring. */
export function wishFields(options: {
  readonly parts: PanelParts;
  readonly eventType: EventType;
  readonly wishes: PreviewWishes;
  readonly words: Words;
  readonly visitor: Visitor;
}) {
  const { parts, eventType, wishes, words, visitor } = options;
  const { templateEditor, language } = words;
  const { madeUp, wishesHint } = templateEditor;
  const tables = parts.facts.source.tables();
  const mayRead = visitor.identity.scopes.has('people:read');
  const person = {
    name: 'user_id',
    label: templateEditor.person,
    value: wishes.userId ?? '',
    choices: mayRead ? suggested(tables?.users, ({ fullName }) => fullName) : [],
    placeholder: madeUp,
    hint: wishesHint,
  };
  const isReply = eventType === 'commentReplied';
  const about = isReply
    ? {
        name: 'comment_id',
        label: templateEditor.comment,
        value: wishes.commentId ?? '',
        choices: suggested(tables?.comments, ({ text }) => text.slice(0, shortChars)),
        placeholder: madeUp,
        hint: wishesHint,
      }
    : {
        name: 'movie_id',
        label: templateEditor.movie,
        value: wishes.movieId ?? '',
        choices: suggested(tables?.movies, ({ title }) => title),
        placeholder: madeUp,
        hint: wishesHint,
      };
  const ofEvent: readonly string[] = eventNames[eventType];
  const values = valueNamesFor(eventType)
    .filter(({ name }) => ofEvent.includes(name))
    .map(({ name, says, example }) => ({
      name: valueField(name),
      label: `${name}: ${says[language]}`,
      value: wishes.values[name] ?? '',
      choices: [],
      placeholder: example[language],
      hint: templateEditor.valueHint,
    }));
  return [...(mayRead ? [person] : []), about, ...values];
}
