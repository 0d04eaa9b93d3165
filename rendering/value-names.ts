import type { EventType } from '../schemas/generated/records.ts';
import { eventNames, type RenderContext, readerName } from './values.ts';

/** The two languages in which people who write templates are spoken to. */
export type Language = 'ru' | 'en';
export type Words = Readonly<Record<Language, string>>;

/** A name that texts may use, for whoever writes one. */
export type ValueName = {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'date';
  /** What its value is. */
  readonly says: Words;
  /** A made-up value of it. */
  readonly example: Words;
  /** False where there may be no value, so that a text has to ask for it with `if`. */
  readonly always: boolean;
};

type Described = Omit<ValueName, 'name' | 'always'>;

const text = (says: Words, example: Words): Described => ({ kind: 'text', says, example });
const number = (says: Words, example: string): Described => ({
  kind: 'number',
  says,
  example: { ru: example, en: example },
});

const common = {
  [readerName]: text(
    { ru: 'имя того, кто читает', en: 'the name of the reader' },
    { ru: 'Анна Каренина', en: 'Anna Karenina' },
  ),
  event_date: {
    kind: 'date',
    says: { ru: 'когда это произошло', en: 'when it happened' },
    example: { ru: '2026-03-01T09:30:00.000Z', en: '2026-03-01T09:30:00.000Z' },
  },
} as const satisfies Readonly<Record<string, Described>>;

const ofMovie = {
  movie_title: text(
    { ru: 'название фильма или сериала', en: 'the title of the movie or series' },
    { ru: 'Место встречи изменить нельзя', en: 'The Meeting Place Cannot Be Changed' },
  ),
  movie_year: number({ ru: 'год выхода', en: 'the year it came out' }, '1979'),
  movie_description: text(
    { ru: 'описание фильма', en: 'the description of the movie' },
    {
      ru: 'Сыщики Жеглов и Шарапов ищут банду «Чёрная кошка».',
      en: 'Two detectives hunt the gang “Black Cat”.',
    },
  ),
} as const;

type EventName = (typeof eventNames)[EventType][number];

const ofEvents: Readonly<Record<EventName, Described>> = {
  season: number({ ru: 'номер сезона', en: 'the number of the season' }, '2'),
  episode: number({ ru: 'номер серии', en: 'the number of the episode' }, '5'),
  episode_title: text(
    { ru: 'название серии', en: 'the title of the episode' },
    { ru: 'Облава', en: 'The Raid' },
  ),
  reply_author_name: text(
    { ru: 'имя того, кто ответил', en: 'the name of the one who replied' },
    { ru: 'Константин Левин', en: 'Konstantin Levin' },
  ),
  reply_text: text(
    { ru: 'текст ответа', en: 'the text of the reply' },
    { ru: 'Согласен: финал — лучший.', en: 'I agree: the finale is the best.' },
  ),
  comment_text: text(
    { ru: 'комментарий, на который ответили', en: 'the comment that was answered' },
    { ru: 'Великий фильм!', en: 'A great film!' },
  ),
};

/** Every event but a request is about a movie; a description any movie may lack. */
function isAlways(eventType: EventType, name: string): boolean {
  if (!Object.hasOwn(ofMovie, name)) return true;
  return eventType !== 'notificationRequested' && name !== 'movie_description';
}

/** The names that texts for a kind of event may use. */
export function valueNamesFor(eventType: EventType): readonly ValueName[] {
  const described: readonly (readonly [string, Described])[] = [
    ...Object.entries(common),
    ...Object.entries(ofMovie),
    ...eventNames[eventType].map((name) => [name, ofEvents[name]] as const),
  ];
  return described.map(([name, rest]) => ({ name, ...rest, always: isAlways(eventType, name) }));
}

/** Made-up values of all names but those left out, which shows what a text says without them. */
export function madeUpValues(
  eventType: EventType,
  language: Language,
  leftOut: ReadonlySet<string> = new Set(),
): RenderContext {
  const named = valueNamesFor(eventType).filter(({ name }) => !leftOut.has(name));
  return Object.fromEntries(named.map(({ name, example }) => [name, example[language]]));
}
