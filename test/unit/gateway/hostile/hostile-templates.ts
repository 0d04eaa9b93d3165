import type { Parts } from '../../../../gateway/parts/parts.ts';
import type { GatewayTables } from '../../../../gateway/read/tables.ts';
import type { Templates } from '../../../../gateway/templates/templates.ts';
import type { Movie } from '../../../../schemas/generated/records.ts';
import { templates as published, tablesWith } from '../built-gateway.ts';
import { memoryTemplates, openMemoryParts, openMemoryTemplates } from '../memory-templates.ts';
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
export async function hostileTemplates(text: string): Promise<{
  readonly templates: Templates;
  readonly sharedParts: Parts;
  readonly tables: GatewayTables;
}> {
  const row = { key: text, value: movieOf(text), offset: 1 };
  const movies = { get: () => row, rows: () => [row], rowsWith: () => [row] };
  const rows = published.map((each) => ({ ...each, texts: textsOf(text) }));
  const memory = memoryTemplates([
    ...rows,
    ...rows.slice(0, 1).map((each) => ({ ...each, id: text })),
  ]);
  const tables = { ...tablesWith(memory), movies };
  const opened = { memory, tables, nowMs: () => nowMs };
  const templates = openMemoryTemplates(opened);
  const sharedParts = openMemoryParts(opened);
  const writer = { ...viewer, id: text, name: text };
  const kind = { eventType: 'movieAdded', channel: 'email', locale: 'ru' } as const;
  const fine = [{ locale: 'ru', subject: 'Новое', body: '<p>{{ movie_title }}</p>' }];
  await templates.create(writer, keyId, { ...kind, texts: fine });
  await templates.publish(writer, keyId, { revision: 1, note: text });
  await templates.save(writer, keyId, { revision: 2, locale: 'ru', texts: textsOf(text) });
  const said = [{ locale: 'ru', subject: null, body: text }];
  const shared = { channel: 'email', texts: [{ locale: 'ru', subject: null, body: 'x' }] } as const;
  for (const id of [keyId, text]) {
    await sharedParts.create(writer, id, shared);
    await sharedParts.publish(writer, id, { revision: 1, note: text });
    await sharedParts.save(writer, id, { revision: 2, texts: said });
  }
  return { templates, sharedParts, tables };
}
