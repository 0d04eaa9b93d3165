import { describe, expect, test } from 'vitest';
import { acceptedLanguage } from '../../../../gateway/panel/appearance.ts';
import { askPanel } from './asked-panel.ts';

describe('the look', () => {
  test.each([
    ['ru-RU,ru;q=0.9,en;q=0.8', 'ru'],
    ['en-US,en;q=0.9,ru;q=0.8', 'en'],
    ['de, ru;q=0.5, en;q=0.3', 'ru'],
    ['ru;q=0, en;q=0.1', 'en'],
    ['de', 'en'],
    [undefined, 'en'],
  ] as const)('%s is answered in %s', (header, language) => {
    expect(acceptedLanguage(header)).toBe(language);
  });

  test('is switched without script, and kept', async () => {
    const { open, send } = await askPanel();
    const answer = await send('/appearance', { language: 'ru', next: '/system' });
    expect(answer.headers.location).toBe('/system');
    expect(String(answer.headers['set-cookie'])).toContain('vestnik-language=ru; Max-Age=31536000');
    const page = await open('/login', { cookie: 'vestnik-language=ru; vestnik-theme=dark' });
    expect(page.body).toContain('<html lang="ru" data-theme="dark">');
    expect((await send('/appearance', { theme: 'plaid' })).statusCode).toBe(400);
  });
});
