import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fastifyView } from '@fastify/view';
import type { FastifyInstance } from 'fastify';
import handlebars from 'handlebars';

const viewFolder = join(import.meta.dirname, 'views');
const partFolder = join(viewFolder, 'parts');

/** More views than there are; each is compiled once. */
const maxViews = 200;

/** A name that a view speaks of and that it was not given is a defect, not an empty place. */
const compileOptions = { strict: true } as const;

/**
 * The engine of the pages: apart from the one that renders notifications, so that neither knows the
 * other's parts. Everything that is put in is escaped; only the layout puts in a page as it is.
 */
function createEngine(): typeof handlebars {
  const engine = handlebars.create();
  for (const path of globSync(join(partFolder, '*.hbs'))) {
    const template = engine.compile(readFileSync(path, 'utf8'), compileOptions);
    engine.registerPartial(basename(path, '.hbs'), template);
  }
  return engine;
}

/** One of the views' parts by itself, as HTML. */
export type PartOf = (part: string, data: object) => string;

/** Gives replies `viewAsync`, and answers with what shows a part by itself. */
export async function registerViews(app: FastifyInstance): Promise<PartOf> {
  const engine = createEngine();
  await app.register(fastifyView, {
    engine: { handlebars: engine },
    root: viewFolder,
    layout: 'layout.hbs',
    viewExt: 'hbs',
    production: true,
    maxCache: maxViews,
    options: { compileOptions },
  });
  return (part, data) => (engine.partials[part] as Part)(data);
}

type Part = (data: object) => string;
