import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safePath } from '../../../../gateway/panel/safe-path.ts';
import type { PanelSessions } from '../../../../gateway/panel/sessions.ts';
import { VestnikError } from '../../../../runtime/errors.ts';
import { askPanel, nobody } from '../panel/asked-panel.ts';
import { panelParts } from '../panel/panel-parts.ts';
import { ways } from './hostile-texts.ts';

const site = 'https://panel.example';

const nexts = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\r\n/evil.example',
  '/\r\nset-cookie: a=b',
  '/%0d%0aset-cookie:%20a=b',
  '/..//evil.example',
  '/.//evil.example',
  '/%2e%2e//evil.example',
  'https:evil.example',
  'http://vestnik.invalid/',
  ' //evil.example',
  '\u0000//evil.example',
  '/@evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/\ud800',
  '/ключ',
];
const ownPath = /^\/(?![/\\])[\x21-\x7e]*$/;

describe('where a log-in and the switches of the look lead', () => {
  test('is a path of this site', async () => {
    const { send } = await askPanel();
    for (const next of nexts) {
      const guess = { name: 'vera', password: 'secret', next };
      const loggedIn = await send('/login', guess, nobody);
      const switched = await send('/appearance', { theme: 'dark', next });
      for (const { statusCode, headers: given } of [loggedIn, switched]) {
        expect(statusCode).toBe(303);
        expect(String(given.location)).toMatch(ownPath);
        expect(new URL(String(given.location), site).origin).toBe(site);
      }
    }
  });

  test('whatever else somebody thinks of does, too', () => {
    const nasty = fc.constantFrom(
      '/',
      '\\',
      '.',
      '%2f',
      '%5c',
      '\t',
      '\n',
      '@',
      ':',
      '?',
      '#',
      'a',
    );
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 12 }), fc.string(), (parts, rest) => {
        const path = safePath(`${parts.join('')}${rest}`);
        expect(new URL(path, site).origin).toBe(site);
        expect(path).toMatch(ownPath);
      }),
    );
  });

  test('the way back of a page that failed does, too', async () => {
    const away = async () => {
      throw new VestnikError('CREDENTIALS_UNAVAILABLE', 'away');
    };
    const { sessions } = panelParts();
    const { open } = await askPanel({ sessions: { ...sessions, personOf: away } });
    for (const url of ['//evil.example/', '/\\evil.example/', '//evil.example/%2e%2e']) {
      const { statusCode, body } = await open(url);
      expect(statusCode).toBe(503);
      expect(body).not.toMatch(/(?:href|action)="[/\\]{2}/);
    }
  });
});

describe('a path', () => {
  test('out of the folders of files gives no file', async () => {
    const { open } = await askPanel();
    const paths = ways.flatMap((way) => [
      `/assets/${way}/panel.ts`,
      `/assets/000000000000/${way}/${way}/panel.ts`,
      `/assets/000000000000/${way}panel.ts`,
      `/docs/static/${way}/package.json`,
      `/docs/static/${way}${way}package.json`,
      `/${way}/${way}/${way}/etc/passwd`,
    ]);
    for (const url of paths) {
      const { statusCode, body } = await open(url, nobody);
      expect([url, statusCode >= 303 && statusCode < 500]).toEqual([url, true]);
      expect(body).not.toMatch(/root:|"dependencies"|import \{/);
    }
  });
});

describe('a header', () => {
  const planted: readonly (readonly [string, string])[] = [
    ['cookie', 'vestnik-theme=dark%0d%0ax: y; vestnik-language=%0d%0a'],
    ['cookie', '__proto__=a; constructor=b; __Host-vestnik=%00'],
    ['accept-language', 'ru\u0001;q=__proto__'],
    ['host', 'evil.example'],
    ['x-forwarded-host', 'evil.example'],
    ['x-original-url', '/system'],
  ];

  test('makes no other page', async () => {
    const { open } = await askPanel();
    for (const [name, value] of planted) {
      const answer = await open('/login', { cookie: '', [name]: value });
      expect([value, answer.statusCode]).toEqual([value, 200]);
      expect(answer.headers['x']).toBeUndefined();
      expect(answer.body).toContain('data-theme="system"');
      expect(answer.body).not.toContain('evil.example');
    }
  });

  test('says nothing of whose guess it is', async () => {
    const addresses: string[] = [];
    const { sessions } = panelParts();
    const logIn: PanelSessions['logIn'] = async ({ address }) => {
      addresses.push(address);
      return { kind: 'wrong' };
    };
    const { send } = await askPanel({ sessions: { ...sessions, logIn } });
    const guess = { name: 'vera', password: 'guess' };
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'true-client-ip']) {
      await send('/login', guess, { ...nobody, [name]: '203.0.113.9' });
    }
    expect(addresses).toEqual(Array.from({ length: 4 }, () => '127.0.0.1'));
  });
});
