import type { DecisionReason } from '../../schemas/generated/records.ts';

/** A sentence that people see, in both languages. */
export type Sentence = { readonly ru: string; readonly en: string };

/** The rule that said no to a notification, for whoever asks why somebody did not get it. */
export const decisionSentences: Readonly<Record<DecisionReason, Sentence>> = {
  unknownUser: {
    ru: 'В таблице пользователей нет человека с таким id.',
    en: 'There is nobody with this id in the table of users.',
  },
  unknownTemplate: {
    ru: 'Шаблона с таким id нет.',
    en: 'There is no template with this id.',
  },
  unknownMovie: {
    ru: 'Фильма с таким id нет в каталоге.',
    en: 'There is no movie with this id in the catalogue.',
  },
  channelNotChosen: {
    ru: 'Человек не выбрал этот канал среди способов связи с ним.',
    en: 'The person did not choose this channel among the ways to be reached.',
  },
  noAddress: {
    ru: 'У человека нет адреса для этого канала.',
    en: 'The person has no address for this channel.',
  },
  optedOutChannel: {
    ru: 'Человек отказался от всех уведомлений в этом канале.',
    en: 'The person opted out of everything on this channel.',
  },
  optedOutEvent: {
    ru: 'Человек отказался от уведомлений о таких событиях.',
    en: 'The person opted out of notifications about this kind of event.',
  },
  suppressedAddress: {
    ru: 'На этот адрес больше не пишут: он в списке отказов, причина — в подробностях.',
    en: 'This address must not be used any more: it is suppressed, the detail says why.',
  },
  noText: {
    ru: 'У шаблона нет текста на языке, который ему назначен основным.',
    en: 'The template has no text in its own default language.',
  },
  renderFailed: {
    ru: 'Текст не удалось составить: в подробностях — какого значения не хватило.',
    en: 'The text could not be rendered: the detail says which value was missing.',
  },
  rowUnreadable: {
    ru: 'Самую новую запись об этом человеке нельзя прочитать, а она может запрещать писать ему.',
    en: 'The newest record about this person cannot be read, and it might forbid to write to them.',
  },
  tooLarge: {
    ru: 'Одно из полей больше допустимого; какое — сказано в подробностях.',
    en: 'A field is larger than it may be; the detail says which.',
  },
};
