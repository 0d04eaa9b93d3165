import { audienceNames } from './audience-names.ts';
import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const english = {
  title: 'Now',
  lead: 'The last hour, minute by minute, as the history knows it.',
  figures: {
    events: (count: number): string => (count === 1 ? 'event' : 'events'),
    notifications: (count: number): string => (count === 1 ? 'notification' : 'notifications'),
    accepted: (): string => 'accepted by vendors',
    troubled: (): string => 'rejected, uncertain or set aside',
  },
  charts: {
    events: 'Events per minute',
    notifications: 'Notifications per minute',
    outcomes: 'Outcomes per minute',
  },
  series: {
    events: 'Events',
    email: 'E-mail',
    sms: 'SMS',
    messenger: 'Messenger',
    accepted: 'Accepted',
    suppressed: 'Suppressed',
    rejected: 'Rejected',
    unknown: 'Uncertain',
    setAside: 'Set aside',
  },
  chartSays: (what: string, count: string) => `${what}: ${count} in the last hour`,
  quiet: 'No event in the last hour',
  quietText: 'Publish one of each kind and watch it arrive:',
  underWay: 'Under way',
  noRequests: 'Nobody has asked for anything yet',
  noRequestsText: 'A request made through the API appears here, with its progress.',
  requestFor: {
    people: (count: number) => `for ${englishCount(count, 'person', 'people')}`,
    audience: audienceNames.en,
  },
  by: (name: string) => `by ${name}`,
  template: 'template',
  settled: (settled: string, total: string) => `${settled} of ${total}`,
  letters: 'Dead letters',
  noLetters: 'None: every record found its way.',
  allLetters: 'All dead letters',
  vendors: 'Vendors',
  vendorStates: {
    well: 'answers',
    silent: 'nothing sent in the last hour',
    away: 'away or refusing us since',
    refusing: 'has taken nothing since',
  },
  fanOuts: 'What events led to',
  eventTypes: {
    episodeReleased: 'An episode was released',
    movieAdded: 'A movie was added',
    commentReplied: 'A comment was replied to',
    notificationRequested: 'A request',
  },
  written: (count: number) => englishCount(count, 'text written', 'texts written'),
  lags: 'What waits',
  lagsAbout: 'Records that each role has yet to read; markers of transactions count too.',
  noLags: 'Kafka has not said yet; it appears by itself.',
  roles: {
    audience: 'Audience',
    notify: 'Notify',
    email: 'E-mail',
    sms: 'SMS',
    messenger: 'Messenger',
    postgres: 'History',
  },
  parts: 'Parts',
  conditions: 'To be mended',
  historyAway: 'The history cannot be read now; these figures will return by themselves.',
};

/** What the dashboard says. */
export type DashboardWords = typeof english;

const russianNoun = (count: number, ...forms: readonly [string, string, string]) =>
  russianCount(count, ...forms).replace(/^.*\u00a0/, '');

const russian: DashboardWords = {
  title: 'Сейчас',
  lead: 'Последний час по минутам, каким его знает история.',
  figures: {
    events: (count) => russianNoun(count, 'событие', 'события', 'событий'),
    notifications: (count) => russianNoun(count, 'уведомление', 'уведомления', 'уведомлений'),
    accepted: () => 'принято службами',
    troubled: () => 'отвергнуто, неясно, отложено',
  },
  charts: {
    events: 'События в минуту',
    notifications: 'Уведомления в минуту',
    outcomes: 'Исходы в минуту',
  },
  series: {
    events: 'События',
    email: 'Почта',
    sms: 'SMS',
    messenger: 'Мессенджер',
    accepted: 'Принято',
    suppressed: 'Удержано',
    rejected: 'Отвергнуто',
    unknown: 'Неясно',
    setAside: 'Отложено',
  },
  chartSays: (what, count) => `${what}: ${count} за последний час`,
  quiet: 'За последний час событий не было',
  quietText: 'Опубликуйте по одному каждого вида и посмотрите, как они дойдут:',
  underWay: 'В работе',
  noRequests: 'Пока никто ни о чём не просил',
  noRequestsText: 'Отправленное отсюда или через REST API появится здесь вместе с ходом работы.',
  requestFor: {
    people: (count) => `${russianCount(count, 'адресат', 'адресата', 'адресатов')}`,
    audience: audienceNames.ru,
  },
  by: (name) => `от ${name}`,
  template: 'шаблон',
  settled: (settled, total) => `${settled} из ${total}`,
  letters: 'Отложенное',
  noLetters: 'Пусто: каждая запись нашла свой путь.',
  allLetters: 'Всё отложенное',
  vendors: 'Службы',
  vendorStates: {
    well: 'отвечает',
    silent: 'за последний час ничего не отправляли',
    away: 'не отвечает или отказывает нам с',
    refusing: 'не приняла ничего с',
  },
  fanOuts: 'К чему привели события',
  eventTypes: {
    episodeReleased: 'Вышла серия',
    movieAdded: 'Появился фильм',
    commentReplied: 'Ответ на комментарий',
    notificationRequested: 'Заявка',
  },
  written: (count) =>
    russianCount(count, 'текст составлен', 'текста составлено', 'текстов составлено'),
  lags: 'Что ждёт',
  lagsAbout: 'Сколько записей каждая роль ещё не прочла; метки транзакций тоже в счёте.',
  noLags: 'Kafka ещё не ответила; числа появятся сами.',
  roles: {
    audience: 'Аудитория',
    notify: 'Уведомления',
    email: 'Почта',
    sms: 'SMS',
    messenger: 'Мессенджер',
    postgres: 'История',
  },
  parts: 'Части',
  conditions: 'Требует внимания',
  historyAway: 'Историю сейчас не прочесть; эти цифры вернутся сами.',
};

export const dashboardWords: Bilingual<DashboardWords> = { en: english, ru: russian };
