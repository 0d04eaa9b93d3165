import { openSection, press, type Step, type Story, see } from './story.ts';
import { templateId } from './template-steps.ts';

const subject = 'Киновечер: Место встречи изменить нельзя';

/** Fills in the form of sending: the template, its film, and three people of a list. */
export async function chooseTemplateAndPeople({ page }: Story): Promise<void> {
  await openSection(page, 'Отправить');
  await page.locator('#template_id').selectOption(templateId);
  await page.locator('#about_search').fill('место встречи');
  await page.getByRole('radio', { name: /Место встречи изменить нельзя/ }).check();
  await page.getByLabel('Номера людей').fill('1\n2\n3');
  await page.locator('#count', { hasText: '3 человека' }).waitFor();
}

/** What, to whom, a look at what they would read, and only then a number that is typed. */
export const sendToThree: Step = {
  heading: { ru: 'Отправьте троим', en: 'Send it to three people' },
  pictures: ['send', 'look'],
  async go(story) {
    const { page, show } = story;
    await chooseTemplateAndPeople(story);
    await show('send');
    await press(page, 'Взглянуть');
    await see(page, 'Получат все, кто назван.');
    const letters = page.locator('.sample iframe');
    await letters.nth(2).waitFor();
    const first = letters.first().contentFrame();
    await first.getByText('смотрим «Место встречи изменить нельзя» все вместе').waitFor();
    await show('look');
    await page.getByLabel('Чтобы ничего не ушло случайно').fill('3');
    await press(page, 'Отправить 3 сообщения');
    await page.waitForURL(/\/requests\//);
  },
};

/** The request's page follows by itself; in development the inbox holds what was sent. */
export const watchItArrive: Step = {
  heading: { ru: 'Смотрите, как доходит', en: 'Watch it arrive' },
  pictures: ['arrived', 'inbox'],
  async go({ page, system, inTab, show }) {
    await see(page, 'решено 3 из 3');
    await see(page, 'Завершена');
    await page.locator('#list .badge', { hasText: 'Принято' }).nth(2).waitFor();
    await show('arrived');
    const inbox = page.getByRole('link', { name: /^Ящик/ });
    const path = await inbox.getAttribute('href');
    await inTab(path ?? system.inboxUrl, async (tab) => {
      const mails = tab.page.getByRole('option', { name: subject });
      await mails.nth(2).waitFor();
      await mails.filter({ hasText: 'm.lebedev@example.ru' }).click();
      const letter = tab.page.frameLocator('#reader iframe');
      await letter.getByText('Здравствуйте, Михаил Лебедев!').waitFor();
      await show('inbox', tab);
    });
  },
};

/** Everything that happened to one notification, in its order. */
export const openOneStory: Step = {
  heading: { ru: 'Откройте историю одного уведомления', en: 'Open the story of one notification' },
  pictures: ['story'],
  async go({ page, show }) {
    await page.locator('#list').getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Как это было' }).waitFor();
    for (const happened of ['Заявка', 'Текст написан', 'Передано службе', 'Служба приняла']) {
      await page.locator('.story').getByText(happened, { exact: true }).waitFor();
    }
    await see(page, subject);
    await show('story');
  },
};

/** A few words without a template, to whoever follows a series, by two channels at once. */
export const announce: Step = {
  heading: { ru: 'Сделайте объявление', en: 'Make an announcement' },
  pictures: ['announcement', 'announced'],
  async go({ page, show }) {
    await openSection(page, 'Отправить');
    await page.getByRole('radio', { name: /^Объявление/ }).check();
    await page.getByRole('checkbox', { name: 'SMS' }).check();
    await page.getByRole('checkbox', { name: 'Мессенджер' }).check();
    const russian = page.getByRole('group', { name: 'По-русски' });
    const words = '{{ user_full_name }}, завтра с трёх до пяти ночи будет профилактика.';
    await russian.getByLabel('Текст').fill(words);
    await page.getByRole('radio', { name: 'Подписчики фильма' }).check();
    await page.locator('#followed_search').fill('мгновений');
    const followed = page.locator('#followed-choice');
    await followed.getByRole('radio', { name: /Семнадцать мгновений весны/ }).check();
    await press(page, 'Взглянуть');
    await page.locator('.sample.sms', { hasText: 'завтра с трёх до пяти ночи' }).first().waitFor();
    const chat = page.locator('.sample.messenger iframe').first().contentFrame();
    await chat.getByText('завтра с трёх до пяти ночи').waitFor();
    await page.locator('.sample.messenger').first().scrollIntoViewIfNeeded();
    await show('announcement');
    const count = await page.locator('.send-confirm label b').innerText();
    await page.getByLabel('Чтобы ничего не ушло случайно').fill(count);
    await press(page, `Отправить ${count}`);
    await see(page, 'В пути');
    for (const channel of ['sms', 'messenger']) {
      const counts = page.locator(`#counts-${channel}`);
      await counts.getByText(/^решено ([1-9]\d*) из \1$/).waitFor();
    }
    await show('announced');
  },
};
