import type { DecisionReason } from '../../../schemas/generated/records.ts';

/** Why somebody does not get something, as the end of "12 people …". */
export type DecisionReasonWords = Readonly<Record<DecisionReason, string>>;

export const englishReasons: DecisionReasonWords = {
  unknownUser: 'nobody has this id',
  unknownTemplate: 'the template is not there',
  unknownMovie: 'the movie is not there',
  channelNotChosen: 'did not choose this channel',
  noAddress: 'chose it, and left no address',
  optedOutChannel: 'want nothing on this channel',
  optedOutEvent: 'want nothing of this kind',
  suppressedAddress: 'the address was refused before, and is left in peace',
  noText: 'there is no text in their language, nor in the template’s own',
  renderFailed: 'the text cannot be filled in for them',
  rowUnreadable: 'their record cannot be read: its writer must write it anew',
  tooLarge: 'their name or address is longer than can be sent',
};

export const russianReasons: DecisionReasonWords = {
  unknownUser: 'нет человека с таким номером',
  unknownTemplate: 'шаблона нет',
  unknownMovie: 'фильма нет',
  channelNotChosen: 'не выбрали этот канал',
  noAddress: 'выбрали канал, но не оставили адреса',
  optedOutChannel: 'отказались от этого канала',
  optedOutEvent: 'отказались от таких уведомлений',
  suppressedAddress: 'адрес уже отвечал отказом, его не тревожим',
  noText: 'нет текста на их языке и на основном языке шаблона',
  renderFailed: 'текст для них не заполнить',
  rowUnreadable: 'их запись не читается: её должен переписать тот, кто писал',
  tooLarge: 'имя или адрес длиннее, чем можно отправить',
};
