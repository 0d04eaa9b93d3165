import type { DeliveryKind } from '../../../schemas/generated/records.ts';
import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const englishKinds: Readonly<Record<DeliveryKind, string>> = {
  started: 'Handed to the vendor',
  accepted: 'The vendor took it',
  rejected: 'The vendor refused it for good',
  throttled: 'The vendor asked for time',
  unavailable: 'The vendor did not answer, or was in trouble',
  unknown: 'It may have gone out; nobody can say',
  misconfigured: 'The vendor does not accept our settings',
  deadLettered: 'Given up and set aside',
};

const english = {
  title: 'A notification',
  missing:
    'There is no such notification in the history. If it was planned just now, the history will ' +
    'know it in a moment.',
  back: 'History',
  person: 'Person',
  channel: 'Channel',
  request: 'Request',
  id: 'Id',
  steps: 'Its story',
  text: 'The text as it was written',
  to: 'To',
  subject: 'Subject',
  noText: 'Nothing was written: a rule said no before that.',
  textErased: 'The person was erased, and with them the text and the address.',
  textMissing: {
    notKept:
      'The texts of a mailing are kept for seven days; this one is not there any more. What it ' +
      'said, its template’s version tells.',
    notReachable: 'The text lies in Kafka, which does not answer now. Try again in a moment.',
  },
  eventUnknown: 'An event',
  joined: 'What was known of the person',
  noPreference: 'no wishes of theirs',
  declined: 'A rule said no',
  rendered: 'The text was written',
  erased: 'The person was erased',
  erasedText: 'Texts and addresses are gone from the history.',
  kinds: englishKinds,
  seconds: (count: number) => englishCount(count, 'second', 'seconds'),
  facts: {
    eventId: 'Event',
    record: 'Lies in',
    userRow: 'Person’s row',
    preferenceRow: 'Wishes',
    rule: 'Rule',
    detail: 'Detail',
    template: 'Template',
    version: 'Version',
    language: 'Language',
    attempt: 'Attempt',
    code: 'Answer',
    providerId: 'Vendor’s id',
    retryAfter: 'Again after',
  },
};

/** What the story of a notification says. */
export type StoryWords = typeof english;

const russian: StoryWords = {
  title: 'Уведомление',
  missing:
    'Такого уведомления в истории нет. Если его задумали только что, история узнает о нём через ' +
    'мгновение.',
  back: 'История',
  person: 'Человек',
  channel: 'Канал',
  request: 'Заявка',
  id: 'Id',
  steps: 'Как это было',
  text: 'Текст, как он был написан',
  to: 'Кому',
  subject: 'Тема',
  noText: 'Текста нет: правило запретило раньше.',
  textErased: 'Человек стёрт, а с ним — текст и адрес.',
  textMissing: {
    notKept:
      'Тексты рассылки хранятся семь дней, этого уже нет. О чём он был, скажет версия шаблона.',
    notReachable: 'Текст лежит в Kafka, а она сейчас не отвечает. Попробуйте чуть позже.',
  },
  eventUnknown: 'Событие',
  joined: 'Что было известно о человеке',
  noPreference: 'пожеланий нет',
  declined: 'Правило запретило',
  rendered: 'Текст написан',
  erased: 'Человек стёрт',
  erasedText: 'Тексты и адреса удалены из истории.',
  kinds: {
    started: 'Передано службе',
    accepted: 'Служба приняла',
    rejected: 'Служба отказалась окончательно',
    throttled: 'Служба попросила подождать',
    unavailable: 'Служба не ответила или была неисправна',
    unknown: 'Могло уйти; точно не скажет никто',
    misconfigured: 'Служба не принимает наши настройки',
    deadLettered: 'Попытки кончились, отложено',
  },
  seconds: (count) => russianCount(count, 'секунду', 'секунды', 'секунд'),
  facts: {
    eventId: 'Событие',
    record: 'Лежит в',
    userRow: 'Строка человека',
    preferenceRow: 'Пожелания',
    rule: 'Правило',
    detail: 'Подробности',
    template: 'Шаблон',
    version: 'Версия',
    language: 'Язык',
    attempt: 'Попытка',
    code: 'Ответ',
    providerId: 'Номер у службы',
    retryAfter: 'Повтор через',
  },
};

export const storyWords: Bilingual<StoryWords> = { en: english, ru: russian };
