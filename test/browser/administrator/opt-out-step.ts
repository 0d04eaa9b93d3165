import { chooseTemplateAndPeople } from './send-steps.ts';
import { openSection, press, type Step, see } from './story.ts';

/** Who asks for no more letters gets none, and it is said why. */
export const optOut: Step = {
  heading: {
    ru: 'Отпишите человека и отправьте снова',
    en: 'Opt someone out and send again',
  },
  pictures: ['person', 'suppressed'],
  async go(story) {
    const { page, show } = story;
    await openSection(page, 'Люди');
    await page.getByLabel('Имя, почта, телефон или id').fill('Лебедев');
    await press(page, 'Найти');
    await page.getByRole('link', { name: 'Михаил Лебедев' }).click();
    await page.getByRole('heading', { name: 'Михаил Лебедев' }).waitFor();
    await page.getByRole('checkbox', { name: 'Почта' }).check();
    await press(page, 'Сохранить пожелания');
    await see(page, 'Пожелания сохранены.');
    await see(page, 'Человек отказался от всех уведомлений в этом канале.');
    await show('person');
    await chooseTemplateAndPeople(story);
    await press(page, 'Взглянуть');
    await see(page, 'отказались от этого канала');
    await page.getByLabel('Чтобы ничего не ушло случайно').fill('2');
    await press(page, 'Отправить 2 сообщения');
    await page.waitForURL(/\/requests\//);
    await see(page, 'решено 3 из 3');
    const declined = page.locator('#list tr', { hasText: 'Удержано' });
    await declined.getByText('Человек отказался от всех уведомлений в этом канале.').waitFor();
    await show('suppressed');
  },
};
