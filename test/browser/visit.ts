import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

const folder = join(import.meta.dirname, '..', '..', 'screenshots');

/** Longer than a script of a page takes, shorter than anybody waits. */
const settleMs = 400;

type Violation = {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
};

/** A page that remembers what its browser complained of. */
export type WatchedPage = { readonly page: Page; readonly complaints: string[] };

/**
 * A page of its own. What its console says is kept, and what the policy forbade: a failed load of
 * the page itself is none, for pages are visited that do not exist.
 */
export async function openWatched(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    const isOwnStatus = message.location().url === page.url();
    if (message.type() === 'error' && !isOwnStatus) complaints.push(`console: ${message.text()}`);
  });
  await page.addInitScript(`
    globalThis.forbidden = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      globalThis.forbidden.push(violatedDirective + ' ' + blockedURI));
  `);
  return { page, complaints };
}

const describeViolation = ({ id, nodes }: Violation) => `axe: ${id}: ${nodes[0]?.html ?? ''}`;

/** What a person with a screen reader, a keyboard or weak eyes could not use. */
async function inaccessible(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as readonly Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(describeViolation);
}

/**
 * A picture of the whole page. Frames are painted by processes of their own, and only those that
 * are in sight: where there are any, the window is as tall as the page for a moment.
 */
async function takePicture(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  const size = page.viewportSize();
  const hasFrames = await page.locator('iframe').filter({ visible: true }).count();
  if (hasFrames === 0 || size === null) {
    await page.screenshot({ path, fullPage: true });
    return;
  }
  const top = Number(await page.evaluate('scrollY'));
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
  await page.setViewportSize({ width: size.width, height });
  await page.waitForTimeout(settleMs);
  await page.screenshot({ path, fullPage: true });
  await page.setViewportSize(size);
  await page.evaluate(`scrollTo(0, ${top})`);
  await page.waitForTimeout(settleMs);
}

/**
 * Takes a picture of the page as it is, under a name, and answers with all that is wrong with it:
 * what the browser complained of, what is not accessible, what is wider than the screen.
 */
export async function inspect(
  { page, complaints }: WatchedPage,
  name: string,
): Promise<readonly string[]> {
  await page.waitForTimeout(settleMs);
  mkdirSync(folder, { recursive: true });
  await takePicture(page, name);
  const forbidden = (await page.evaluate('globalThis.forbidden')) as readonly string[];
  const excess = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  return [
    ...complaints,
    ...forbidden.map((each) => `policy: ${each}`),
    ...(excess > 0 ? [`wider than the screen by ${excess} px`] : []),
    ...(await inaccessible(page)),
  ];
}

/** Goes to a path and inspects what is there. */
export async function visit(
  watched: WatchedPage,
  { url, name }: { readonly url: string; readonly name: string },
): Promise<readonly string[]> {
  watched.complaints.length = 0;
  await watched.page.goto(url);
  return inspect(watched, name);
}
