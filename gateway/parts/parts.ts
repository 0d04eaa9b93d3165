import type { PreparedPart } from '../../rendering/check-part.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import type { EventType, PartVersion, TemplateText } from '../../schemas/generated/records.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import { type GatewayTables, notRestored } from '../read/tables.ts';
import type { ChangeContext, Person, TemplateTables } from '../templates/authored.ts';
import { refused } from '../templates/authored.ts';
import type { Preview } from '../templates/preview.ts';
import type { TemplatesOptions } from '../templates/templates.ts';
import { resultOf } from '../templates/worked.ts';
import {
  type AuthoredPart,
  noPart,
  partHistory,
  partIn,
  partSourcesFor,
  partStateOf,
} from './authored-part.ts';
import { changeOfPart, type PartChange } from './part-change.ts';
import { createPart, discardPart, type NewPart, savePart } from './part-drafts.ts';
import { type ListedPart, listParts } from './part-list.ts';
import { archivePart, publishPart, restorePart } from './part-publishing.ts';
import { type PartUses, usesOf } from './part-uses.ts';

/**
 * What can be done with shared parts: headers, footers, layouts. They come to be as templates do: a
 * draft that saves itself, versions that never change, a note, and the audit; all of it written
 * with the same pen. Publishing one changes no template: texts are put together when a template is
 * published, and `renew` of a template does it again.
 */
export type Parts = ReturnType<typeof openParts>;

type Decide = (
  part: AuthoredPart,
  context: ChangeContext,
  tables: TemplateTables,
) => Outcome<PartChange>;

/** An event that has the names that a part seems to mention, to look at it with. */
function eventOf(texts: readonly TemplateText[]): EventType {
  const mentions = (name: RegExp) => texts.some(({ body }) => name.test(body));
  if (mentions(/\b(?:reply|comment)_/)) return 'commentReplied';
  return mentions(/\b(?:season|episode)\b/) ? 'episodeReleased' : 'movieAdded';
}

const nothingSeen = { ok: true, value: { parts: [], problems: [] } } as const;

/** Everything that can be done with shared parts, on the gateway's tables. */
export function openParts(options: TemplatesOptions) {
  const { source, workers, fourEyes, newId, nowMs } = options;

  function withTables<V>(read: (tables: GatewayTables) => Outcome<V>): Outcome<V> {
    const tables = source.tables();
    return tables ? read(tables) : refused(notRestored(source.progress()));
  }

  const find = (id: string) => withTables((tables) => partIn(tables, id));

  async function change(by: Person, id: string, decide: Decide): Promise<Outcome<PartChange>> {
    const context = { changeId: newId(), atMs: nowMs(), by };
    return options.change({
      subject: `shared part ${id}`,
      decide: (tables) => {
        const part = partIn(tables, id);
        return part.ok ? decide(part.value, context, tables) : part;
      },
      writtenIn: (tables) => changeOfPart(tables, id, context.changeId),
    });
  }

  /** The texts of a part, looked at with the others as they are published now. */
  async function prepared(id: string, { channel, texts }: NewPart): Promise<Outcome<PreparedPart>> {
    const parts = withTables((tables) => partSourcesFor(tables, texts));
    if (!parts.ok) return parts;
    const found = { id, channel, texts };
    return resultOf(
      await workers.work({ kind: 'prepare-part', source: found, parts: parts.value }),
    );
  }

  return {
    find,
    list: (): Outcome<readonly ListedPart[]> =>
      withTables((tables) => ({ ok: true, value: listParts(tables) })),
    create: (by: Person, id: string, part: NewPart) =>
      change(by, id, (found, context) => createPart(found, part, context)),
    save: (
      by: Person,
      id: string,
      input: { readonly revision: number; readonly texts: readonly TemplateText[] },
    ) => change(by, id, (part, context) => savePart(part, input, context)),
    discard: (by: Person, id: string, input: { readonly revision: number }) =>
      change(by, id, (part, context) => discardPart(part, input, context)),

    /** What is wrong with these texts; null: with the draft, or what is published. */
    async check(
      id: string,
      unsaved: readonly TemplateText[] | null,
    ): Promise<Outcome<readonly TemplateProblem[]>> {
      const part = find(id);
      if (!part.ok) return part;
      const { head, published } = part.value;
      if (!head || partStateOf(part.value) === null) return refused(noPart(id));
      const written = head.texts.length > 0 ? head.texts : (published?.texts ?? []);
      const looked = await prepared(id, { channel: head.channel, texts: unsaved ?? written });
      return looked.ok ? { ok: true, value: looked.value.problems } : looked;
    },

    /** What these texts would look like, with made-up values. */
    async preview(
      id: string,
      texts: readonly TemplateText[],
    ): Promise<Outcome<readonly Preview[]>> {
      const part = find(id);
      if (!part.ok) return part;
      const { head } = part.value;
      if (!head) return refused(noPart(id));
      const parts = withTables((tables) => partSourcesFor(tables, texts));
      if (!parts.ok) return parts;
      const { channel } = head;
      const source = { eventType: eventOf(texts), channel, locale: 'ru', texts };
      const look = { reader: null, event: null, conditions: false, ofPart: id } as const;
      return resultOf(await workers.work({ kind: 'preview', source, parts: parts.value, ...look }));
    },

    async publish(
      by: Person,
      id: string,
      input: { readonly revision: number; readonly note: string },
    ): Promise<Outcome<PartChange>> {
      const found = find(id);
      if (!found.ok) return found;
      const { head } = found.value;
      const seen = head?.state === 'open' && head.revision === input.revision ? head : null;
      const looked = seen ? await prepared(id, seen) : nothingSeen;
      if (!looked.ok) return looked;
      return change(by, id, (part, context, tables) => {
        // This gateway had not seen the revision yet, so nobody has checked it.
        if (!seen && part.head?.state === 'open' && part.head.revision === input.revision) {
          return refused(notNow('This draft was saved a moment ago. Nothing was published.'));
        }
        return publishPart(part, tables, { ...input, prepared: looked.value, fourEyes }, context);
      });
    },

    archive: (by: Person, id: string) =>
      change(by, id, (part, context, tables) => archivePart(part, tables, context)),
    restore: (by: Person, id: string) =>
      change(by, id, (part, context) => restorePart(part, context)),

    /** Where a part is used. */
    uses: (id: string): Outcome<PartUses> =>
      withTables((tables) => ({ ok: true, value: usesOf(tables, id) })),

    /** The history, newest first: at most so many steps. */
    versions(id: string, limit: number): Outcome<readonly PartVersion[]> {
      const part = find(id);
      if (!part.ok) return part;
      if (partStateOf(part.value) === null) return refused(noPart(id));
      return { ok: true, value: partHistory(part.value, limit) };
    },

    version(id: string, version: number): Outcome<PartVersion> {
      const part = find(id);
      if (!part.ok) return part;
      const found = part.value.version(version);
      const detail = `The shared part ${id} has no version ${version}.`;
      return found ? { ok: true, value: found } : refused({ status: 404, detail });
    },
  };
}
