import type { Outcome } from '../../../redrive/redrive.ts';
import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const englishOutcomes: Readonly<Record<Exclude<Outcome, 'sent'>, string>> = {
  malformed: 'stay: they do not say where they came from',
  keyless: 'stay: a row without a key, or with one too long, is nobody’s',
  foreignTopic: 'stay: their topic is none of this system',
  topicMissing: 'stay: their topic does not exist',
  replayed: 'stay: they came out of a replay and must never reach people',
  historyOnly: 'stay: only the history could not take them; all others would do it again',
  idReused: 'stay: another event has their id; their writer must send them with one of their own',
  gaveUp:
    'stay: the people may have them already. To send them all the same, filter by the reason ' +
    'DELIVERY_GAVE_UP',
  already: 'were sent back before',
  superseded: 'stay: their key has a newer row, which they must not replace',
  originalGone: 'stay: their bytes are neither here nor in their topic any more',
  tooLarge: 'stay: larger than Kafka takes',
};

const english = {
  title: 'Send back',
  back: 'All dead letters',
  start: 'Send back …',
  startAll: 'Send all of these back …',
  startNote: 'Nothing is sent yet: first you see what would become of each record.',
  everything: 'All dead letters',
  since: 'written since',
  about: 'What',
  letter: 'letter',
  dryRunning: 'Looking what would become of each record. Nothing is sent.',
  dryDone: 'This is what would become of them. Nothing was sent yet.',
  running: 'The records go back to their topics.',
  done: 'Done.',
  fenced: 'Another redrive was begun and goes on in place of this one. Nothing was sent twice.',
  failed: 'It ended early. What was sent stays sent, and is not sent again.',
  nothing: 'No record is like this.',
  nothingToSend: 'None of them can be sent back.',
  progress: (sent: string, expected: string) => `${sent} of ${expected} are back`,
  wouldSend: 'go back to their topics',
  sent: 'went back to their topics',
  outcomes: englishOutcomes,
  records: (count: number) => englishCount(count, 'record', 'records'),
  confirm: (count: number) =>
    `To be sure, type how many are sent back: ${englishCount(count, 'record', 'records')}`,
  send: 'Send back',
  mistyped: 'That is not the number above. Nothing was sent.',
  stale: 'Nothing was sent: look anew what would become of the records, then send them.',
  busyTitle: 'A redrive runs already',
  busyText: 'Only one at a time. Wait for its end, then begin again.',
  askedBy: 'Asked for by',
  began: 'Begun',
  missing:
    'This process knows no such redrive: it was asked for elsewhere, or too long ago. The audit ' +
    'says what it did.',
  again: 'Look again',
  latest: 'Latest redrives',
  states: { running: 'running', done: 'done', fenced: 'taken over', failed: 'ended early' },
  dryRun: 'look only',
};

/** What the pages say by which dead letters go back. */
export type RedriveWords = typeof english;

const russianRecords = (count: number) => russianCount(count, 'запись', 'записи', 'записей');

const russian: RedriveWords = {
  title: 'Возврат',
  back: 'Всё отложенное',
  start: 'Вернуть …',
  startAll: 'Вернуть всё это …',
  startNote: 'Пока ничего не отправится: сначала видно, что будет с каждой записью.',
  everything: 'Всё отложенное',
  since: 'записано с',
  about: 'Что',
  letter: 'запись',
  dryRunning: 'Смотрим, что было бы с каждой записью. Ничего не отправляется.',
  dryDone: 'Вот что с ними будет. Пока ничего не отправлено.',
  running: 'Записи возвращаются в свои топики.',
  done: 'Готово.',
  fenced: 'Начат другой возврат, он продолжает вместо этого. Дважды ничего не отправлено.',
  failed: 'Закончилось раньше срока. Что ушло, то ушло и ещё раз не уйдёт.',
  nothing: 'Таких записей нет.',
  nothingToSend: 'Ни одну из них вернуть нельзя.',
  progress: (sent, expected) => `вернулось ${sent} из ${expected}`,
  wouldSend: 'вернутся в свои топики',
  sent: 'вернулись в свои топики',
  outcomes: {
    malformed: 'останутся: в них не сказано, откуда они',
    keyless: 'останутся: строка без ключа или со слишком длинным — ничья',
    foreignTopic: 'останутся: их топик не из этой системы',
    topicMissing: 'останутся: их топика нет',
    replayed: 'останутся: записи из повтора не должны попасть к людям',
    historyOnly: 'останутся: их не приняла только история, остальные сделали бы всё ещё раз',
    idReused: 'останутся: их id у другого события; отправителю нужен свой',
    gaveUp:
      'останутся: возможно, люди это уже получили. Чтобы всё же отправить, отберите по причине ' +
      'DELIVERY_GAVE_UP',
    already: 'уже возвращены раньше',
    superseded: 'останутся: у ключа есть более новая строка, её нельзя заменять',
    originalGone: 'останутся: их байтов нет ни здесь, ни больше в топике',
    tooLarge: 'останутся: больше, чем принимает Kafka',
  },
  records: russianRecords,
  confirm: (count) => `Чтобы не ошибиться, введите, сколько вернуть: ${russianRecords(count)}`,
  send: 'Вернуть',
  mistyped: 'Это не то число, что выше. Ничего не отправлено.',
  stale: 'Ничего не отправлено: посмотрите заново, что будет с записями, и тогда возвращайте.',
  busyTitle: 'Возврат уже идёт',
  busyText: 'Можно только один за раз. Дождитесь его конца и начните снова.',
  askedBy: 'Кто просил',
  began: 'Начато',
  missing:
    'Этот процесс о таком возврате не знает: его просили в другом месте или слишком давно. ' +
    'В журнале сказано, что он сделал.',
  again: 'Посмотреть ещё раз',
  latest: 'Последние возвраты',
  states: { running: 'идёт', done: 'готово', fenced: 'перехвачен', failed: 'прерван' },
  dryRun: 'только посмотреть',
};

export const redriveWords: Bilingual<RedriveWords> = { en: english, ru: russian };
