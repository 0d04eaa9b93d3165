import { type Static, Type } from '@fastify/type-provider-typebox';
import type { TemplateDraft, TemplateVersion } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import { writtenTexts } from '../templates/authored.ts';
import type { Which } from '../templates/templates.ts';
import { ChannelName, EventName, Id, isoTime, OrNull, Time } from './schemas.ts';

/** Texts of 64 KiB in some languages, in JSON; more is for the limits of a template. */
export const templateBodyLimit = 1024 * 1024;

export const Locale = Type.String({
  minLength: 1,
  maxLength: limits.localeChars,
  description: 'A language tag (BCP 47): ru, en.',
});

const TextBody = Type.Object(
  {
    locale: Locale,
    subject: Type.Optional(OrNull(Type.String({ maxLength: limits.templateSubjectChars }))),
    body: Type.String({ maxLength: limits.templateBodyChars }),
  },
  { additionalProperties: false },
);

const TextView = Type.Object({
  locale: Type.String(),
  subject: OrNull(Type.String()),
  body: Type.String(),
});

export const Texts = Type.Array(TextBody, {
  maxItems: limits.templateTexts,
  description: 'The text in each language, in the Handlebars language; right or wrong.',
});

export const Note = Type.Optional(
  Type.String({
    maxLength: limits.detailChars,
    description: 'What changed and why, for those who read the history.',
  }),
);

/** A draft as an example shows it. */
export const exampleTexts = [
  {
    locale: 'ru',
    subject: 'Новое: {{ movie_title }}',
    body: '<p>{{ user_full_name }}, смотрите!</p>',
  },
];

export const Revision = Type.Integer({
  minimum: 0,
  description: 'The revision that you saw; 0 for a template without one.',
});

/** Texts as a record has them. */
export const textsOf = (texts: Static<typeof Texts>) =>
  texts.map(({ locale, subject = null, body }) => ({ locale, subject, body }));

export const Who = Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() });

export const DraftView = Type.Object(
  {
    template_id: Type.String(),
    revision: Type.Integer({ description: 'To be sent back with the next change.' }),
    state: Type.String({ description: 'open, ended or archived.' }),
    event_type: EventName,
    channel: ChannelName,
    locale: Type.String(),
    texts: Type.Array(TextView),
    last_version: OrNull(Type.Integer()),
    saved_by: Who,
    saved_at: Time,
  },
  { description: 'The draft as it is now.' },
);

export function draftView(head: TemplateDraft): Static<typeof DraftView> {
  const { authorKind: kind, authorId: id, authorName: name } = head;
  return {
    template_id: head.templateId,
    revision: head.revision,
    state: head.state,
    event_type: head.eventType,
    channel: head.channel,
    locale: head.locale,
    texts: [...head.texts],
    last_version: head.lastVersion,
    saved_by: { kind, id, name },
    saved_at: isoTime(head.savedAt),
  };
}

const versionFields = {
  template_id: Type.String(),
  version: Type.Integer(),
  kind: Type.String({ description: 'adopted, published, rolledBack, archived or restored.' }),
  source_version: OrNull(Type.Integer({ description: 'Whose texts these are.' })),
  note: Type.String(),
  author: Who,
  published_by: Who,
  approved_by: OrNull(
    Type.Object(Who.properties, { description: 'Somebody else than the author.' }),
  ),
  published_at: Time,
};

/** A version in a list, without its texts. */
export const VersionLine = Type.Object(versionFields);

export const VersionView = Type.Object(
  {
    ...versionFields,
    event_type: EventName,
    channel: ChannelName,
    locale: Type.String(),
    texts: Type.Array(TextView),
    sources: Type.Array(TextView, {
      description: 'The texts as they were written, with shared parts by their names.',
    }),
    parts: Type.Array(Type.Object({ part_id: Type.String(), version: Type.Integer() }), {
      description: 'The versions of shared parts that the texts were put together of.',
    }),
    params: Type.Array(Type.String()),
  },
  { description: 'The version; it never changes.' },
);

export function versionLine(version: TemplateVersion): Static<typeof VersionLine> {
  const { templateId, kind, sourceVersion, note } = version;
  const author = { kind: version.authorKind, id: version.authorId, name: version.authorName };
  const published_by = {
    kind: version.publisherKind,
    id: version.publisherId,
    name: version.publisherName,
  };
  const isOwn = author.kind === published_by.kind && author.id === published_by.id;
  return {
    template_id: templateId,
    version: version.version,
    kind,
    source_version: sourceVersion,
    note,
    author,
    published_by,
    approved_by: isOwn || kind === 'adopted' ? null : published_by,
    published_at: isoTime(version.publishedAt),
  };
}

export function versionView(version: TemplateVersion): Static<typeof VersionView> {
  const { eventType: event_type, channel, locale, texts, params } = version;
  const sources = [...writtenTexts(version)];
  const parts = version.parts.map(({ partId, version: number }) => ({
    part_id: partId,
    version: number,
  }));
  const rest = { event_type, channel, locale, texts: [...texts], params: [...params] };
  return { ...versionLine(version), ...rest, sources, parts };
}

export const VersionNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

/** Which texts a route works on: some that nobody saved, a version, or by default the draft. */
export const WhichBody = {
  version: Type.Optional(VersionNumber),
  unsaved: Type.Optional(
    Type.Object({ locale: Locale, texts: Texts }, { additionalProperties: false }),
  ),
};

type WhichFields = {
  readonly version?: number;
  readonly unsaved?: { readonly locale: string; readonly texts: Static<typeof Texts> };
};

export function whichOf({ version, unsaved }: WhichFields): Which {
  if (unsaved) return { kind: 'unsaved', locale: unsaved.locale, texts: textsOf(unsaved.texts) };
  return version === undefined ? { kind: 'draft' } : { kind: 'version', version };
}

/** The id of a new template: that of the caller, or one that is made. */
export const NewId = Type.Optional(Id);
