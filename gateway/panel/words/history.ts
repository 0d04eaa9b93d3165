import type { EventType } from '../../../schemas/generated/records.ts';
import type { Bilingual } from './bilingual.ts';

const englishEvents: Readonly<Record<EventType, string>> = {
  episodeReleased: 'New episode',
  movieAdded: 'New movie',
  commentReplied: 'Reply to a comment',
  notificationRequested: 'Request',
};

const english = {
  title: 'History',
  lead:
    'Every notification that was planned, the newest first: the sent ones and those that a rule ' +
    'forbade. Each has its story.',
  events: englishEvents,
  labels: {
    list: 'Notifications',
    occurred: 'When',
    user: 'Person (id)',
    template: 'Template',
    event: 'Event (id)',
    type: 'What happened',
    channel: 'Channel',
    state: 'Outcome',
    period: 'Time',
    reason: 'Why',
  },
  periods: {
    hour: 'In the last hour',
    day: 'In the last day',
    week: 'In the last week',
    month: 'In the last 30 days',
  },
  emptyTitle: 'Nothing was planned yet',
  emptyText:
    'When an event comes in, or somebody sends a notification, what it leads to is here within ' +
    'seconds.',
  noMatchTitle: 'Nothing matches',
  noMatchText:
    'No notification is like this. An id must be whole, as the record has it. Clear the filter ' +
    'to see all of them.',
  farTitle: 'Nothing among the latest',
  farText: 'The latest 20,000 were looked through. There are older ones: look on.',
  further: 'Look on',
};

/** What the search of notifications says. */
export type HistoryWords = typeof english;

const russian: HistoryWords = {
  title: 'История',
  lead:
    'Каждое задуманное уведомление, сначала новые: и те, что ушли, и те, что запретило правило. ' +
    'У каждого своя история.',
  events: {
    episodeReleased: 'Новая серия',
    movieAdded: 'Новый фильм',
    commentReplied: 'Ответ на комментарий',
    notificationRequested: 'Заявка',
  },
  labels: {
    list: 'Уведомления',
    occurred: 'Когда',
    user: 'Человек (id)',
    template: 'Шаблон',
    event: 'Событие (id)',
    type: 'Что произошло',
    channel: 'Канал',
    state: 'Итог',
    period: 'Время',
    reason: 'Почему',
  },
  periods: {
    hour: 'За последний час',
    day: 'За сутки',
    week: 'За неделю',
    month: 'За 30 дней',
  },
  emptyTitle: 'Пока ничего не задумано',
  emptyText:
    'Когда придёт событие или кто-нибудь отправит уведомление, всё, к чему это приведёт, ' +
    'появится здесь за секунды.',
  noMatchTitle: 'Ничего не нашлось',
  noMatchText:
    'Таких уведомлений нет. Id нужен целиком, как в записи. Снимите отбор, чтобы увидеть все.',
  farTitle: 'Среди последних нет',
  farText: 'Просмотрены последние 20 000 уведомлений. Есть и более ранние: ищите дальше.',
  further: 'Искать дальше',
};

export const historyWords: Bilingual<HistoryWords> = { en: english, ru: russian };
