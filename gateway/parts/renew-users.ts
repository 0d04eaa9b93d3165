import type { Outcome, Problem } from '../http/problem.ts';
import { type Person, refused } from '../templates/authored.ts';
import type { Templates } from '../templates/templates.ts';
import { noPart, partStateOf } from './authored-part.ts';
import { outdatedIn, type PartUses } from './part-uses.ts';
import type { Parts } from './parts.ts';

/** Each is a transaction of some 50 ms, and whoever asked waits for all of them. */
export const maxRenewed = 100;

/** What became of each template that was to be published again. */
export type Renewed = {
  readonly renewed: readonly { readonly templateId: string; readonly version: number }[];
  readonly refused: readonly { readonly templateId: string; readonly problem: Problem }[];
};

type Known = { readonly parts: Pick<Parts, 'find' | 'uses'>; readonly templates: Templates };

/** The templates that are published with an older version of a part, as many as go at once. */
export function renewable(
  uses: PartUses,
  published: Parameters<typeof outdatedIn>[1],
): readonly string[] {
  if (!published) return [];
  const outdated = outdatedIn(uses, published).map(({ templateId }) => templateId);
  return outdated.slice(0, maxRenewed);
}

/**
 * Publishes again every template that is published with an older version of a part, one after the
 * other: each is a new version of its own, and one that cannot be published keeps the others from
 * nothing. `count`: how many whoever asks has seen; 409 when there are more or fewer of them.
 */
export async function renewUsers(
  by: Person,
  partId: string,
  { count, note }: { readonly count: number; readonly note: string },
  { parts, templates }: Known,
): Promise<Outcome<Renewed>> {
  const part = parts.find(partId);
  if (!part.ok) return part;
  if (partStateOf(part.value) === null) return refused(noPart(partId));
  const uses = parts.uses(partId);
  if (!uses.ok) return uses;
  const ids = renewable(uses.value, part.value.published);
  if (ids.length !== count) {
    const detail = `There are ${ids.length} such templates now. Nothing was published.`;
    return refused({ status: 409, detail, members: { templates: ids } });
  }
  const renewed: Renewed['renewed'][number][] = [];
  const problems: Renewed['refused'][number][] = [];
  for (const templateId of ids) {
    const changed = await templates.renew(by, templateId, { note });
    if (changed.ok) renewed.push({ templateId, version: changed.value.version?.version ?? 0 });
    else problems.push({ templateId, problem: changed.problem });
  }
  return { ok: true, value: { renewed, refused: problems } };
}
