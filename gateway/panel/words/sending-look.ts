import type { Channel } from '../../../schemas/generated/records.ts';
import { englishCount, languageName, russianCount, russianNoun } from './bilingual.ts';

const minuteS = 60;
const hourS = 60 * minuteS;

type Spans = {
  readonly moment: string;
  readonly minutes: (count: number) => string;
  readonly hours: (count: number) => string;
};

/** Nobody plans by seconds: minutes up to two hours, hours beyond. */
function spanIn(seconds: number, { moment, minutes, hours }: Spans): string {
  if (seconds < minuteS) return moment;
  if (seconds < 2 * hourS) return minutes(Math.ceil(seconds / minuteS));
  return hours(Math.ceil(seconds / hourS));
}

const englishPaces: Readonly<Record<Channel, string>> = {
  email: 'mails',
  sms: 'parts of an SMS',
  messenger: 'messages',
};

const addresses: Readonly<Record<Channel, string>> = {
  email: 'name@example.com',
  sms: '+79161234567',
  messenger: '123456789',
};

export const englishLook = {
  title: 'Look before you send',
  lead: 'As the tables are now, by the rules that the system itself sends by. Nothing is written.',
  what: 'What',
  who: 'Who',
  named: 'Named',
  listed: (count: number) => englishCount(count, 'person by a list', 'people by a list'),
  followersOfMovie: (title: string) => `followers of “${title}”`,
  followersOfGenre: (genre: string) => `followers of the genre “${genre}”`,
  written: (count: number): string => (count === 1 ? 'person gets it' : 'people get it'),
  against: 'Who does not, and why',
  everybody: 'Everyone who is named gets it.',
  takes: (span: string) => `Takes ${span} from the moment it starts.`,
  duration: (seconds: number) =>
    spanIn(seconds, {
      moment: 'less than a minute',
      minutes: (count) => `about ${englishCount(count, 'minute', 'minutes')}`,
      hours: (count) => `about ${englishCount(count, 'hour', 'hours')}`,
    }),
  assumed: (channel: Channel, perSecond: string, setting: string) =>
    `Reckoned with ${perSecond} ${englishPaces[channel]} a second, the setting ${setting}`,
  samples: 'What they will read',
  sampleOf: (userId: string, locale: string) =>
    `For person № ${userId}, in ${languageName('en', locale)}`,
  subject: 'Subject',
  showText: 'Show the text',
  unreadable: 'Your role may not read people’s texts, so there are no samples.',
  sms: {
    parts: (count: number) => englishCount(count, 'part', 'parts'),
    size: (units: number, room: number, encoding: string) => `${units} of ${room}, ${encoding}`,
    total: (count: number) => `${englishCount(count, 'part', 'parts')} to pay for.`,
    about: (count: number) =>
      `About ${englishCount(count, 'part', 'parts')} to pay for, reckoned from the first 10,000.`,
  },
  tests: {
    title: 'Try it first',
    about:
      'To an address of yours, marked as a test, with the name of a made-up reader. It counts in ' +
      'no statistics.',
    channel: 'Channel',
    address: 'Address',
    send: 'Send a test',
    sent: (address: string) => `The test is on its way to ${address}.`,
    noAddress: (channel: Channel) => `This is no address: write it as ${addresses[channel]}.`,
    tooMany: 'That were too many tests in an hour. Nothing was sent; try again later.',
  },
  nobodyTitle: 'Nobody would get it',
  nobodyText: 'The reasons are above. Choose others, or another channel, and look again.',
  confirmTitle: 'Send it',
  confirm: 'So that nothing leaves by accident, type how many go out:',
  send: (count: number) => `Send ${englishCount(count, 'message', 'messages')}`,
  change: 'Change',
  wrongNumber: (typed: string, count: string) =>
    `You typed “${typed}”; ${count} would go out. Nothing was sent. Type the number again.`,
  grown: (before: string, now: string) =>
    `It would have gone to ${now} people now, not to ${before} as you saw. Nothing was sent. ` +
    'Look again and type the new number.',
  announcedTitle: 'On its way',
  announcedLead: 'Each channel is a request of its own. What becomes of it appears here by itself.',
  openRequest: 'Open the request',
};

/** What the pages of looking and sending say. */
export type LookWords = typeof englishLook;

const russianPaces: Readonly<Record<Channel, string>> = {
  email: 'писем',
  sms: 'частей SMS',
  messenger: 'сообщений',
};

export const russianLook: LookWords = {
  title: 'Взгляните перед отправкой',
  lead:
    'По таблицам на эту минуту и по тем же правилам, по которым система отправляет. ' +
    'Ничего не записано.',
  what: 'Что',
  who: 'Кому',
  named: 'Названо',
  listed: (count) => `${russianCount(count, 'человек', 'человека', 'человек')} по списку`,
  followersOfMovie: (title) => `подписчики фильма «${title}»`,
  followersOfGenre: (genre) => `подписчики жанра «${genre}»`,
  written: (count) => russianNoun(count, 'человек получит', 'человека получат', 'человек получат'),
  against: 'Кто не получит и почему',
  everybody: 'Получат все, кто назван.',
  takes: (span) => `Займёт ${span} с начала отправки.`,
  duration: (seconds) =>
    spanIn(seconds, {
      moment: 'меньше минуты',
      minutes: (count) => `около ${russianCount(count, 'минуты', 'минут', 'минут')}`,
      hours: (count) => `около ${russianCount(count, 'часа', 'часов', 'часов')}`,
    }),
  assumed: (channel, perSecond, setting) =>
    `Из расчёта: ${perSecond} ${russianPaces[channel]} в секунду, настройка ${setting}`,
  samples: 'Что они прочтут',
  sampleOf: (userId, locale) => `Человеку № ${userId}, ${languageName('ru', locale)} язык`,
  subject: 'Тема',
  showText: 'Показать текст',
  unreadable: 'Ваша роль не даёт читать тексты людей, поэтому примеров нет.',
  sms: {
    parts: (count) => russianCount(count, 'часть', 'части', 'частей'),
    size: (units, room, encoding) => `${units} из ${room}, ${encoding}`,
    total: (count) => `К оплате ${russianCount(count, 'часть', 'части', 'частей')}.`,
    about: (count) =>
      `К оплате примерно ${russianCount(count, 'часть', 'части', 'частей')}: ` +
      'посчитано по первым 10\u00a0000 текстам.',
  },
  tests: {
    title: 'Сначала попробовать',
    about:
      'На ваш собственный адрес, с пометкой «тест» и именем вымышленного читателя. ' +
      'В статистику не попадёт.',
    channel: 'Канал',
    address: 'Адрес',
    send: 'Отправить пробу',
    sent: (address) => `Проба отправлена: ${address}.`,
    noAddress: (channel) => `Это не адрес: нужно так — ${addresses[channel]}.`,
    tooMany: 'За час слишком много проб. Ничего не отправлено; попробуйте позже.',
  },
  nobodyTitle: 'Никто этого не получит',
  nobodyText: 'Причины названы выше. Выберите других людей или другой канал и взгляните снова.',
  confirmTitle: 'Отправить',
  confirm: 'Чтобы ничего не ушло случайно, введите, сколько сообщений уйдёт:',
  send: (count) => `Отправить ${russianCount(count, 'сообщение', 'сообщения', 'сообщений')}`,
  change: 'Изменить',
  wrongNumber: (typed, count) =>
    `Вы ввели «${typed}», а уйдёт ${count}. Ничего не отправлено. Введите число ещё раз.`,
  grown: (before, now) =>
    `Теперь это ушло бы не ${before}, как вы видели, а ${now} людям. Ничего не отправлено. ` +
    'Взгляните снова и введите новое число.',
  announcedTitle: 'В пути',
  announcedLead: 'У каждого канала своя заявка. Всё, что с ней станет, появится здесь само.',
  openRequest: 'Открыть заявку',
};
