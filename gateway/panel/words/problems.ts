import type { Bilingual } from './bilingual.ts';

const english = {
  missing: {
    title: 'There is no such page',
    text: 'The address may have been mistyped, or what it led to is gone.',
  },
  refused: {
    title: 'This is not for you',
    text: (scope: string) =>
      `Your role lacks the right “${scope}”. An administrator can give it to you under “Access”.`,
  },
  crossSite: {
    title: 'The form came from elsewhere',
    text:
      'It was not sent from a page of this panel, or the page is older than your log-in. ' +
      'Nothing was changed. Open the page anew and send it again.',
  },
  wrong: {
    title: 'The request is not right',
    text: 'Go back, correct what is named below, and try again.',
  },
  method: {
    title: 'That cannot be done here',
    text:
      'The address exists, but not for this kind of request. Go back and use the page’s ' +
      'buttons.',
  },
  unavailable: {
    title: 'Not right now',
    text: 'Something that this page needs does not answer. Try again in a moment.',
    database:
      'The history cannot be read now: PostgreSQL does not answer, or its tables are being ' +
      'built. Notifications are still taken and sent; look again in a moment.',
    credentials:
      'Who you are cannot be found out now: PostgreSQL does not answer. Nobody is let in ' +
      'meanwhile; try again in a moment.',
    kafka: 'Kafka does not answer now. Look again in a moment.',
  },
  defect: {
    title: 'A defect of ours',
    text: (id: string) => `It is in the log under ${id}. Report it with this id, and try again.`,
  },
  home: 'To the first page',
  again: 'Try again',
};

/** What the pages of problems say. */
export type ProblemWords = typeof english;

const russian: ProblemWords = {
  missing: {
    title: 'Такой страницы нет',
    text: 'Возможно, в адресе опечатка, или того, к чему он вёл, больше нет.',
  },
  refused: {
    title: 'Это не в вашей власти',
    text: (scope) =>
      `У вашей роли нет права «${scope}». Его может дать администратор в разделе «Доступ».`,
  },
  crossSite: {
    title: 'Форма пришла со стороны',
    text:
      'Она отправлена не со страницы этой панели, или страница старше вашего входа. ' +
      'Ничего не изменилось. Откройте страницу заново и отправьте ещё раз.',
  },
  wrong: {
    title: 'Запрос неверен',
    text: 'Вернитесь, исправьте то, что названо ниже, и попробуйте ещё раз.',
  },
  method: {
    title: 'Здесь так нельзя',
    text: 'Адрес есть, но не для такого запроса. Вернитесь и воспользуйтесь кнопками страницы.',
  },
  unavailable: {
    title: 'Не сейчас',
    text: 'Что-то, без чего эта страница пуста, не отвечает. Попробуйте чуть позже.',
    database:
      'Историю сейчас не прочесть: PostgreSQL не отвечает, или её таблицы ещё строятся. ' +
      'Уведомления по-прежнему принимаются и уходят; загляните чуть позже.',
    credentials:
      'Сейчас не узнать, кто вы: PostgreSQL не отвечает. Пока никого не впускаем; ' +
      'попробуйте чуть позже.',
    kafka: 'Kafka сейчас не отвечает. Загляните чуть позже.',
  },
  defect: {
    title: 'Наша ошибка',
    text: (id) => `В журнале она под номером ${id}. Сообщите о ней с этим номером и повторите.`,
  },
  home: 'На первую страницу',
  again: 'Попробовать ещё раз',
};

export const problemWords: Bilingual<ProblemWords> = { en: english, ru: russian };
