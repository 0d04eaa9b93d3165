import { audienceNames } from './audience-names.ts';
import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const english = {
  title: 'A request',
  missing:
    'There is no such request in the history. If it was accepted just now, the history will ' +
    'know it in a moment.',
  channel: 'Channel',
  template: 'Template',
  movie: 'Movie',
  audience: 'For',
  people: (count: number) => englishCount(count, 'listed person', 'listed people'),
  audiences: audienceNames.en,
  requestedBy: 'Asked for by',
  requestedAt: 'Asked for',
  total: (count: number) => englishCount(count, 'notification', 'notifications'),
  settled: (settled: string, total: string) => `${settled} of ${total} settled`,
  stages: {
    underWay: { name: 'Under way', about: 'what was written is on its way' },
    unknown: { name: 'Not known', about: 'nobody can say how far the audience is just now' },
    finished: { name: 'Finished', about: 'nothing more will come of it' },
  },
  goneThrough: (percent: string) => `${percent}\u00a0% of the audience gone through`,
  announcedIn: (locale: string) => `What was announced (${locale})`,
  subject: 'Subject',
  list: 'Notifications',
  person: 'Person',
  state: 'State',
  reason: 'Why',
  attempts: 'Attempts',
  changed: 'Changed',
  emptyTitle: 'Nothing planned yet',
  sentTitle: 'Accepted',
  sentText: 'The request is safe in Kafka. Its page opens by itself in a moment.',
  sentOpen: 'Open it',
  emptyText: 'The request is accepted and durable. What it leads to appears here by itself.',
};

/** What the page of a request says. */
export type RequestWords = typeof english;

const russian: RequestWords = {
  title: 'Заявка',
  missing:
    'Такой заявки в истории нет. Если её приняли только что, история узнает о ней через мгновение.',
  channel: 'Канал',
  template: 'Шаблон',
  movie: 'Фильм',
  audience: 'Кому',
  people: (count) => `${russianCount(count, 'человек', 'человека', 'человек')} по списку`,
  audiences: audienceNames.ru,
  requestedBy: 'Кто просил',
  requestedAt: 'Когда',
  total: (count) => russianCount(count, 'уведомление', 'уведомления', 'уведомлений'),
  settled: (settled, total) => `решено ${settled} из ${total}`,
  stages: {
    underWay: { name: 'Идёт', about: 'всё, что составлено, уже в пути' },
    unknown: { name: 'Неизвестно', about: 'сейчас нельзя сказать, какая часть аудитории пройдена' },
    finished: { name: 'Завершена', about: 'больше по ней ничего не придёт' },
  },
  goneThrough: (percent) => `пройдено ${percent}\u00a0% аудитории`,
  announcedIn: (locale) => `Что объявили (${locale})`,
  subject: 'Тема',
  list: 'Уведомления',
  person: 'Человек',
  state: 'Состояние',
  reason: 'Почему',
  attempts: 'Попытки',
  changed: 'Изменилось',
  emptyTitle: 'Пока ничего не запланировано',
  sentTitle: 'Принято',
  sentText: 'Заявка надёжно сохранена в Kafka. Её страница откроется сама через мгновение.',
  sentOpen: 'Открыть',
  emptyText: 'Заявка принята и сохранена. Всё, к чему она приведёт, появится здесь само.',
};

export const requestWords: Bilingual<RequestWords> = { en: english, ru: russian };
