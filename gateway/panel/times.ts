import type { Language } from '../../runtime/config.ts';

/** A time as a view shows it: in UTC, until a script of the page puts it into the viewer's zone. */
export type ShownTime = {
  /** For machines. */
  readonly iso: string;
  readonly text: string;
};

const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC', hourCycle: 'h23' };
const formats: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  ru: new Intl.DateTimeFormat('ru', options as Intl.DateTimeFormatOptions),
  en: new Intl.DateTimeFormat('en-GB', options as Intl.DateTimeFormatOptions),
};

/** Later, ECMAScript has no dates; records may hold any number. */
const maxTimeMs = 8.64e15;

export function shownTime(language: Language, timeMs: number): ShownTime {
  const known = Math.abs(timeMs) <= maxTimeMs ? timeMs : maxTimeMs;
  const date = new Date(known);
  return { iso: date.toISOString(), text: `${formats[language].format(date)} UTC` };
}
