import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { VendorModule } from './vendor-modules.ts';

const ownFolder = join(import.meta.dirname, 'assets');
const require = createRequire(import.meta.url);

/** What pages may load, and nothing else: no request ever becomes a path on disk. */
const own = [
  'tokens.css',
  'masthead.css',
  'base.css',
  'frame.css',
  'parts.css',
  'forms.css',
  'charts.css',
  'people.css',
  'send.css',
  'emblem.svg',
  'favicon.svg',
  'panel.js',
  'times.js',
  'copy.js',
  'live.js',
  'charts.js',
  'templates.css',
  'template-page.js',
  'template-draft.js',
  'template-editor.js',
  'template-language.js',
  'template-look.js',
  'template-tabs.js',
  'send.js',
  'frames.js',
];
const vendored = {
  'htmx.js': require.resolve('htmx.org/dist/htmx.min.js'),
  'hx-sse.js': require.resolve('htmx.org/dist/ext/hx-sse.min.js'),
  'uplot.js': require.resolve('uplot/dist/uPlot.esm.js'),
  'uplot.css': require.resolve('uplot/dist/uPlot.min.css'),
} as const;

type Asset = { readonly name: string; readonly path: string };

const assets: readonly Asset[] = [
  ...own.map((name) => ({ name, path: join(ownFolder, name) })),
  ...Object.entries(vendored).map(([name, path]) => ({ name, path })),
];

const digestChars = 12;

/** One digest of all files, so that the modules of one page are always of one version. */
export function assetsDigest(modules: readonly VendorModule[]): string {
  const hash = createHash('sha256');
  for (const { name, source } of modules) hash.update(name).update(source);
  for (const { name, path } of assets) hash.update(name).update(readFileSync(path));
  return hash.digest('hex').slice(0, digestChars);
}

/** Under the digest a file never changes, and holds nothing of anybody. */
const immutable = 'public, max-age=31536000, immutable';
/** A page of another version asks: it gets this one, for once. */
const once = 'no-cache';

/** GET /assets/{digest}/{name} and /assets/{digest}/vendor/{name} */
export function assetRoutes(
  digest: string,
  modules: readonly VendorModule[],
): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(fastifyStatic, { root: ownFolder, serve: false, cacheControl: false });
    const schema = { params: Type.Object({ digest: Type.String() }) };
    for (const { name, source } of modules) {
      app.get(`/assets/:digest/vendor/${name}`, { schema }, async (request, reply) => {
        const isCurrent = request.params.digest === digest;
        reply.header('cache-control', isCurrent ? immutable : once).type(typeOf(name));
        return reply.send(source);
      });
    }
    for (const { name, path } of assets) {
      app.get(`/assets/:digest/${name}`, { schema }, async (request, reply) => {
        const isCurrent = request.params.digest === digest;
        // The name decides the type: a vendored file may be called otherwise on disk.
        reply.header('cache-control', isCurrent ? immutable : once).type(typeOf(name));
        return reply.sendFile(basename(path), dirname(path));
      });
    }
  };
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const typeOf = (name: string) => types[extname(name)] ?? 'application/octet-stream';
