import type { Page } from 'playwright-core';
import { inspect, visit, type WatchedPage } from './visit.ts';

/** A template by mail about the first movie, to people of the samples and one whom nobody knows. */
const composed = '/send?template_id=1&about_id=1&ids=1%0A2%0A3%0A404';

/** Looks at the steps of sending, of a template and of an announcement, up to the last click. */
export async function visitSending(
  watched: WatchedPage,
  options: { readonly url: string; readonly look: string },
): Promise<readonly string[]> {
  const { url, look } = options;
  const { page } = watched;
  const findings = [...(await visit(watched, { url: `${url}${composed}`, name: `send-${look}` }))];
  await page.locator('.send-count .primary').click();
  await page.locator('.send-confirm').waitFor();
  const mail = page.frameLocator('.sample iframe').first();
  await mail.getByText('Семнадцать').first().waitFor();
  findings.push(...(await inspect(watched, `send-look-${look}`)));
  await page.locator('[name=typed]').fill('1000000');
  await page.locator('.send-confirm .primary').click();
  await page.locator('#error').waitFor();
  findings.push(...(await inspect(watched, `send-wrong-number-${look}`)));
  await page.goto(`${url}/send?kind=announcement&who=movie`);
  await page.locator('.send-count .primary').click();
  await page.locator('#problems').waitFor();
  findings.push(...(await inspect(watched, `send-problems-${look}`)));
  await writeAnnouncement(page);
  await page.locator('.send-count .primary').click();
  await page.locator('.send-confirm').waitFor();
  findings.push(...(await inspect(watched, `send-look-announcement-${look}`)));
  return findings;
}

/** Fills in an announcement by mail, SMS and messenger to everyone, on the page of the form. */
async function writeAnnouncement(page: Page): Promise<void> {
  await page.locator('[name=kind][value=announcement]').check();
  for (const channel of ['email', 'sms', 'messenger']) {
    await page.locator(`[name=channels][value=${channel}]`).check();
  }
  await page.locator('[name=subject_ru]').fill('Завтра профилактика');
  await page.locator('[name=body_ru]').fill('{{ user_full_name }}, завтра с трёх до пяти тишина.');
  await page.locator('[name=subject_en]').fill('Maintenance tomorrow');
  await page.locator('[name=body_en]').fill('{{ user_full_name }}, a quiet night <tomorrow>.');
  await page.locator('[name=who][value=all]').check();
}

/** Types the number that the page asks for, and sends. */
async function confirm(page: Page): Promise<void> {
  const counted = await page.locator('[name=counted]').inputValue();
  await page.locator('[name=typed]').fill(counted);
  await page.locator('.send-confirm .primary').click();
}

/**
 * Sends a template as a person does: finds the movie by its title, pastes ids, sees the count
 * change, goes on to the look and back, and confirms. Ends on the page of the request.
 */
export async function sendTemplate(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/send`);
  await page.locator('#template_id').selectOption('1');
  await page.locator('#about_search').fill('шерлок холмс');
  await page.locator('#about-choice .movie-option', { hasText: 'Холмс' }).click();
  await page.locator('#ids').fill('1\n2');
  await page.locator('#count b', { hasText: '2' }).waitFor();
  const ids = '1\n2\n3\n404';
  await page.locator('#ids').fill(ids);
  await page.locator('#count .notes', { hasText: '404' }).waitFor();
  await page.locator('.send-count .primary').click();
  await page.locator('.send-confirm').waitFor();
  await page.goBack();
  await page.locator('#ids').waitFor();
  if ((await page.locator('#ids').inputValue()) !== ids) throw new Error('the list is lost');
  await page.locator('.send-count .primary').click();
  await confirm(page);
  await page.waitForURL(/\/requests\//);
}

/** Says something to everyone on all channels. Ends on the page of its requests. */
export async function announce(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/send`);
  await writeAnnouncement(page);
  await page.locator('.send-count .primary').click();
  await confirm(page);
  await page.waitForURL(/\/send\/announced/);
}
