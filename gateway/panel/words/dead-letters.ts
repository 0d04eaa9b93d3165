import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const english = {
  title: 'Dead letters',
  lead:
    'Records that could not be worked on, with their bytes, their place and the reason. ' +
    'Nothing is lost: once the reason is gone, they can be sent back.',
  found: (count: number) => englishCount(count, 'record', 'records'),
  emptyTitle: 'Nothing was set aside',
  emptyText: 'Every record found its way. When one does not, it will be here, with the reason.',
  noMatchTitle: 'Nothing matches',
  noMatchText: 'No dead letter is like this. Clear the filter to see all of them.',
  code: 'Reason',
  topic: 'Came from',
  process: 'Set aside by',
  key: 'Key',
  period: 'Written',
  periods: { hour: 'In the last hour', day: 'In the last day', week: 'In the last week' },
  redriven: 'Sent back',
  redrivenAnswers: { yes: 'Yes', no: 'Not yet' },
  written: 'Written',
  place: 'Place',
  letter: 'Letter',
  oneTitle: 'A dead letter',
  oneGone: 'There is no such letter in the history. It may have been older than it keeps.',
  noCode: 'Unknown',
  partition: 'Partition',
  offset: 'Offset',
  timestamp: 'Time of the record',
  reason: 'What happened',
  detail: 'This case',
  lies: 'The letter lies in',
  leftOut: 'Left out',
  leftOutText: (bytes: number) =>
    `${englishCount(bytes, 'byte', 'bytes')} had no room here; they lie where the record lay`,
  content: 'What the record says',
  contents: {
    hidden: 'Your role may not read what is written about people.',
    unreadable: (reason: string) => `Nobody can read it (${reason}). Its bytes begin:`,
    absent: 'There is nothing here: it had no value, or the topic keeps it no more.',
    unknown: 'Kafka or the registry does not answer. Look again in a moment.',
  },
  sentBackAt: 'Sent back',
  notSentBack: 'Not yet. On the machine of an operator:',
  back: 'All dead letters',
  codes: 'By reason',
};

/** What the pages of dead letters say. */
export type DeadLetterWords = typeof english;

const russian: DeadLetterWords = {
  title: 'Отложенное',
  lead:
    'Записи, с которыми нельзя было работать: их байты, место и причина. Ничего не потеряно: ' +
    'когда причина устранена, их можно вернуть.',
  found: (count) => russianCount(count, 'запись', 'записи', 'записей'),
  emptyTitle: 'Ничего не отложено',
  emptyText:
    'Каждая запись нашла свой путь. Если какая-то не найдёт, она появится здесь с причиной.',
  noMatchTitle: 'Ничего не нашлось',
  noMatchText: 'Таких записей среди отложенных нет. Снимите отбор, чтобы увидеть все.',
  code: 'Причина',
  topic: 'Откуда',
  process: 'Кто отложил',
  key: 'Ключ',
  period: 'Когда',
  periods: { hour: 'За последний час', day: 'За сутки', week: 'За неделю' },
  redriven: 'Возвращено',
  redrivenAnswers: { yes: 'Да', no: 'Ещё нет' },
  written: 'Отложено',
  place: 'Место',
  letter: 'Запись',
  oneTitle: 'Отложенная запись',
  oneGone: 'Такой записи в истории нет. Возможно, она старше, чем история хранит.',
  noCode: 'Неизвестна',
  partition: 'Раздел',
  offset: 'Смещение',
  timestamp: 'Время записи',
  reason: 'Что случилось',
  detail: 'Подробности',
  lies: 'Лежит в',
  leftOut: 'Не вошло',
  leftOutText: (bytes) =>
    `${russianCount(bytes, 'байт', 'байта', 'байт')}: лежат там же, где лежала запись`,
  content: 'Что в записи',
  contents: {
    hidden: 'Ваша роль не даёт читать написанное о людях.',
    unreadable: (reason) => `Прочесть её нельзя (${reason}). Её байты начинаются так:`,
    absent: 'Здесь пусто: значения не было, или топик его уже не хранит.',
    unknown: 'Kafka или реестр схем не отвечает. Взгляните ещё раз через мгновение.',
  },
  sentBackAt: 'Возвращено',
  notSentBack: 'Ещё нет. На машине оператора:',
  back: 'Всё отложенное',
  codes: 'По причинам',
};

export const deadLetterWords: Bilingual<DeadLetterWords> = { en: english, ru: russian };
