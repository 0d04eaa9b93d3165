import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../runtime/clock.ts';
import { createLog } from '../runtime/log.ts';
import { buildApp, type GatewayParts } from './app.ts';

/** Where the document is written; a test fails when the file is stale. */
export const openApiFile = join(import.meta.dirname, '..', 'docs', 'openapi.json');

/** Answers to every name with itself: for what is handed on and never asked. */
const unasked: unknown = new Proxy(() => unasked, { get: () => unasked });

const known: Partial<GatewayParts> = {
  apiKeys: [],
  clock: systemClock,
  log: createLog({ level: 'silent', name: 'open-api' }),
};

/** Enough to build a gateway that nobody asks anything; a part that is new needs no line here. */
const parts = new Proxy(known as GatewayParts, {
  get: (target, name) => Reflect.get(target, name) ?? (name === 'timeouts' ? undefined : unasked),
});

const indent = 2;

/** The OpenAPI 3.1 document of all routes, as it is committed. */
export async function renderOpenApi(): Promise<string> {
  const { app } = await buildApp(parts);
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, indent)}\n`;
  await app.close();
  return text;
}

if (import.meta.main) writeFileSync(openApiFile, await renderOpenApi());
