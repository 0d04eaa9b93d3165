import { hash } from 'node:crypto';
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Channel } from '../../../schemas/generated/records.ts';
import type { AnnouncementBody } from '../../sending/announcement.ts';
import {
  type AnnouncementLocale,
  announcementLocales,
} from '../../sending/announcement-template.ts';
import { type PastedIds, pastedIds } from '../../sending/pasted-ids.ts';

/** What can be sent, and to whom. */
const kinds = ['template', 'announcement'] as const;
export const audiences = ['listed', 'movie', 'genre', 'all'] as const;
export const channels = ['email', 'sms', 'messenger'] as const satisfies readonly Channel[];

/** The two places of the form where a movie is chosen: what it is about, and whose followers. */
export const movieFields = ['about', 'followed'] as const;
export type MovieField = (typeof movieFields)[number];

const Text = Type.Optional(Type.String());

/** The form as it is posted: all fields of it, also those that the choices made needless. */
export const FormBody = Type.Object({
  form_token: Text,
  key: Text,
  kind: Text,
  template_id: Text,
  channels: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  subject_ru: Text,
  body_ru: Text,
  subject_en: Text,
  body_en: Text,
  about_id: Text,
  about_search: Text,
  who: Text,
  ids: Text,
  followed_id: Text,
  followed_search: Text,
  genre: Text,
  people: Text,
  counted: Text,
  typed: Text,
  address: Text,
  try_channel: Text,
});
export type FormBody = Static<typeof FormBody>;

type FormText = { readonly subject: string; readonly body: string };

/** What somebody is about to send. All of it travels in the form; the server keeps nothing. */
export type SendForm = {
  /** Made when the form was opened: what is sent twice with it is sent once. */
  readonly key: string;
  readonly kind: (typeof kinds)[number];
  readonly templateId: string;
  readonly channels: readonly Channel[];
  readonly texts: Readonly<Record<AnnouncementLocale, FormText>>;
  readonly movies: Readonly<Record<MovieField, { readonly id: string; readonly search: string }>>;
  readonly who: (typeof audiences)[number];
  readonly ids: string;
  readonly genre: string;
};

const keyPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Forms end lines with CRLF, wherever the text came from. */
const lines = (text: string | undefined) => (text ?? '').replaceAll('\r\n', '\n');
const line = (text: string | undefined) => (text ?? '').trim();

const chosenIn = <T extends string>(all: readonly T[], value: string | undefined): T | undefined =>
  all.find((each) => each === value);

/** What was posted; a choice that means nothing counts as the first one. Pure. */
export function formOf(body: FormBody, newKey: () => string): SendForm {
  const wanted = [body.channels ?? []].flat();
  return {
    key: keyPattern.test(body.key ?? '') ? (body.key ?? '') : newKey(),
    kind: chosenIn(kinds, body.kind) ?? 'template',
    templateId: line(body.template_id),
    channels: channels.filter((channel) => wanted.includes(channel)),
    texts: {
      ru: { subject: line(body.subject_ru), body: lines(body.body_ru) },
      en: { subject: line(body.subject_en), body: lines(body.body_en) },
    },
    movies: {
      about: { id: line(body.about_id), search: line(body.about_search) },
      followed: { id: line(body.followed_id), search: line(body.followed_search) },
    },
    who: chosenIn(audiences, body.who) ?? 'listed',
    ids: lines(body.ids),
    genre: line(body.genre),
  };
}

/** The same as fields, for a page that carries the form on without showing it. */
export function hiddenFields(form: SendForm): readonly { name: string; value: string }[] {
  const { texts, movies } = form;
  const fields: readonly (readonly [string, string])[] = [
    ['key', form.key],
    ['kind', form.kind],
    ['template_id', form.templateId],
    ...form.channels.map((channel) => ['channels', channel] as const),
    ...announcementLocales.flatMap((locale) => [
      [`subject_${locale}`, texts[locale].subject] as const,
      [`body_${locale}`, texts[locale].body] as const,
    ]),
    ...movieFields.flatMap((field) => [
      [`${field}_id`, movies[field].id] as const,
      [`${field}_search`, movies[field].search] as const,
    ]),
    ['who', form.who],
    ['ids', form.ids],
    ['genre', form.genre],
  ];
  return fields.filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }));
}

/** Whom a form names; null: nobody yet. */
export type FormPeople =
  | { readonly kind: 'listed'; readonly pasted: PastedIds }
  | { readonly kind: 'audience'; readonly audience: string };

/** Whom a form names, as far as it says so. Pure. */
export function peopleIn(form: SendForm): FormPeople | null {
  const { followed } = form.movies;
  switch (form.who) {
    case 'listed':
      return form.ids.trim() === '' ? null : { kind: 'listed', pasted: pastedIds(form.ids) };
    case 'movie':
      return followed.id === '' ? null : { kind: 'audience', audience: `movie:${followed.id}` };
    case 'genre':
      return form.genre === '' ? null : { kind: 'audience', audience: `genre:${form.genre}` };
    case 'all':
      return { kind: 'audience', audience: 'all' };
  }
}

/** A form says which movie its text is about, or it is that of the followers it is for. */
export function movieIn({ movies, kind, who }: SendForm): string | null {
  const followed = kind === 'template' && who === 'movie' ? movies.followed.id : '';
  return movies.about.id || followed || null;
}

/** The texts of an announcement that are written. */
export const writtenTexts = ({ texts }: SendForm) =>
  announcementLocales.flatMap((locale) => {
    const { subject, body } = texts[locale];
    return `${subject}${body}`.trim() === '' ? [] : [{ locale, subject, body }];
  });

/** The same in the words of the API. */
export const announcedIn = (form: SendForm): AnnouncementBody['texts'] =>
  Object.fromEntries(
    writtenTexts(form).map(({ locale, subject, body }) => [
      locale,
      { ...(subject === '' ? {} : { subject }), body },
    ]),
  );

/** What makes two sendings the same: who opens a form once and changes it sends another one. */
export const digestOf = (sent: object): string => hash('sha256', JSON.stringify(sent), 'hex');
