import type { Page } from 'playwright-core';
import { openSection, press, type Step, see } from './story.ts';

/** What the way is about: a letter that is written, tried, published and sent. */
export const templateId = 'movie-night';

/** Replaces what is in an editor by what is typed, as a person does: a line after the other. */
async function typeInto(page: Page, name: string, lines: readonly string[]): Promise<void> {
  const editors = page.locator('.cm-content');
  await editors.first().waitFor();
  await page.getByRole('textbox', { name }).and(editors).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  for (const [index, line] of lines.entries()) {
    if (index > 0) await page.keyboard.press('Enter');
    await page.keyboard.insertText(line);
  }
}

/** The editor helps with names: two braces and the first letters are enough. */
async function insertName(page: Page, begun: string, name: string): Promise<void> {
  await page.keyboard.type(`{{ ${begun}`);
  await page.getByRole('option', { name }).click();
}

/** A draft is begun, and saves itself while it is written. */
export const writeTemplate: Step = {
  heading: { ru: 'Напишите шаблон', en: 'Write a template' },
  pictures: ['template'],
  async go({ page, show }) {
    await openSection(page, 'Шаблоны');
    await page.getByRole('link', { name: 'Новый шаблон' }).click();
    await page.getByLabel('Имя').fill(templateId);
    await page.getByLabel('Событие').selectOption({ label: 'Отправка вручную' });
    await page.getByRole('radio', { name: 'Почта' }).check();
    await press(page, 'Начать');
    await see(page, 'Начали. Написанное сохраняется само.');
    await typeInto(page, 'Тема (Русский)', ['Киновечер: ']);
    await insertName(page, 'movie_t', 'movie_title');
    await typeInto(page, 'Текст (Русский)', [
      '<p>Здравствуйте, {{ user_full_name }}!</p>',
      '<p>В пятницу в восемь вечера смотрим «{{ movie_title }}» все вместе.</p>',
      '<p>Приходите и зовите друзей.</p>',
    ]);
    await see(page, /^Сохранено/);
    await see(page, 'Всё в порядке: можно публиковать.');
    await show('template');
  },
};

/** What a real person would read about a real film. */
export const previewTemplate: Step = {
  heading: { ru: 'Посмотрите, как это увидят', en: 'See it as people will' },
  pictures: ['preview'],
  async go({ page, show }) {
    await page.getByLabel('Для кого').fill('1');
    await page.getByLabel('О каком фильме').fill('2');
    // The old letter stays until the new one is there.
    const letter = page.locator('#preview iframe').last().contentFrame();
    await letter.getByText('Здравствуйте, Алексей Воронцов!').waitFor();
    await letter.getByText('смотрим «Место встречи изменить нельзя» все вместе').waitFor();
    await see(page, 'Киновечер: Место встречи изменить нельзя');
    await page.getByLabel('Для кого').scrollIntoViewIfNeeded();
    await show('preview');
  },
};

/** From here on people get it. */
export const publishTemplate: Step = {
  heading: { ru: 'Опубликуйте', en: 'Publish it' },
  pictures: ['published'],
  async go({ page, show }) {
    await page.getByLabel('Что изменилось и почему').fill('Зовём на первый киновечер');
    await press(page, 'Опубликовать');
    await see(page, 'Опубликовано: в работе версия 1.');
    await show('published');
  },
};
