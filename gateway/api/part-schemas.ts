import { type Static, Type } from '@fastify/type-provider-typebox';
import { partIdPattern } from '../../rendering/part-source.ts';
import type { PartDraft, PartVersion, UsedPart } from '../../schemas/generated/records.ts';
import { limits } from '../../schemas/limits.ts';
import type { ListedPart } from '../parts/part-list.ts';
import { outdatedIn, type PartUses } from '../parts/part-uses.ts';
import type { Renewed } from '../parts/renew-users.ts';
import { ChannelName, isoTime, OrNull, Time } from './schemas.ts';
import { Locale, VersionNumber, Who } from './template-schemas.ts';

export const PartId = Type.String({
  pattern: partIdPattern,
  maxLength: 60,
  description: 'The name by which texts mention it: {{> footer}}.',
});
export const PartParams = Type.Object({ id: PartId });
export const PartVersionParams = Type.Object({ id: PartId, version: VersionNumber });

const PartText = Type.Object(
  { locale: Locale, body: Type.String({ maxLength: limits.templateBodyChars }) },
  { additionalProperties: false },
);

export const PartTexts = Type.Array(PartText, {
  maxItems: limits.templateTexts,
  description: 'The text in each language, in the Handlebars language; right or wrong.',
});

/** Texts as a record has them: a part has no subject. */
export const partTextsOf = (texts: Static<typeof PartTexts>) =>
  texts.map(({ locale, body }) => ({ locale, subject: null, body }));

/** The versions of parts that something is made of. */
const UsedParts = Type.Array(Type.Object({ part_id: Type.String(), version: Type.Integer() }));

const usedPartsView = (parts: readonly UsedPart[]): Static<typeof UsedParts> =>
  parts.map(({ partId: part_id, version }) => ({ part_id, version }));

const TextView = Type.Object({ locale: Type.String(), body: Type.String() });
const textViews = (texts: PartDraft['texts']) =>
  texts.map(({ locale, body }) => ({ locale, body }));

/** A part as it is being written. */
export const PartView = Type.Object(
  {
    part_id: Type.String(),
    revision: Type.Integer({ description: 'To be sent back with the next change.' }),
    state: Type.String({ description: 'open, ended or archived.' }),
    channel: ChannelName,
    texts: Type.Array(TextView),
    last_version: OrNull(Type.Integer()),
    saved_by: Who,
    saved_at: Time,
  },
  { description: 'The shared part as it is being written now.' },
);

export function partView(head: PartDraft): Static<typeof PartView> {
  const { authorKind: kind, authorId: id, authorName: name } = head;
  return {
    part_id: head.partId,
    revision: head.revision,
    state: head.state,
    channel: head.channel,
    texts: textViews(head.texts),
    last_version: head.lastVersion,
    saved_by: { kind, id, name },
    saved_at: isoTime(head.savedAt),
  };
}

export const PartLine = Type.Object({
  part_id: Type.String(),
  state: Type.String({ description: 'draft, published, changed or archived.' }),
  channel: ChannelName,
  locales: Type.Array(Type.String()),
  version: OrNull(Type.Integer()),
  used_in: Type.Integer({ description: 'Templates that it is in.' }),
  outdated: Type.Integer({ description: 'Those that are published with an older version.' }),
});

export const partLine = (each: ListedPart): Static<typeof PartLine> => ({
  part_id: each.id,
  state: each.state,
  channel: each.channel,
  locales: [...each.locales],
  version: each.version,
  used_in: each.usedIn,
  outdated: each.outdated,
});

export const UsesView = Type.Object(
  {
    templates: Type.Array(
      Type.Object({
        template_id: Type.String(),
        published_with: OrNull(Type.Integer({ description: 'The version that is in there.' })),
        outdated: Type.Boolean({ description: 'Published with another version than the newest.' }),
        in_draft: Type.Boolean(),
      }),
    ),
    parts: Type.Array(Type.String(), { description: 'Other parts that mention it.' }),
  },
  { description: 'Where a shared part is used.' },
);

export function usesView(uses: PartUses, published: PartVersion | null): Static<typeof UsesView> {
  const outdated = new Set(outdatedIn(uses, published));
  return {
    templates: uses.templates.map((use) => ({
      template_id: use.templateId,
      published_with: use.publishedWith,
      outdated: outdated.has(use),
      in_draft: use.inDraft,
    })),
    parts: [...uses.parts],
  };
}

const versionFields = {
  part_id: Type.String(),
  version: Type.Integer(),
  note: Type.String(),
  author: Who,
  published_by: Who,
  published_at: Time,
};

/** A version in a list, without its texts. */
export const PartVersionLine = Type.Object(versionFields);
export const PartVersionView = Type.Object(
  { ...versionFields, channel: ChannelName, texts: Type.Array(TextView), parts: UsedParts },
  { description: 'The version; it never changes.' },
);

export function partVersionLine(step: PartVersion): Static<typeof PartVersionLine> {
  return {
    part_id: step.partId,
    version: step.version,
    note: step.note,
    author: { kind: step.authorKind, id: step.authorId, name: step.authorName },
    published_by: { kind: step.publisherKind, id: step.publisherId, name: step.publisherName },
    published_at: isoTime(step.publishedAt),
  };
}

export const partVersionView = (step: PartVersion): Static<typeof PartVersionView> => ({
  ...partVersionLine(step),
  channel: step.channel,
  texts: textViews(step.texts),
  parts: usedPartsView(step.parts),
});

export const RenewedView = Type.Object(
  {
    renewed: Type.Array(Type.Object({ template_id: Type.String(), version: Type.Integer() })),
    refused: Type.Array(Type.Object({ template_id: Type.String(), detail: Type.String() })),
  },
  { description: 'What became of each template.' },
);

export const renewedView = ({ renewed, refused }: Renewed): Static<typeof RenewedView> => ({
  renewed: renewed.map(({ templateId, version }) => ({ template_id: templateId, version })),
  refused: refused.map(({ templateId, problem }) => ({
    template_id: templateId,
    detail: problem.detail,
  })),
});
