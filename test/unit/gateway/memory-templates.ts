import { openParts, type Parts } from '../../../gateway/parts/parts.ts';
import type { GatewayTables } from '../../../gateway/read/tables.ts';
import type { TemplateTables } from '../../../gateway/templates/authored.ts';
import {
  openTemplates,
  type Templates,
  type TemplatesOptions,
} from '../../../gateway/templates/templates.ts';
import { type Answer, answerTo, type Task } from '../../../gateway/templates/work.ts';
import type { Workers } from '../../../gateway/templates/worker-pool.ts';
import type { ChangeTemplate } from '../../../gateway/templates/writer.ts';
import type { GatewayRecord } from '../../../gateway/write/publisher.ts';
import type { Table } from '../../../runtime/table.ts';
import type { Template } from '../../../schemas/generated/records.ts';
import { type Topic, topics } from '../../../schemas/topics.ts';

type Rows = Map<string, unknown>;

function tableOf<V>(rows: Rows): Table<V> {
  const rowOf = (key: string, value: unknown) => ({ key, value: value as V, offset: 0 });
  return {
    get: (key) => (rows.has(key) ? rowOf(key, rows.get(key)) : undefined),
    *rows() {
      for (const [key, value] of rows) yield rowOf(key, value);
    },
    rowsWith: () => [],
  };
}

/** Tables of templates in memory, and the pen that writes them as Kafka would. */
export type MemoryTemplates = {
  readonly tables: TemplateTables;
  /** What each change wrote, in its order. */
  readonly changes: (readonly GatewayRecord[])[];
  readonly change: ChangeTemplate;
  put(topic: Topic, key: string, value: unknown): void;
};

export function memoryTemplates(published: readonly Template[] = []): MemoryTemplates {
  const written = [
    topics.templates,
    topics.templateDrafts,
    topics.templateVersions,
    topics.partDrafts,
    topics.partVersions,
  ];
  const stores = new Map<Topic, Rows>(written.map((topic) => [topic, new Map()]));
  const rowsOf = (topic: Topic) => stores.get(topic) ?? new Map<string, unknown>();
  const changes: (readonly GatewayRecord[])[] = [];
  const put = (topic: Topic, key: string, value: unknown) => {
    if (value === null) rowsOf(topic).delete(key);
    else rowsOf(topic).set(key, value);
  };
  for (const each of published) put(topics.templates, each.id, each);
  const tables = {
    templates: tableOf<never>(rowsOf(topics.templates)),
    templateDrafts: tableOf<never>(rowsOf(topics.templateDrafts)),
    templateVersions: tableOf<never>(rowsOf(topics.templateVersions)),
    partDrafts: tableOf<never>(rowsOf(topics.partDrafts)),
    partVersions: tableOf<never>(rowsOf(topics.partVersions)),
  };
  return {
    tables,
    changes,
    put,
    async change({ decide }) {
      const decided = decide(tables);
      if (!decided.ok) return decided;
      changes.push(decided.value.records);
      for (const { topic, key, value } of decided.value.records) put(topic, key, value);
      return decided;
    },
  };
}

/** Works at once, without a thread. */
const inlineWorkers: Workers = {
  async work<T extends Task>(task: T) {
    return { kind: 'done', value: answerTo(task) as Answer<T> };
  },
  close: () => Promise.resolve(),
};

type Opened = {
  readonly memory: MemoryTemplates;
  readonly tables: GatewayTables;
  readonly fourEyes?: boolean;
  readonly workers?: Workers;
  readonly nowMs?: () => number;
};

function optionsOf({ memory, tables, ...rest }: Opened): TemplatesOptions {
  const { fourEyes = false, workers = inlineWorkers, nowMs = () => 0 } = rest;
  let made = 0;
  return {
    source: { tables: () => tables, progress: () => ({ restored: 1, total: 1 }) },
    change: memory.change,
    workers,
    fourEyes,
    newId: () => `change-${(made += 1)}`,
    nowMs,
  };
}

/** Templates on tables in memory. */
export const openMemoryTemplates = (opened: Opened): Templates => openTemplates(optionsOf(opened));

/** Shared parts on tables in memory. */
export const openMemoryParts = (opened: Opened): Parts => openParts(optionsOf(opened));
