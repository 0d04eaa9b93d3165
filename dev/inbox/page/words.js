// What the page says, in both languages, and how it writes numbers, dates and plurals.

const russian = {
  name: 'Вестник',
  motto: 'Ящик разработки: всё приходит сюда, наружу не уходит ничего',
  all: 'Все',
  email: 'Почта',
  sms: 'SMS',
  messenger: 'Мессенджер',
  received: { one: 'сообщение получено', few: 'сообщения получено', many: 'сообщений получено' },
  dropped: (n) => `старых вытеснено: ${n}`,
  live: 'на связи',
  lost: 'нет связи, пробую снова',
  search: 'Адресат, тема или текст',
  language: 'Язык',
  channels: 'Каналы',
  list: 'Пришедшие сообщения',
  clear: 'Очистить',
  clearSure: 'Точно очистить?',
  noSubject: '(без темы)',
  noText: '(пусто)',
  parts: { one: 'часть', few: 'части', many: 'частей' },
  moreBelow: (n) => `Ещё ${n}, более ранних.`,
  showMore: 'Показать дальше',
  back: '← К списку',
  keyMove: 'листать',
  keySearch: 'искать',
  keyFilter: 'канал',
  keyClose: 'закрыть',
  from: 'От',
  to: 'Кому',
  at: 'Пришло',
  viewMail: 'Письмо',
  viewText: 'Текст',
  viewSource: 'HTML-код',
  viewHeaders: 'Заголовки',
  headers: 'Заголовки запроса',
  sentAs: 'Как отправлено (HTML)',
  smsFits: 'Уходит одной SMS',
  smsCut: (parts) => `Оператор разрежет на ${parts}`,
  gsm: 'Все знаки из набора GSM-7, поэтому в часть входит больше.',
  ucs: 'Есть знаки вне GSM-7 (кириллица, «ёлочки», эмодзи), поэтому весь текст идёт в UCS-2.',
  units: 'Занято',
  unitsOf: (units, room) => `${units} из ${room}`,
  encoding: 'Кодировка',
  perPart: 'В одной части',
  chat: 'Чат',
  chatTitle: 'Сообщение от бота',
  gone: 'Этого сообщения больше нет',
  goneHint: 'Его вытеснили более новые, или ящик очистили.',
  pick: 'Выберите сообщение слева',
  pickHint: 'Письма, SMS и чаты открываются здесь такими, какими их увидел бы человек.',
  quiet: 'Пока тихо',
  quietHint: 'Вестник ждёт вестей. Отправьте ему что-нибудь, и оно появится здесь само.',
  tryDemo: 'Событие каждого вида, тремя каналами',
  tryApi: 'Письмо трём людям через API (адрес и ключ печатает npm start)',
  tryDirect: 'Прямо в этот ящик, минуя Вестник',
  hello: 'Слышите трубу? Вести дошли.',
  copy: 'Скопировать',
  copied: 'Скопировано',
  nothing: 'Ничего не нашлось',
};

const english = {
  name: 'Vestnik',
  motto: 'Development inbox: everything lands here, nothing leaves this machine',
  all: 'All',
  email: 'Mail',
  sms: 'SMS',
  messenger: 'Messenger',
  received: { one: 'message received', other: 'messages received' },
  dropped: (n) => `${n} old ones pushed out`,
  live: 'live',
  lost: 'no connection, retrying',
  search: 'Recipient, subject or text',
  language: 'Language',
  channels: 'Channels',
  list: 'Messages that arrived',
  clear: 'Clear',
  clearSure: 'Really clear?',
  noSubject: '(no subject)',
  noText: '(empty)',
  parts: { one: 'part', other: 'parts' },
  moreBelow: (n) => `${n} more, earlier ones.`,
  showMore: 'Show more',
  back: '← Back to the list',
  keyMove: 'move',
  keySearch: 'search',
  keyFilter: 'channel',
  keyClose: 'close',
  from: 'From',
  to: 'To',
  at: 'Received',
  viewMail: 'Letter',
  viewText: 'Text',
  viewSource: 'HTML source',
  viewHeaders: 'Headers',
  headers: 'Request headers',
  sentAs: 'As it was sent (HTML)',
  smsFits: 'Goes out as one SMS',
  smsCut: (parts) => `The network cuts it into ${parts}`,
  gsm: 'Every character is in the GSM-7 alphabet, so more of them fit.',
  ucs: 'Some characters are outside GSM-7 (Cyrillic, curly quotes, emoji), so all of it is UCS-2.',
  units: 'Used',
  unitsOf: (units, room) => `${units} of ${room}`,
  encoding: 'Encoding',
  perPart: 'Room in one part',
  chat: 'Chat',
  chatTitle: 'A message from the bot',
  gone: 'This message is gone',
  goneHint: 'Newer ones pushed it out, or the inbox was cleared.',
  pick: 'Pick a message on the left',
  pickHint: 'Mails, SMS and chats open here the way a person would have seen them.',
  quiet: 'All quiet so far',
  quietHint: 'Vestnik is waiting for news. Send it something and it will show up here by itself.',
  tryDemo: 'One event of each kind, through all three channels',
  tryApi: 'A mail to three people through the API (npm start prints address and key)',
  tryDirect: 'Straight into this inbox, past Vestnik',
  hello: 'Hear the trumpet? News has arrived.',
  copy: 'Copy',
  copied: 'Copied',
  nothing: 'Nothing matches',
};

const dictionaries = { ru: russian, en: english };
const memoryKey = 'vestnik-inbox-language';

let language = remembered() ?? (navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en');

function remembered() {
  const kept = localStorage.getItem(memoryKey);
  return kept !== null && kept in dictionaries ? kept : undefined;
}

export function currentLanguage() {
  return language;
}

export function speak(chosen) {
  language = chosen;
  localStorage.setItem(memoryKey, chosen);
}

/** One phrase; those that are functions take their figures already written by `number`. */
export function say(key, ...figures) {
  const phrase = dictionaries[language][key];
  return typeof phrase === 'function' ? phrase(...figures) : phrase;
}

/** The form of a noun that goes with `count`: 1 часть, 2 части, 5 частей. */
export function noun(key, count) {
  const forms = dictionaries[language][key];
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.many ?? forms.other;
}

export function counted(key, count) {
  return `${number(count)} ${noun(key, count)}`;
}

export function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

// Making a formatter costs more than using it, and a list formats hundreds of times.
const formatters = new Map();

function formatter(options) {
  const key = language + JSON.stringify(options);
  // 24 hours in English too: these are moments of a log, not of an appointment.
  const clock = { hourCycle: 'h23', ...options };
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(language, clock));
  return formatters.get(key);
}

export function time(iso) {
  return formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(iso));
}

export function shortTime(iso) {
  return formatter({ hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}

export function day(iso) {
  return formatter({ day: 'numeric', month: 'short' }).format(new Date(iso));
}

export function moment(iso) {
  return formatter({ dateStyle: 'long', timeStyle: 'medium' }).format(new Date(iso));
}
