import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { contextOf } from '../looks.ts';
import type { StartedSystem } from '../started-system.ts';
import { inspect, openWatched, type WatchedPage } from '../visit.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'images', 'administrators');

/** Small enough for a repository, and letters stay sharp. */
const jpegQuality = 70;

/** Where an administrator is on their way, from the log-in on, in one browser. */
export type Story = {
  readonly system: StartedSystem;
  /** The tab with the panel. */
  readonly page: Page;
  /** Looks at an address in a tab of its own, which is closed afterwards. */
  inTab(url: string, look: (tab: WatchedPage) => Promise<void>): Promise<void>;
  /**
   * Takes the picture of this name, of what the tab shows (the panel's, when none is given), and
   * keeps what is wrong with the page.
   */
  show(name: string, tab?: WatchedPage): Promise<void>;
  /** Names of the pictures that were taken, in their order. */
  readonly shown: readonly string[];
  /** What was wrong with any page on the way. */
  readonly findings: readonly string[];
};

/** One step of the way: a heading of docs/administrators.md, in both languages. */
export type Step = {
  readonly heading: { readonly ru: string; readonly en: string };
  /** Names of the pictures that it takes, which the document shows under the heading. */
  readonly pictures: readonly string[];
  /** Does what the heading says; fails when a person would not see what they look for. */
  go(story: Story): Promise<void>;
};

/**
 * Opens a browser that reads Russian, at a desk by day. With `VESTNIK_UPDATE_DOCS=1` the pictures
 * are those of the document from then on.
 */
export async function openStory(browser: Browser, system: StartedSystem): Promise<Story> {
  const look = { language: 'ru', theme: 'light', size: 'desktop' } as const;
  const context = await browser.newContext(contextOf(look));
  const watched = await openWatched(context);
  const shown: string[] = [];
  const findings: string[] = [];
  const isForDocs = process.env['VESTNIK_UPDATE_DOCS'] === '1';

  async function show(name: string, tab = watched) {
    shown.push(name);
    const found = await inspect(tab, `administrator-${name}`);
    findings.push(...found.map((each) => `${name}: ${each}`));
    tab.complaints.length = 0;
    if (!isForDocs) return;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.jpg`);
    await tab.page.screenshot({ path, type: 'jpeg', quality: jpegQuality });
  }

  return {
    system,
    page: watched.page,
    show,
    shown,
    findings,
    async inTab(url, see) {
      const tab = await openWatched(context);
      await tab.page.goto(url);
      await see(tab);
      await tab.page.close();
    },
  };
}

/** Waits until a person sees these words on the page. */
export const see = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator('main').getByText(text).filter({ visible: true }).first().waitFor();

/** Goes to a section by the menu. */
export const openSection = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** Presses the button with these words. */
export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.locator('main').getByRole('button', { name }).click();
