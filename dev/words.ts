import type { Language } from '../runtime/config.ts';
import type { StepState } from './infra/progress.ts';

/** The steps of a start, in the order in which the terminal lists them. */
export const stepNames = [
  'kafka',
  'postgres',
  'registry',
  'inbox',
  'topics',
  'samples',
  'processors',
  'connectors',
  'gateway',
] as const;

export type StepName = (typeof stepNames)[number];

type Text = Readonly<Record<Language, string>>;

const titles: Readonly<Record<StepName, Text>> = {
  kafka: { en: 'Kafka', ru: 'Kafka' },
  postgres: { en: 'PostgreSQL', ru: 'PostgreSQL' },
  registry: { en: 'Schema registry', ru: 'Реестр схем' },
  inbox: { en: 'Inbox', ru: 'Ящик' },
  topics: { en: 'Topics', ru: 'Топики' },
  samples: { en: 'Sample data', ru: 'Примеры данных' },
  processors: { en: 'Processors', ru: 'Процессоры' },
  connectors: { en: 'Connectors', ru: 'Коннекторы' },
  gateway: { en: 'Gateway', ru: 'Шлюз' },
};

const otherTitles: Readonly<Record<string, Text>> = {
  infra: { en: 'Infrastructure', ru: 'Инфраструктура' },
  compose: { en: 'Docker Compose', ru: 'Docker Compose' },
  cleanup: { en: 'Clean-up', ru: 'Уборка' },
};

/** What a step is called. */
export function titleOf(language: Language, step: string): string {
  const known = (titles as Readonly<Record<string, Text>>)[step] ?? otherTitles[step];
  return known?.[language] ?? step;
}

/** A duration with one digit after the point. */
export function secondsIn(language: Language, seconds: number): string {
  const text = seconds.toFixed(1);
  return language === 'ru' ? `${text.replace('.', ',')} с` : `${text} s`;
}

/** What a step is doing, in words. */
export function describeState(language: Language, state: StepState): string {
  const say = (en: string, ru: string) => (language === 'ru' ? ru : en);
  switch (state.kind) {
    case 'starting':
      return say('starting', 'запускается');
    case 'ready':
      return say('ready', 'готово');
    case 'fetching':
      return say(`fetching ${state.what} (once)`, `скачивается ${state.what} (один раз)`);
    case 'downloaded':
      return say(
        `downloaded ${state.mb} of at most ${state.atMostMb} MB`,
        `скачано ${state.mb} из не более чем ${state.atMostMb} МБ`,
      );
    case 'assembling':
      return say(
        `assembling ${state.what} (a minute or two, once)`,
        `собирается ${state.what} (минута-другая, один раз)`,
      );
    case 'preparing':
      return say('preparing quick starts (once)', 'готовится к быстрым запускам (один раз)');
    case 'waitingForOther':
      return say('waiting for another download to end', 'ждёт конца другой загрузки');
    case 'endedLeftovers': {
      const names = state.names.join(', ');
      return say(`ended what a killed run left: ${names}`, `завершено после сбоя: ${names}`);
    }
    case 'usingAddresses':
      return say('using the addresses of the environment', 'адреса взяты из окружения');
  }
}

const english = {
  running: 'Vestnik is running.',
  gateway: 'Gateway',
  docs: 'API docs',
  inbox: 'Inbox',
  kafka: 'Kafka',
  registry: 'Schema registry',
  postgres: 'PostgreSQL',
  apiKey: 'API key',
  logIn: 'Log in once',
  log: 'Log',
  ask: 'Ask for three e-mails:',
  next: 'See them in the inbox. `npm run demo` sends one of every kind. Ctrl-C ends it all.',
  stopping: 'Stopping … (Ctrl-C again to force)',
  ending: 'Ending the rest …',
  stopped: 'Stopped.',
  stopTooSlow: 'Stopping took too long: the process ends now.',
  repeated: (count: number) => `(${count} times more meanwhile)`,
  diskFull: (path: string) =>
    `The disk is full: nothing can be written to ${path}. Free some space and start again.`,
  logLost: (reason: string) => `Lines of the log are lost. ${reason}`,
  portTaken: (port: number) =>
    `Port ${port} is taken. Free it, set PORT to another one, or unset PORT for any free one.`,
  notReady: (names: readonly string[], seconds: number) =>
    `Not ready after ${seconds} s: ${names.join(', ')}.`,
  partFailed: (part: string, reason: string) => `${part} cannot go on: ${reason}`,
  samplesWritten: (written: number, kept: number) =>
    `${written} rows written, ${kept} there already`,
  samplesSkipped: (topics: readonly string[]) =>
    `${topics.join(', ')}: holds rows of others, so no sample was written there`,
  topicsDeployed: (created: number, kept: number) => `${created} created, ${kept} there already`,
  demoNeedsStart: 'Vestnik does not run here. Start it with `npm start` first.',
  demoBegin: 'Publishing three events and asking for three channels …',
  demoAll: (count: number, url: string) => `All ${count} messages arrived. See them: ${url}`,
  demoMissing: (count: number) => `${count} messages did not arrive:`,
  demoRefused: (status: number, detail: string) => `The gateway answered ${status}: ${detail}`,
  channels: { email: 'E-mail', sms: 'SMS', messenger: 'Messenger' },
};

/** All texts of the terminal in one language. */
export type Words = typeof english;

const russian: Words = {
  running: 'Вестник работает.',
  gateway: 'Шлюз',
  docs: 'Описание API',
  inbox: 'Ящик',
  kafka: 'Kafka',
  registry: 'Реестр схем',
  postgres: 'PostgreSQL',
  apiKey: 'Ключ API',
  logIn: 'Вход, один раз',
  log: 'Журнал',
  ask: 'Попросите отправить три письма:',
  next: 'Они придут в ящик. `npm run demo` покажет все виды сообщений. Ctrl-C всё завершит.',
  stopping: 'Завершение … (ещё раз Ctrl-C — принудительно)',
  ending: 'Остальное завершается …',
  stopped: 'Завершено.',
  stopTooSlow: 'Завершение затянулось: процесс прекращается.',
  repeated: (count) => `(за это время ещё ${count} раз)`,
  diskFull: (path) =>
    `Диск заполнен: в ${path} ничего нельзя записать. Освободите место и запустите снова.`,
  logLost: (reason) => `Строки журнала теряются. ${reason}`,
  portTaken: (port) =>
    `Порт ${port} занят. Освободите его, задайте в PORT другой или уберите PORT.`,
  notReady: (names, seconds) => `Не готово за ${seconds} с: ${names.join(', ')}.`,
  partFailed: (part, reason) => `${part}: работа невозможна: ${reason}`,
  samplesWritten: (written, kept) => `записано строк: ${written}, уже были: ${kept}`,
  samplesSkipped: (topics) => `${topics.join(', ')}: там чужие строки, поэтому примеры не записаны`,
  topicsDeployed: (created, kept) => `создано: ${created}, уже были: ${kept}`,
  demoNeedsStart: 'Вестник здесь не запущен. Сначала запустите `npm start`.',
  demoBegin: 'Публикуем три события и просим отправить по трём каналам …',
  demoAll: (count, url) => `Пришли все сообщения: ${count}. Посмотреть: ${url}`,
  demoMissing: (count) => `Не пришло сообщений: ${count}`,
  demoRefused: (status, detail) => `Шлюз ответил ${status}: ${detail}`,
  channels: { email: 'Почта', sms: 'СМС', messenger: 'Мессенджер' },
};

/** The texts of a language. */
export const wordsFor = (language: Language): Words => (language === 'ru' ? russian : english);
