import type { TemplateSource } from '../../rendering/check-template.ts';
import type { TemplateDraft, TemplateVersion } from '../../schemas/generated/records.ts';
import type { Outcome, Problem } from '../http/problem.ts';
import { type Authored, noTemplate, refused, stateOf, writtenTexts } from './authored.ts';
import type { Written } from './drafts.ts';

/** Which texts are meant: those of the draft, of a version, or some that nobody saved. */
export type Which =
  | { readonly kind: 'draft' }
  | { readonly kind: 'version'; readonly version: number }
  | ({ readonly kind: 'unsaved' } & Written);

const noDraft = (id: string): Problem => ({ status: 404, detail: `Template ${id} has no draft.` });
export const noVersion = (id: string, version: number): Problem => ({
  status: 404,
  detail: `Template ${id} has no version ${version}.`,
});

/**
 * What is meant by `which`, as a source. A version is meant as it was published, or as its author
 * wrote it: with shared parts by their names.
 */
export function sourceIn(
  authored: Authored,
  which: Which,
  as: 'published' | 'written' = 'published',
): Outcome<TemplateSource> {
  const { id, published, head } = authored;
  switch (which.kind) {
    case 'draft':
      return head?.state === 'open' ? { ok: true, value: sourceOf(head) } : refused(noDraft(id));
    case 'version': {
      const version = authored.version(which.version);
      if (version) return { ok: true, value: versionSource(version, as) };
      const isCurrent = published?.version === which.version;
      const source = isCurrent && published ? knownSource(published) : null;
      return source ? { ok: true, value: source } : refused(noVersion(id, which.version));
    }
    case 'unsaved': {
      const kind = head ?? (published && knownSource(published));
      if (!kind || stateOf(authored) === null) return refused(noTemplate(id));
      const { eventType, channel } = kind;
      const { locale, texts } = which;
      return { ok: true, value: { eventType, channel, locale, texts } };
    }
  }
}

export const sourceOf = (row: TemplateDraft | TemplateVersion): TemplateSource => ({
  eventType: row.eventType,
  channel: row.channel,
  locale: row.locale,
  texts: row.texts,
});

/** A version as it was published, or as its author wrote it. */
export const versionSource = (
  version: TemplateVersion,
  as: 'published' | 'written',
): TemplateSource => ({
  ...sourceOf(version),
  texts: as === 'written' ? writtenTexts(version) : version.texts,
});

function knownSource(row: NonNullable<Authored['published']>): TemplateSource | null {
  const { eventType, channel, locale, texts } = row;
  if (eventType === 'unknown' || channel === 'unknown') return null;
  return { eventType, channel, locale, texts };
}
