import type { Channel } from '../../schemas/generated/records.ts';
import type { TemplateState, TemplateTables } from '../templates/authored.ts';
import { partIn, partStateOf } from './authored-part.ts';
import { outdatedIn, partIdsIn, usesOf } from './part-uses.ts';

/** A shared part in a list: where it stands, without its texts. */
export type ListedPart = {
  readonly id: string;
  readonly state: TemplateState;
  readonly channel: Channel;
  readonly locales: readonly string[];
  /** The version that new texts are put together of; null where there is none. */
  readonly version: number | null;
  readonly revision: number;
  readonly savedBy: string;
  readonly savedAtMs: number;
  /** Templates that it is in, or will be once their draft is published. */
  readonly usedIn: number;
  /** Those of them that are published with another version of it. */
  readonly outdated: number;
};

function listed(tables: TemplateTables, id: string): readonly ListedPart[] {
  const found = partIn(tables, id);
  if (!found.ok) return [];
  const { head, published } = found.value;
  const state = partStateOf(found.value);
  if (state === null || !head) return [];
  const uses = usesOf(tables, id);
  const texts = head.texts.length > 0 ? head.texts : (published?.texts ?? []);
  return [
    {
      id,
      state,
      channel: head.channel,
      locales: texts.map(({ locale }) => locale),
      version: published?.version ?? null,
      revision: head.revision,
      savedBy: head.authorName,
      savedAtMs: head.savedAt,
      usedIn: uses.templates.length,
      outdated: outdatedIn(uses, published).length,
    },
  ];
}

/** A list is read by people, and of parts there are few. */
const maxListed = 500;

/**
 * The shared parts in the order of their names. One that nobody can read is left out: the health of
 * the gateway tells of it.
 */
export const listParts = (tables: TemplateTables): readonly ListedPart[] =>
  partIdsIn(tables)
    .slice(0, maxListed)
    .flatMap((id) => listed(tables, id));
