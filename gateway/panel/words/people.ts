import type { Channel } from '../../../schemas/generated/records.ts';
import type { LiftReason, SuppressionReason } from '../../people/wishes.ts';
import type { Bilingual } from './bilingual.ts';

const suppressionReasons: Readonly<Record<SuppressionReason, string>> = {
  stopped: 'The person asked us to stop',
  complained: 'The person complained',
  bounced: 'Messages come back',
  wrongPerson: 'The address belongs to somebody else',
};
const liftReasons: Readonly<Record<LiftReason, string>> = {
  askedByPerson: 'The person asks for it',
  worksAgain: 'The address works again',
  mistake: 'It was a mistake',
};
const channels: Readonly<Record<Channel | 'unknown', string>> = {
  email: 'E-mail',
  sms: 'SMS',
  messenger: 'Messenger',
  unknown: 'A channel that this release does not know',
};

const english = {
  title: 'People',
  lead: 'Whom we write to: their addresses, their wishes, what they got lately, and why not.',
  find: 'Find',
  id: 'Id of the person',
  wanted: 'Name, e-mail, phone or id',
  idHint: 'The beginnings of words are enough; of a phone number the whole of it, however written.',
  found: 'Found',
  moreFound: 'There are more. Say it more exactly.',
  nobodyFound: (wanted: string) =>
    `Nobody is found by “${wanted}”: no id, no name, no e-mail address and no phone number.`,
  missing: (id: string) =>
    `Nobody has the id “${id}”: neither a row, nor wishes, nor suppressed addresses.`,
  lately: 'Written to lately',
  latelyEmpty: 'Nobody yet. Whoever is written to appears here.',
  back: 'People',
  noRow: 'The table of users does not have this person any more; only what is below is left.',
  name: 'Name',
  email: 'E-mail',
  phone: 'Phone',
  telegram: 'Telegram',
  locale: 'Language',
  timeZone: 'Time zone',
  chosen: 'Chosen channels',
  movies: 'Follows movies',
  genres: 'Follows genres',
  channels,
  reach: 'Would a request reach them now?',
  reachable: 'yes',
  wishes: 'Wishes',
  wishesLead: 'What is ticked, the person does not get. It holds from the next event on.',
  notByChannel: 'Nothing by',
  notOfEvent: 'Nothing about',
  unknownWish:
    'something that this release does not know; nothing is sent until this is saved anew',
  changedAt: 'Changed',
  save: 'Save the wishes',
  saved: 'The wishes are saved.',
  suppressions: 'Suppressed addresses',
  suppressionsEmpty: 'None: every address of the person may be used.',
  address: 'Address',
  addressHint: 'Empty: the one that the person has now.',
  reason: 'Why',
  since: 'Since',
  channel: 'Channel',
  suppress: 'Suppress an address',
  suppressed: 'The address is not used any more.',
  noAddress: 'The person has no address on this channel now: type one.',
  lift: 'May be used again',
  lifted: 'The address may be used again.',
  suppressionReasons,
  liftReasons,
  got: 'What they got lately, and what not',
  why: 'Why did they get it, or not?',
  whyLead: 'Say what it was about. Each line says in words which rule said no.',
  whyEmptyTitle: 'There is no such notification',
  whyEmptyText:
    'Nothing was planned for this person, so no rule was asked: the event did not come, or the ' +
    'person was not meant by it. They are meant when they follow the movie or one of its genres, ' +
    'when somebody replies to them, or when a request names them.',
  all: 'All of their history',
  erase: 'Erase this person',
  eraseTitle: 'Erase a person',
  eraseLead: 'This cannot be undone. It does the following:',
  eraseSteps: [
    'deletes the person’s row, wishes and suppressed addresses from our topics;',
    'removes texts, addresses and names from the history, also from what comes late;',
    'keeps that there were notifications and what became of them, under the id alone;',
    'writes to the audit that it was done, and by whom.',
  ],
  eraseLater:
    'Topics of rendered texts and events forget by their retention. If the upstream system still ' +
    'has the person, it writes the row again: erase them there first.',
  eraseConfirm: (id: string) => `To be sure, type the person’s id: ${id}`,
  eraseSubmit: 'Erase for ever',
  eraseMistyped: 'That is not the id above. Nobody was erased.',
  erasedTitle: 'The person is erased',
  erasedText: 'All replicas of Kafka have it; the history follows within seconds.',
};

/** What the pages of people say. */
export type PeopleWords = typeof english;

const russian: PeopleWords = {
  title: 'Люди',
  lead: 'Кому мы пишем: адреса, пожелания, что они получили недавно, а что нет и почему.',
  find: 'Найти',
  id: 'Id человека',
  wanted: 'Имя, почта, телефон или id',
  idHint: 'Хватит начала слов; номер телефона нужен целиком, но записан как угодно.',
  found: 'Нашлись',
  moreFound: 'Есть и другие. Уточните запрос.',
  nobodyFound: (wanted) =>
    `По запросу «${wanted}» никого нет: ни по id, ни по имени, ни по почте, ни по телефону.`,
  missing: (id) => `Человека с id «${id}» нет: ни строки, ни пожеланий, ни закрытых адресов.`,
  lately: 'Кому писали недавно',
  latelyEmpty: 'Пока никому. Здесь появятся те, кому напишут.',
  back: 'Люди',
  noRow: 'В таблице пользователей этого человека больше нет; осталось только то, что ниже.',
  name: 'Имя',
  email: 'Почта',
  phone: 'Телефон',
  telegram: 'Telegram',
  locale: 'Язык',
  timeZone: 'Часовой пояс',
  chosen: 'Выбранные каналы',
  movies: 'Следит за фильмами',
  genres: 'Следит за жанрами',
  channels: {
    email: 'Почта',
    sms: 'SMS',
    messenger: 'Мессенджер',
    unknown: 'Канал, которого этот выпуск не знает',
  },
  reach: 'Дойдёт ли заявка сейчас?',
  reachable: 'да',
  wishes: 'Пожелания',
  wishesLead: 'Отмеченного человек не получает. Действует со следующего события.',
  notByChannel: 'Не писать через',
  notOfEvent: 'Не писать о событиях',
  unknownWish: 'то, чего этот выпуск не знает; пока пожелания не сохранят заново, не уйдёт ничего',
  changedAt: 'Изменены',
  save: 'Сохранить пожелания',
  saved: 'Пожелания сохранены.',
  suppressions: 'Закрытые адреса',
  suppressionsEmpty: 'Нет: писать можно на все адреса человека.',
  address: 'Адрес',
  addressHint: 'Пусто — тот, что у человека сейчас.',
  reason: 'Почему',
  since: 'С какого времени',
  channel: 'Канал',
  suppress: 'Закрыть адрес',
  suppressed: 'На этот адрес больше не пишем.',
  noAddress: 'Сейчас у человека нет адреса в этом канале: введите его.',
  lift: 'Снова можно писать',
  lifted: 'На этот адрес снова можно писать.',
  suppressionReasons: {
    stopped: 'Человек попросил не писать',
    complained: 'Человек пожаловался',
    bounced: 'Письма возвращаются',
    wrongPerson: 'Адрес чужой',
  },
  liftReasons: {
    askedByPerson: 'Человек сам просит',
    worksAgain: 'Адрес снова работает',
    mistake: 'Это была ошибка',
  },
  got: 'Что получили недавно, а что нет',
  why: 'Почему получили или нет?',
  whyLead: 'Скажите, о чём оно было. В каждой строке словами сказано, какое правило запретило.',
  whyEmptyTitle: 'Такого уведомления нет',
  whyEmptyText:
    'Для этого человека ничего не задумывалось, и правил никто не спрашивал: событие не пришло ' +
    'или его не касалось. Оно касается тех, кто следит за фильмом или его жанром, кому ответили ' +
    'и кого назвали в заявке.',
  all: 'Вся история человека',
  erase: 'Стереть человека',
  eraseTitle: 'Стереть человека',
  eraseLead: 'Вернуть будет нельзя. Произойдёт вот что:',
  eraseSteps: [
    'строка человека, его пожелания и закрытые адреса удалятся из наших топиков;',
    'тексты, адреса и имена исчезнут из истории, в том числе из того, что придёт позже;',
    'останется лишь то, что уведомления были и чем кончились, под одним id;',
    'в журнале будет записано, что это сделано и кем.',
  ],
  eraseLater:
    'Топики готовых текстов и событий забывают по сроку хранения. Если человек ещё есть в ' +
    'исходной системе, она запишет его снова: сначала сотрите его там.',
  eraseConfirm: (id) => `Чтобы не ошибиться, введите id человека: ${id}`,
  eraseSubmit: 'Стереть навсегда',
  eraseMistyped: 'Это не тот id, что выше. Никто не стёрт.',
  erasedTitle: 'Человек стёрт',
  erasedText: 'Все реплики Kafka это записали; история последует за секунды.',
};

export const peopleWords: Bilingual<PeopleWords> = { en: english, ru: russian };
