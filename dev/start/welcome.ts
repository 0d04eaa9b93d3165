import { relative } from 'node:path';
import type { Words } from '../words.ts';
import type { System } from './system.ts';

/** The seed's request: three people, one template, one series. */
export const exampleRequest = '{"template_id":"1","movie_id":"1","user_ids":"1, 2, 3"}';

/** A password of somebody else's database is nothing for a terminal. */
function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = '***';
  return parsed.href;
}

function shortPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}

/** What is shown when all is up: where everything is, and what to try first. */
export function welcomeText(
  { endpoints, infraKind, apiKey, loginUrl, logPath }: Omit<System, 'failed' | 'stop'>,
  words: Words,
): string {
  const { gateway, inbox, kafka, schemaRegistry, postgres } = endpoints;
  const rows: readonly (readonly [name: string, address: string])[] = [
    [words.gateway, gateway],
    [words.docs, `${gateway}/docs`],
    [words.inbox, inbox],
    [words.kafka, kafka],
    [words.registry, schemaRegistry],
    [words.postgres, infraKind === 'external' ? withoutPassword(postgres) : postgres],
    [words.apiKey, apiKey],
    ...(loginUrl === null ? [] : [[words.logIn, loginUrl] as const]),
    [words.log, shortPath(logPath)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    words.running,
    '',
    ...rows.map(([name, address]) => `  ${name.padEnd(width)}  ${address}`),
    '',
    words.ask,
    '',
    `  curl -X POST ${gateway}/api/v1/notifications/email \\`,
    `    -H 'Authorization: Bearer ${apiKey}' \\`,
    `    -H 'Content-Type: application/json' \\`,
    `    -d '${exampleRequest}'`,
    '',
    words.next,
  ].join('\n');
}
