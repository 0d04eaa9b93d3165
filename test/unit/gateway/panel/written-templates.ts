import { type Identity, scopes } from '../../../../gateway/http/identity.ts';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import type { Parts } from '../../../../gateway/parts/parts.ts';
import type { GatewayTables } from '../../../../gateway/read/tables.ts';
import type { Templates } from '../../../../gateway/templates/templates.ts';
import type { TemplateText } from '../../../../schemas/generated/records.ts';
import { templates as published, tablesWith } from '../built-gateway.ts';
import {
  type MemoryTemplates,
  memoryTemplates,
  openMemoryParts,
  openMemoryTemplates,
} from '../memory-templates.ts';
import { nowMs, panelParts, viewer } from './panel-parts.ts';

/** What somebody might try to make a page of. */
export const hostile = `<script>alert(1)</script>"'{{constructor}}`;

/** Somebody else who writes. */
export const boris: Identity = { ...viewer, id: 'boris', name: `Борис ${hostile}` };

/** The panel's parts on templates in memory, as a person with these scopes is given them. */
export type WrittenTemplates = {
  readonly parts: Partial<PanelParts>;
  readonly templates: Templates;
  readonly sharedParts: Parts;
  readonly memory: MemoryTemplates;
};

export function writtenTemplates(
  options: {
    readonly scopes?: readonly (typeof scopes)[number][];
    readonly fourEyes?: boolean;
  } = {},
): WrittenTemplates {
  const { fourEyes = false } = options;
  const memory = memoryTemplates(published);
  const world: GatewayTables = tablesWith(memory);
  const opened = { memory, tables: world, fourEyes, nowMs: () => nowMs };
  const templates = openMemoryTemplates(opened);
  const sharedParts = openMemoryParts(opened);
  const usual = panelParts();
  const person = { ...viewer, scopes: new Set(options.scopes ?? scopes) };
  const parts = {
    templates,
    sharedParts,
    fourEyes,
    facts: {
      ...usual.facts,
      source: { tables: () => world, progress: () => ({ restored: 1, total: 1 }) },
    },
    sessions: { ...usual.sessions, personOf: async () => person },
  };
  return { parts, templates, sharedParts, memory };
}

/** The fields of a draft's form, as the page sends them. */
export function draftForm(
  revision: number,
  texts: readonly TemplateText[],
): Readonly<Record<string, string>> {
  const fields = texts.flatMap(({ locale, subject, body }, index) => [
    [`locale_${index}`, locale],
    [`subject_${index}`, subject ?? ''],
    [`body_${index}`, body],
  ]);
  return { revision: String(revision), locale: 'ru', ...Object.fromEntries(fields) };
}

export const russian = (subject: string, body: string): readonly TemplateText[] => [
  { locale: 'ru', subject, body },
];
