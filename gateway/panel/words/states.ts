import type { notificationStates } from '../../read/history.ts';
import type { Bilingual } from './bilingual.ts';

type State = (typeof notificationStates)[number];

/** A notification's state in words: short for a badge, and what it means. */
export type StateWords = Readonly<Record<State, { readonly name: string; readonly about: string }>>;

const english: StateWords = {
  rendered: { name: 'Rendered', about: 'the text is ready and waits for its turn' },
  sending: { name: 'Being sent', about: 'handed to the vendor, no answer yet' },
  waiting: { name: 'Waiting', about: 'the vendor asked for time; it will be tried again' },
  delivered: { name: 'Accepted', about: 'the vendor took it' },
  rejected: { name: 'Rejected', about: 'the vendor refused it for good' },
  suppressed: { name: 'Suppressed', about: 'a rule said no before anything was sent' },
  unknown: { name: 'Uncertain', about: 'it may have gone out; nobody can say' },
  deadLettered: { name: 'Set aside', about: 'given up; lies among the dead letters' },
};

const russian: StateWords = {
  rendered: { name: 'Составлено', about: 'текст готов и ждёт очереди' },
  sending: { name: 'Отправляется', about: 'передано службе, ответа ещё нет' },
  waiting: { name: 'Ждёт', about: 'служба попросила подождать; попытка повторится' },
  delivered: { name: 'Принято', about: 'служба приняла сообщение' },
  rejected: { name: 'Отвергнуто', about: 'служба отказалась окончательно' },
  suppressed: { name: 'Удержано', about: 'правило запретило ещё до отправки' },
  unknown: { name: 'Неясно', about: 'могло уйти; точно не скажет никто' },
  deadLettered: { name: 'Отложено', about: 'попытки кончились; лежит в отложенном' },
};

export const stateWords: Bilingual<StateWords> = { en: english, ru: russian };
