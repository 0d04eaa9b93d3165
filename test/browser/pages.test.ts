import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allLooks, nameOf } from './looks.ts';
import { openBrowser } from './open-browser.ts';
import { openStartedSystem, type StartedSystem } from './started-system.ts';
import { logIn, walk } from './walk.ts';

let system: StartedSystem;
let browser: Browser;
let token: string;

beforeAll(async () => {
  system = await openStartedSystem('Любовь Орлова');
  browser = await openBrowser();
  token = await logIn(browser, system);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

test.each(allLooks.map((look) => [nameOf(look), look] as const))(
  'every page can be read and used: %s',
  async (_, look) => {
    expect(await walk(browser, system, { look, token })).toEqual([]);
  },
);
