import type { TemplateSource } from '../../rendering/check-template.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import type { TemplateDraft, TemplateVersion } from '../../schemas/generated/records.ts';
import { notNow, type Outcome, type Problem } from '../http/problem.ts';
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
} from './authored.ts';
import type { TemplateChange } from './change.ts';
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
import { diffTexts, type LanguageDiff } from './text-diff.ts';
import type { Worked, Workers } from './worker-pool.ts';
import type { ChangeTemplate } from './writer.ts';

/**
 * What can be done with templates; pages and routes are thin skins over it. Nothing here throws for
 * what a person did: they get an `Outcome` with a problem that says what to do.
 *
 * - A template is written as a draft (`create`, `save`), which may be as wrong as it likes. `check`
 *   says what is wrong, `preview` shows what people would see.
 * - `publish` makes a version of the draft, which never changes, and the row that the engine
 *   renders. `rollBack` publishes an older version again, `archive` takes the row away, `restore`
 *   brings it back; each is a version too.
 * - Whoever changes a draft says which `revision` they saw; if somebody was faster they get a 409
 *   that says who and when.
 *
 * The decisions are pure (drafts, publishing, archiving); `writer` carries them out, in one
 * transaction each; `worker-pool` is where texts are checked and rendered.
 */
export type Templates = ReturnType<typeof openTemplates>;

export type TemplateParts = {
  readonly source: TableSource;
  readonly change: ChangeTemplate;
  readonly workers: Workers;
  /** TEMPLATES_FOUR_EYES */
  readonly fourEyes: boolean;
  readonly newId: () => string;
  readonly nowMs: () => number;
};

/** Which texts are meant: those of the draft, of a version, or some that nobody saved. */
export type Which =
  | { readonly kind: 'draft' }
  | { readonly kind: 'version'; readonly version: number }
  | ({ readonly kind: 'unsaved' } & Written);

type Decide = (authored: Authored, context: ChangeContext) => Outcome<TemplateChange>;

const stopped: Readonly<Record<'time' | 'memory' | 'defect', string>> = {
  time: 'The template takes longer than half a second to work on. Make it simpler.',
  memory: 'The template takes too much memory to work on. Make it simpler.',
  defect: 'The template could not be worked on. Make it simpler, and report it.',
};

function resultOf<V>(worked: Worked<V>): Outcome<V> {
  switch (worked.kind) {
    case 'done':
      return { ok: true, value: worked.value };
    case 'stopped':
      return refused({ status: 422, detail: stopped[worked.why] });
    case 'busy':
      return refused(notNow('Too many templates are looked at now.'));
  }
}

const noDraft = (id: string): Problem => ({ status: 404, detail: `Template ${id} has no draft.` });
const noVersion = (id: string, version: number): Problem => ({
  status: 404,
  detail: `Template ${id} has no version ${version}.`,
});

/** What is meant by `which`, as a source. */
function sourceIn(authored: Authored, which: Which): Outcome<TemplateSource> {
  const { id, published, head } = authored;
  switch (which.kind) {
    case 'draft':
      return head?.state === 'open' ? { ok: true, value: sourceOf(head) } : refused(noDraft(id));
    case 'version': {
      const version = authored.version(which.version);
      if (version) return { ok: true, value: sourceOf(version) };
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

const sourceOf = (row: TemplateDraft | TemplateVersion): TemplateSource => ({
  eventType: row.eventType,
  channel: row.channel,
  locale: row.locale,
  texts: row.texts,
});

function knownSource(row: NonNullable<Authored['published']>): TemplateSource | null {
  const { eventType, channel, locale, texts } = row;
  if (eventType === 'unknown' || channel === 'unknown') return null;
  return { eventType, channel, locale, texts };
}

/** Everything that can be done with templates, on the gateway's tables. */
export function openTemplates(parts: TemplateParts) {
  const { source, workers, fourEyes, newId, nowMs } = parts;

  function withTables<V>(read: (tables: GatewayTables) => Outcome<V>): Outcome<V> {
    const tables = source.tables();
    return tables ? read(tables) : refused(notRestored(source.progress()));
  }

  function find(id: string): Outcome<Authored> {
    return withTables((tables) => authoredIn(tables, id));
  }

  async function change(by: Person, id: string, decide: Decide): Promise<Outcome<TemplateChange>> {
    const context = { changeId: newId(), atMs: nowMs(), by };
    return parts.change({
      templateId: id,
      changeId: context.changeId,
      decide: (tables) => {
        const authored = authoredIn(tables, id);
        return authored.ok ? decide(authored.value, context) : authored;
      },
    });
  }

  async function checkSource(found: TemplateSource): Promise<Outcome<readonly TemplateProblem[]>> {
    return resultOf(await workers.work({ kind: 'check', source: found }));
  }

  function sourceFor(id: string, which: Which): Outcome<TemplateSource> {
    const authored = find(id);
    return authored.ok ? sourceIn(authored.value, which) : authored;
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
      return found.ok ? checkSource(found.value) : found;
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
      const checked = seen ? await checkSource(sourceOf(seen)) : { ok: true as const, value: [] };
      if (!checked.ok) return checked;
      const { value: problems } = checked;
      return change(by, id, (authored, context) => {
        // This gateway had not seen the revision yet, so nobody has checked it.
        if (!seen && authored.head?.state === 'open' && authored.head.revision === input.revision) {
          return refused(notNow('This draft was saved a moment ago. Nothing was published.'));
        }
        return publishDraft(authored, { ...input, problems, fourEyes }, context);
      });
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
      const [before, after] = [sourceFor(id, from), sourceFor(id, to)];
      if (!before.ok) return before;
      if (!after.ok) return after;
      return { ok: true, value: diffTexts(before.value.texts, after.value.texts) };
    },
  };
}
