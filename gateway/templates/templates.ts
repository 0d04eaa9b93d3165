import type { PreparedTemplate, TemplateSource } from '../../rendering/check-template.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import type { TemplateVersion } from '../../schemas/generated/records.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import { partSourcesFor } from '../parts/authored-part.ts';
import { partsMovedOn } from '../parts/part-publishing.ts';
import { type GatewayTables, notRestored, type TableSource } from '../read/tables.ts';
import { archiveTemplate, restoreTemplate } from './archiving.ts';
import {
  type Authored,
  authoredIn,
  type ChangeContext,
  historyOf,
  noTemplate,
  type Person,
  refused,
  stateOf,
  type TemplateTables,
} from './authored.ts';
import { changeIn, type TemplateChange } from './change.ts';
import {
  createTemplate,
  discardDraft,
  type NewTemplate,
  saveDraft,
  type Written,
} from './drafts.ts';
import { type ListFilter, listTemplates } from './list.ts';
import type { Preview } from './preview.ts';
import { type PreviewWishes, previewTask } from './preview-request.ts';
import { publishDraft, rollBack } from './publishing.ts';
import { currentVersion, renewTemplate } from './renewing.ts';
import { diffTexts, type LanguageDiff } from './text-diff.ts';
import { noVersion, sourceIn, sourceOf, versionSource, type Which } from './which.ts';
import { resultOf } from './worked.ts';
import type { Workers } from './worker-pool.ts';
import type { ChangeTemplate } from './writer.ts';

/**
 * What can be done with templates; pages and routes are thin skins over it. Nothing here throws for
 * what a person did: they get an `Outcome` with a problem that says what to do.
 *
 * - A template is written as a draft (`create`, `save`), which may be as wrong as it likes. `check`
 *   says what is wrong, `preview` shows what people would see.
 * - `publish` makes a version of the draft, which never changes, and the row that the engine
 *   renders. `rollBack` publishes an older version again, `renew` the same one with the newest
 *   shared parts, `archive` takes the row away, `restore` brings it back; each is a version too.
 * - Whoever changes a draft says which `revision` they saw; if somebody was faster they get a 409
 *   that says who and when.
 *
 * The decisions are pure (drafts, publishing, archiving); `writer` carries them out, in one
 * transaction each; `worker-pool` is where texts are checked and rendered.
 */
export type Templates = ReturnType<typeof openTemplates>;

export type TemplatesOptions = {
  readonly source: TableSource;
  readonly change: ChangeTemplate;
  readonly workers: Workers;
  /** TEMPLATES_FOUR_EYES */
  readonly fourEyes: boolean;
  readonly newId: () => string;
  readonly nowMs: () => number;
};

export type { Which } from './which.ts';

type Decide = (
  authored: Authored,
  context: ChangeContext,
  tables: TemplateTables,
) => Outcome<TemplateChange>;

const nothingSeen = { ok: true, value: { texts: [], parts: [], problems: [] } } as const;

/** Everything that can be done with templates, on the gateway's tables. */
export function openTemplates(options: TemplatesOptions) {
  const { source, workers, fourEyes, newId, nowMs } = options;

  function withTables<V>(read: (tables: GatewayTables) => Outcome<V>): Outcome<V> {
    const tables = source.tables();
    return tables ? read(tables) : refused(notRestored(source.progress()));
  }

  function find(id: string): Outcome<Authored> {
    return withTables((tables) => authoredIn(tables, id));
  }

  async function change(by: Person, id: string, decide: Decide): Promise<Outcome<TemplateChange>> {
    const context = { changeId: newId(), atMs: nowMs(), by };
    return options.change({
      subject: `template ${id}`,
      decide: (tables) => {
        const authored = authoredIn(tables, id);
        return authored.ok ? decide(authored.value, context, tables) : authored;
      },
      writtenIn: (tables) => changeIn(tables, id, context.changeId),
    });
  }

  /** A source with its shared parts in place, as they are published now. */
  async function prepared(found: TemplateSource): Promise<Outcome<PreparedTemplate>> {
    const parts = withTables((tables) => partSourcesFor(tables, found.texts));
    if (!parts.ok) return parts;
    const task = { kind: 'prepare', source: found, parts: parts.value } as const;
    return resultOf(await workers.work(task));
  }

  function sourceFor(
    id: string,
    which: Which,
    as?: 'published' | 'written',
  ): Outcome<TemplateSource> {
    const authored = find(id);
    return authored.ok ? sourceIn(authored.value, which, as) : authored;
  }

  return {
    find,
    list: (filter: ListFilter, page: Parameters<typeof listTemplates>[2]) =>
      withTables((tables) => ({ ok: true, value: listTemplates(tables, filter, page) })),
    create: (by: Person, id: string, written: NewTemplate) =>
      change(by, id, (authored, context) => createTemplate(authored, written, context)),
    save: (by: Person, id: string, input: Written & { readonly revision: number }) =>
      change(by, id, (authored, context) => saveDraft(authored, input, context)),
    discard: (by: Person, id: string, input: { readonly revision: number }) =>
      change(by, id, (authored, context) => discardDraft(authored, input, context)),

    async check(id: string, which: Which): Promise<Outcome<readonly TemplateProblem[]>> {
      const found = sourceFor(id, which);
      const looked = found.ok ? await prepared(found.value) : found;
      return looked.ok ? { ok: true, value: looked.value.problems } : looked;
    },

    async preview(
      id: string,
      which: Which,
      wishes: PreviewWishes,
    ): Promise<Outcome<readonly Preview[]>> {
      const found = sourceFor(id, which);
      if (!found.ok) return found;
      const task = withTables((tables) => previewTask(found.value, wishes, tables, nowMs()));
      if (!task.ok) return task;
      return resultOf(await workers.work({ kind: 'preview', ...task.value }));
    },

    /** What is checked is the draft of that revision, and so is what is published. */
    async publish(
      by: Person,
      id: string,
      input: { readonly revision: number; readonly note: string },
    ): Promise<Outcome<TemplateChange>> {
      const found = find(id);
      if (!found.ok) return found;
      const { head } = found.value;
      const seen = head?.state === 'open' && head.revision === input.revision ? head : null;
      const looked = seen ? await prepared(sourceOf(seen)) : nothingSeen;
      if (!looked.ok) return looked;
      return change(by, id, (authored, context, tables) => {
        // This gateway had not seen the revision yet, so nobody has checked it.
        if (!seen && authored.head?.state === 'open' && authored.head.revision === input.revision) {
          return refused(notNow('This draft was saved a moment ago. Nothing was published.'));
        }
        const stale = partsMovedOn(tables, looked.value.parts);
        if (stale) return refused(stale);
        const publishing = { ...input, prepared: looked.value, fourEyes };
        return publishDraft(authored, publishing, context);
      });
    },

    /** Publishes what is in use again, with the newest versions of its shared parts. */
    async renew(
      by: Person,
      id: string,
      input: { readonly note: string },
    ): Promise<Outcome<TemplateChange>> {
      const found = find(id);
      if (!found.ok) return found;
      const current = currentVersion(found.value);
      const looked = current ? await prepared(versionSource(current, 'written')) : nothingSeen;
      if (!looked.ok) return looked;
      const { note } = input;
      const version = current?.version ?? 0;
      return change(by, id, (authored, context, tables) =>
        renewTemplate(
          authored,
          tables,
          { version, note, prepared: looked.value, fourEyes },
          context,
        ),
      );
    },

    rollBack: (
      by: Person,
      id: string,
      input: { readonly version: number; readonly note: string },
    ) => change(by, id, (authored, context) => rollBack(authored, input, context)),
    archive: (by: Person, id: string, input: { readonly note: string }) =>
      change(by, id, (authored, context) => archiveTemplate(authored, input, context)),
    restore: (
      by: Person,
      id: string,
      input: { readonly version: number | null; readonly note: string },
    ) => change(by, id, (authored, context) => restoreTemplate(authored, input, context)),

    /** The history, newest first: at most so many steps. */
    versions(id: string, limit: number): Outcome<readonly TemplateVersion[]> {
      const authored = find(id);
      if (!authored.ok) return authored;
      if (stateOf(authored.value) === null) return refused(noTemplate(id));
      return { ok: true, value: historyOf(authored.value, limit) };
    },

    version(id: string, version: number): Outcome<TemplateVersion> {
      const authored = find(id);
      if (!authored.ok) return authored;
      const found = authored.value.version(version);
      return found ? { ok: true, value: found } : refused(noVersion(id, version));
    },

    diff(id: string, from: Which, to: Which): Outcome<readonly LanguageDiff[]> {
      // A draft is compared with what its author would have written, not with what parts came to.
      const as = [from, to].every(({ kind }) => kind === 'version') ? 'published' : 'written';
      const [before, after] = [sourceFor(id, from, as), sourceFor(id, to, as)];
      if (!before.ok) return before;
      if (!after.ok) return after;
      return { ok: true, value: diffTexts(before.value.texts, after.value.texts) };
    },
  };
}
