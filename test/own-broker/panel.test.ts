import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../browser/open-browser.ts';
import { announce, sendTemplate } from '../browser/send.ts';
import { openStartedSystem, type StartedSystem } from '../browser/started-system.ts';
import { keepSession, logIn, walk } from '../browser/walk.ts';

let system: StartedSystem;
let browser: Browser;
let token: string;

beforeAll(async () => {
  system = await openStartedSystem();
  browser = await openBrowser();
  token = await logIn(browser, system);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const desk = { language: 'ru', theme: 'light', size: 'desktop' } as const;
const phone = { language: 'en', theme: 'dark', size: 'phone' } as const;

test.each([
  ['at a desk by day', desk],
  ['on a phone by night', phone],
])('every page can be read and used %s', async (_, look) => {
  expect(await walk(browser, system, { look, token })).toEqual([]);
});

test('a template and an announcement are sent, and arrive before one’s eyes', async () => {
  const context = await browser.newContext({ locale: 'ru-RU' });
  await keepSession(context, { url: system.url, token });
  const page = await context.newPage();
  await sendTemplate(page, system.url);
  await page.locator('.tally-list .badge.good').waitFor();
  await page.locator('#list tbody tr').nth(2).waitFor();
  expect(await page.locator('.facts').innerText()).toContain('Вера Холодная');
  await announce(page, system.url);
  for (const channel of ['email', 'sms', 'messenger']) {
    await page.locator(`#counts-${channel} .tally-list .badge.good`).waitFor();
  }
  await context.close();
});

test('what happens is on the first page by itself, and a log-out ends it', async () => {
  const context = await browser.newContext();
  await keepSession(context, { url: system.url, token });
  const page = await context.newPage();
  await page.goto(system.url);
  await page.locator('#live.on').waitFor();
  const requestId = await system.ask();
  await page.locator(`a[href="/requests/${requestId}"]`).click();
  await page.locator('.tally-list .badge.good').waitFor();
  await page.locator('.person button').click();
  await page.waitForURL(`${system.url}/login`);
  await page.goto(`${system.url}/system`);
  expect(page.url()).toBe(`${system.url}/login?next=%2Fsystem`);
  await context.close();
});
