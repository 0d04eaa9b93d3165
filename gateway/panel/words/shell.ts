import type { Bilingual } from './bilingual.ts';

const english = {
  name: 'Vestnik',
  skip: 'Skip to the content',
  menu: 'Menu',
  navigation: 'Sections',
  language: 'Language',
  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  logOut: 'Log out',
  loggedInAs: 'Logged in as',
  live: 'live',
  lost: 'no connection, retrying',
  groups: { work: 'Work', care: 'Upkeep', development: 'Development' },
  sections: {
    dashboard: 'Now',
    deadLetters: 'Dead letters',
    system: 'System',
    inbox: 'Inbox',
    docs: 'API',
  },
  opensElsewhere: 'opens in a new tab',
  filter: 'Filter',
  clearFilter: 'Clear the filter',
  any: 'Any',
  nextPage: 'Next page',
  firstPage: 'To the first page',
  copy: 'Copy',
  copied: 'Copied',
  none: '—',
  channels: { email: 'E-mail', sms: 'SMS', messenger: 'Messenger' },
  typeNumber: 'To be sure, type the number',
  cancel: 'Cancel',
};

/** What every page says. */
export type ShellWords = typeof english;

const russian: ShellWords = {
  name: 'Вестник',
  skip: 'К содержанию',
  menu: 'Меню',
  navigation: 'Разделы',
  language: 'Язык',
  theme: 'Оформление',
  themes: { system: 'Как в системе', light: 'Светлое', dark: 'Тёмное' },
  logOut: 'Выйти',
  loggedInAs: 'Вы вошли как',
  live: 'на связи',
  lost: 'нет связи, пробую снова',
  groups: { work: 'Работа', care: 'Порядок', development: 'Разработка' },
  sections: {
    dashboard: 'Сейчас',
    deadLetters: 'Отложенное',
    system: 'Система',
    inbox: 'Ящик',
    docs: 'API',
  },
  opensElsewhere: 'откроется в новой вкладке',
  filter: 'Отобрать',
  clearFilter: 'Снять отбор',
  any: 'Любое',
  nextPage: 'Дальше',
  firstPage: 'К началу',
  copy: 'Скопировать',
  copied: 'Скопировано',
  none: '—',
  channels: { email: 'Почта', sms: 'SMS', messenger: 'Мессенджер' },
  typeNumber: 'Чтобы не ошибиться, введите число',
  cancel: 'Отмена',
};

export const shellWords: Bilingual<ShellWords> = { en: english, ru: russian };
