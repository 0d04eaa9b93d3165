import type { Browser, BrowserContext } from 'playwright-core';
import { sessionCookieName } from '../../gateway/credentials/sessions.ts';
import { contextOf, type Look, nameOf } from './looks.ts';
import { visitSending } from './send.ts';
import type { StartedSystem } from './started-system.ts';
import { openWatched, visit, type WatchedPage } from './visit.ts';

/** Uses the link of the administrator up, as a person does; the cookie is for all that follow. */
export async function logIn(browser: Browser, system: StartedSystem): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${system.url}${system.loginPath}`);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL(`${system.url}/`);
  const cookies = await context.cookies();
  await context.close();
  return cookies.find(({ name }) => name === sessionCookieName)?.value ?? '';
}

/** Gives a browser the session of another one. */
export async function keepSession(
  context: BrowserContext,
  { url, token }: { readonly url: string; readonly token: string },
): Promise<void> {
  const cookieUrl = url.replace('http:', 'https:');
  const cookie = { name: sessionCookieName, value: token, url: cookieUrl, secure: true };
  await context.addCookies([cookie]);
}

/** Every page that there is, and two that are not. */
const pagesOf = ({ requestId }: StartedSystem) =>
  [
    ['dashboard', '/'],
    ['history', '/history'],
    ['history-none', '/history?user=nobody'],
    ['people', '/people'],
    ['person', '/people/1'],
    ['erase', '/people/1/erase'],
    ['audit', '/audit'],
    ['access', '/access'],
    ['password', '/password'],
    ['dead-letters', '/dead-letters'],
    ['dead-letters-none', '/dead-letters?code=INTERNAL'],
    ['templates', '/templates'],
    ['templates-none', '/templates?state=archived'],
    ['template-new', '/templates/new'],
    ['template-email', '/templates/1?conditions=on'],
    ['template-sms', '/templates/2'],
    ['template-messenger', '/templates/3'],
    ['template-history', '/templates/1/versions'],
    ['template-diff', '/templates/1/diff'],
    ['template-parts', '/template-parts'],
    ['template-part-new', '/template-parts/new'],
    ['template-part', '/template-parts/footer?language=de'],
    ['template-part-draft', '/template-parts/frame'],
    ['template-part-history', '/template-parts/footer/versions'],
    ['template-with-part', '/templates/with-footer?language=pt-BR'],
    ['request', `/requests/${requestId}`],
    ['system', '/system'],
    ['missing', '/nothing-here'],
  ] as const;

/** The first of a list, as a person gets there. */
async function visitFirst(
  watched: WatchedPage,
  { url, list, name }: { readonly url: string; readonly list: string; readonly name: string },
) {
  await watched.page.goto(`${url}${list}`);
  const path = await watched.page.locator('.row-link').first().getAttribute('href');
  return visit(watched, { url: `${url}${path}`, name });
}

/** What would become of the letters, once it is known. */
async function visitRedrive(watched: WatchedPage, url: string, look: string) {
  const { page } = watched;
  await page.goto(`${url}/dead-letters`);
  await page.locator('.found-head form button').click();
  await page.locator('#redrive .outcomes').waitFor();
  return visit(watched, { url: page.url(), name: `redrive-${look}` });
}

/**
 * Looks at every page as somebody with this look does, and answers with all that is wrong, page by
 * page; empty: nothing.
 */
export async function walk(
  browser: Browser,
  system: StartedSystem,
  options: { readonly look: Look; readonly token: string },
): Promise<readonly string[]> {
  const { url } = system;
  const look = nameOf(options.look);
  const context = await browser.newContext(contextOf(options.look));
  const watched = await openWatched(context);
  const findings: string[] = [];
  const note = (name: string, found: readonly string[]) =>
    findings.push(...found.map((each) => `${name} (${look}): ${each}`));
  note('log-in', await visit(watched, { url: `${url}/login`, name: `log-in-${look}` }));
  await keepSession(context, { url, token: options.token });
  for (const [name, path] of pagesOf(system)) {
    note(name, await visit(watched, { url: `${url}${path}`, name: `${name}-${look}` }));
  }
  for (const [name, list] of [
    ['dead-letter', '/dead-letters'],
    ['story', '/history'],
  ] as const) {
    note(name, await visitFirst(watched, { url, list, name: `${name}-${look}` }));
  }
  note('redrive', await visitRedrive(watched, url, look));
  note('send', await visitSending(watched, { url, look }));
  await context.close();
  return findings;
}
