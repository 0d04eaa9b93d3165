import type { SkipReason } from '../redrive/fate.ts';
import type { Language } from '../runtime/config.ts';

/** What the terminal says, in one language. */
export type Words = {
  readonly usage: string;
  readonly unknownArgument: (args: string) => string;
  readonly unknownTopic: (topic: string, names: readonly string[]) => string;
  readonly unknownCode: (code: string) => string;
  readonly badTime: (name: string, text: string) => string;
  readonly badLetter: (text: string) => string;
  readonly timesReversed: string;
  readonly badRate: (text: string, most: number) => string;
  readonly reading: (letters: number) => string;
  readonly progress: (sent: number) => string;
  readonly wouldSend: string;
  readonly sent: string;
  readonly matched: (count: number) => string;
  readonly count: (what: string, count: number) => string;
  readonly more: (count: number) => string;
  readonly fenced: string;
  readonly why: Readonly<Record<SkipReason, string>>;
};

const english: Words = {
  usage:
    'npm run redrive -- [--topic NAME] [--code CODE] [--since TIME] [--until TIME] [--key KEY] ' +
    '[--process NAME] [--letter 0@12] [--dry-run] [--rate N]\n' +
    'TIME is 2026-01-31, 2026-01-31T18:00Z, or so long ago: 24h, 7d. ' +
    'N is records per second, 50 by default.',
  unknownArgument: (args) => `"${args}" cannot be understood. Use the arguments below.`,
  unknownTopic: (topic, names) => `There is no topic "${topic}". Take one of ${names.join(', ')}.`,
  unknownCode: (code) =>
    `There is no code "${code}". Take the one that the letter or the log line names, ` +
    'MOVIE_UNKNOWN for example.',
  badTime: (name, text) => `${name} is "${text}". Write 2026-01-31T18:00Z, or 24h for a day ago.`,
  badLetter: (text) =>
    `--letter is "${text}". Write its partition and offset in dead-letters, 0@12 for example.`,
  timesReversed: '--since is later than --until. Exchange them.',
  badRate: (text, most) => `--rate is "${text}". Write a whole number from 1 to ${most}.`,
  reading: (letters) => `Reading the dead letters: ${letters} offsets.`,
  progress: (sent) => `${sent} sent back so far`,
  wouldSend: 'would be sent back',
  sent: 'sent back',
  matched: (count) => `${count} letters were asked for:`,
  count: (what, count) => `${String(count).padStart(8)}  ${what}`,
  more: (count) => `… and ${count} more`,
  fenced: 'Another redrive was begun and goes on in place of this one. Nothing was sent twice.',
  why: {
    malformed: 'not sent: the letter does not say where it came from',
    keyless: "not sent: a row without a key, or with one too long for an id, is nobody's",
    foreignTopic: 'not sent: its topic is none of this system',
    topicMissing: 'not sent: its topic does not exist. Run `npm run deploy`, then redrive',
    replayed: 'refused: it came out of a replay and must never reach people',
    historyOnly:
      'refused: only the history could not take it; all others did, and would do it again',
    idReused: 'refused: another event has its id. Its writer must send it with an id of its own',
    gaveUp:
      'refused: the person may have it already. To send it all the same, say ' +
      '`--code DELIVERY_GAVE_UP`',
    already: 'skipped: sent back before, as the journal says',
    superseded: 'skipped: its key has a newer row, which it must not replace',
    originalGone: 'not sent: its bytes are not in the letter, and not in its topic any more',
    tooLarge: 'not sent: larger than brokers take. Its writer must send less',
  },
};

const russian: Words = {
  usage:
    'npm run redrive -- [--topic ИМЯ] [--code КОД] [--since ВРЕМЯ] [--until ВРЕМЯ] [--key КЛЮЧ] ' +
    '[--process ИМЯ] [--letter 0@12] [--dry-run] [--rate N]\n' +
    'ВРЕМЯ: 2026-01-31, 2026-01-31T18:00Z или «столько назад»: 90m, 24h, ' +
    '7d. N: записей в секунду, по умолчанию 50.',
  unknownArgument: (args) => `Непонятно: «${args}». Возможные аргументы ниже.`,
  unknownTopic: (topic, names) => `Топика «${topic}» нет. Возьмите один из: ${names.join(', ')}.`,
  unknownCode: (code) =>
    `Кода «${code}» нет. Возьмите тот, что назван в письме или в журнале, например MOVIE_UNKNOWN.`,
  badTime: (name, text) =>
    `${name}: «${text}». Напишите 2026-01-31T18:00Z или 24h («сутки назад»).`,
  badLetter: (text) =>
    `--letter: «${text}». Нужны партиция и смещение в dead-letters, например 0@12.`,
  timesReversed: '--since позже, чем --until. Поменяйте их местами.',
  badRate: (text, most) => `--rate: «${text}». Нужно целое число от 1 до ${most}.`,
  reading: (letters) => `Читаем мёртвые письма, смещений: ${letters}.`,
  progress: (sent) => `пока отправлено назад: ${sent}`,
  wouldSend: 'были бы отправлены назад',
  sent: 'отправлены назад',
  matched: (count) => `Выбрано писем: ${count}`,
  count: (what, count) => `${String(count).padStart(8)}  ${what}`,
  more: (count) => `… и ещё ${count}`,
  fenced: 'Начат другой redrive, он продолжает вместо этого. Дважды ничего не отправлено.',
  why: {
    malformed: 'не отправлены: в письме не сказано, откуда оно',
    keyless: 'не отправлены: строка без ключа или со слишком длинным ничья',
    foreignTopic: 'не отправлены: их топик не из этой системы',
    topicMissing: 'не отправлены: их топика нет. Выполните `npm run deploy` и повторите',
    replayed: 'отказано: запись из повтора не должна попасть к людям',
    historyOnly: 'отказано: не приняла только история, остальные сделали бы всё ещё раз',
    idReused: 'отказано: этот id у другого события. Отправителю нужен свой id',
    gaveUp:
      'отказано: возможно, человек это уже получил. Чтобы всё же отправить, добавьте ' +
      '`--code DELIVERY_GAVE_UP`',
    already: 'пропущены: по журналу уже отправлены назад',
    superseded: 'пропущены: у ключа есть более новая строка, её нельзя заменять',
    originalGone: 'не отправлены: байтов нет ни в письме, ни больше в топике',
    tooLarge: 'не отправлены: больше, чем принимает Kafka. Отправителю надо послать меньше',
  },
};

/** The words of a language. */
export const wordsFor = (language: Language): Words => (language === 'ru' ? russian : english);
