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
 * Takes a picture of the page as it is, under a name, and answers with all that is wrong with it:
 * what the browser complained of, what is not accessible, what is wider than the screen.
 */
export async function inspect(
  { page, complaints }: WatchedPage,
  name: string,
): Promise<readonly string[]> {
  await page.waitForTimeout(settleMs);
  mkdirSync(folder, { recursive: true });
  // Frames are painted by processes of their own: a first picture asks for that, and is not kept.
  if (page.frames().length > 1) {
    await page.screenshot({ fullPage: true });
    await page.waitForTimeout(settleMs);
  }
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
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
