import { press, type Step, see } from './story.ts';

/** The link that `npm start` prints logs in, once. */
export const logIn: Step = {
  heading: { ru: 'Войдите по ссылке', en: 'Log in by the link' },
  pictures: ['log-in', 'now'],
  async go({ page, system, show }) {
    await page.goto(`${system.url}${system.loginPath}`);
    await see(page, 'Ссылка действует один раз.');
    await show('log-in');
    await press(page, 'Войти');
    await page.getByRole('heading', { name: 'Сейчас', exact: true }).waitFor();
    await page.getByText('Вера Холодная').waitFor();
    await page.getByText('на связи').waitFor();
    await see(page, 'метки транзакций тоже в счёте');
    await show('now');
  },
};
