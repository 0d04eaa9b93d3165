import type { GatewayTables } from '../../../../gateway/read/tables.ts';
import type { Templates } from '../../../../gateway/templates/templates.ts';
import type { Movie } from '../../../../schemas/generated/records.ts';
import { templates as published, tablesWith } from '../built-gateway.ts';
import { memoryTemplates, openMemoryTemplates } from '../memory-templates.ts';
import { keyId } from '../panel/busy-parts.ts';
import { nowMs, viewer } from '../panel/panel-parts.ts';

const movieOf = (text: string): Movie => ({
  id: text,
  title: text,
  englishTitle: text,
  genres: [text],
  year: 1997,
  description: text,
});

const textsOf = (text: string) => [{ locale: 'ru', subject: text, body: `<p>${text}</p>` }];

/** Templates, and the movies they speak of, whose every word is the text. */
export async function hostileTemplates(
  text: string,
): Promise<{ readonly templates: Templates; readonly tables: GatewayTables }> {
  const row = { key: text, value: movieOf(text), offset: 1 };
  const movies = { get: () => row, rows: () => [row], rowsWith: () => [row] };
  const said = published.map((each) => ({ ...each, texts: textsOf(text) }));
  const memory = memoryTemplates([
    ...said,
    ...said.slice(0, 1).map((each) => ({ ...each, id: text })),
  ]);
  const tables = { ...tablesWith(memory), movies };
  const templates = openMemoryTemplates({ memory, tables, nowMs: () => nowMs });
  const writer = { ...viewer, id: text, name: text };
  const kind = { eventType: 'movieAdded', channel: 'email', locale: 'ru' } as const;
  const fine = [{ locale: 'ru', subject: 'Новое', body: '<p>{{ movie_title }}</p>' }];
  await templates.create(writer, keyId, { ...kind, texts: fine });
  await templates.publish(writer, keyId, { revision: 1, note: text });
  await templates.save(writer, keyId, { revision: 2, locale: 'ru', texts: textsOf(text) });
  return { templates, tables };
}
