import { describe, expect, test } from 'vitest';
import { securityHeaders } from '../../../../gateway/http/security-headers.ts';
import { authorization } from '../built-gateway.ts';
import { viewerCookie } from '../panel/panel-parts.ts';
import { ask } from './asked-route.ts';
import { nameOf, routedGateway } from './routed-gateway.ts';

/** The second: a form of several steps, which the way back through the browser must not empty. */
const ownCaches: readonly string[] = ['no-store', 'private, no-cache'];

/** The headers that an answer lacks. */
function lacking(headers: Readonly<Record<string, unknown>>, cached: boolean): readonly string[] {
  const policy = String(headers['content-security-policy']);
  const rules: readonly (readonly [string, boolean])[] = [
    ['default-src', policy.includes("default-src 'none'")],
    ['script-src', !/script-src[^;]*(?:unsafe|\*|http|data:)/.test(policy)],
    ['style-src', cached || !/style-src[^;]*(?:unsafe|\*|http)/.test(policy)],
    ['frame-ancestors', policy.includes("frame-ancestors 'none'")],
    ['x-frame-options', headers['x-frame-options'] === 'DENY'],
    ['nosniff', headers['x-content-type-options'] === 'nosniff'],
    ['referrer', /^(?:no-referrer|same-origin)$/.test(String(headers['referrer-policy']))],
    ['no-store', cached || ownCaches.includes(String(headers['cache-control']))],
    ['no name of the server', !('server' in headers) && !('x-powered-by' in headers)],
    ['no other origin', !('access-control-allow-origin' in headers)],
  ];
  return rules.filter(([, kept]) => !kept).map(([name]) => name);
}

describe('every answer forbids frames, guesses of types, caches and scripts of others', () => {
  const askers: readonly (readonly [string, Record<string, string>])[] = [
    ['nobody', {}],
    ['somebody', { cookie: viewerCookie, authorization, accept: 'text/html' }],
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ];

  test.each(askers)('to %s', async (_, headers) => {
    const gateway = await routedGateway();
    const found: string[] = [];
    for (const route of gateway.routes) {
      const answer = await ask(gateway, route, { headers });
      // Of nobody: files of the pages, and the document of the API with its own styles.
      const isPublic = /^\/(?:assets|docs)/.test(route.url);
      for (const name of lacking(answer.headers, isPublic)) found.push(`${nameOf(route)}: ${name}`);
    }
    expect(found).toEqual([]);
  });

  test('and one that lacks them is caught', () => {
    expect(lacking({ 'content-security-policy': "script-src 'unsafe-inline'" }, false)).toEqual(
      expect.arrayContaining(['default-src', 'script-src', 'x-frame-options', 'no-store']),
    );
    expect(lacking({ ...securityHeaders }, false)).toEqual([]);
  });
});
