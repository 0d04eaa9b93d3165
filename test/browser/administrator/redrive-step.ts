import type { Movie } from '../../../schemas/generated/records.ts';
import { until } from '../../integration/support/system.ts';
import { openSection, press, type Step, see } from './story.ts';

/** Its event comes before its row, as it does when services are not quick alike. */
const film: Movie = {
  id: '21',
  title: 'Курьер',
  englishTitle: 'The Courier',
  genres: ['comedy', 'drama'],
  year: 1986,
  description: null,
};

/** A record is set aside, its cause is mended, and it goes back: a look first, then for good. */
export const sendBack: Step = {
  heading: { ru: 'Верните отложенное', en: 'Send back what was set aside' },
  pictures: ['set-aside', 'would-go-back', 'went-back'],
  async go({ page, system, show }) {
    await system.upstream.announceFilm(film.id);
    const letters = page.locator('table').getByRole('link', { name: 'MOVIE_UNKNOWN' });
    await until('the letter', async () => {
      await openSection(page, 'Отложенное');
      return (await letters.count()) > 0;
    });
    await show('set-aside');
    await letters.click();
    await see(page, 'Фильма из этого события нет в топике movies.');
    await system.upstream.writeFilm(film);
    await press(page, 'Вернуть …');
    await see(page, 'Вот что с ними будет. Пока ничего не отправлено.');
    await see(page, 'вернутся в свои топики');
    await show('would-go-back');
    await page.getByLabel('Чтобы не ошибиться, введите, сколько вернуть: 1 запись').fill('1');
    await press(page, 'Вернуть');
    await see(page, 'Готово.');
    await see(page, 'вернулось 1 из 1');
    await show('went-back');
  },
};
