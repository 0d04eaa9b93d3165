import type { ProblemCode, ProblemValues } from './template-problem.ts';
import type { Language } from './value-names.ts';

type Say = (values: ProblemValues) => string;
type Sentences = Readonly<Record<Language, Say>>;

/** What is wrong and what to write instead, for the person who writes the template. */
export const problemWords = {
  tooLarge: {
    ru: ({ bytes, most }) => `Текст занимает ${bytes} байт, помещается не больше ${most}.`,
    en: ({ bytes, most }) => `The text has ${bytes} bytes; at most ${most} are taken.`,
  },
  tooManyNodes: {
    ru: ({ most }) => `В тексте больше ${most} вставок и фрагментов. Сделайте его проще.`,
    en: ({ most }) => `The text has more than ${most} inserts and pieces. Make it simpler.`,
  },
  tooDeep: {
    ru: ({ most }) => `Условия вложены глубже ${most}. Разведите их по отдельности.`,
    en: ({ most }) => `Conditions are nested deeper than ${most}. Put them beside each other.`,
  },
  syntax: {
    ru: () => 'Здесь вставка записана неверно. Имя пишется так: {{ movie_title }}.',
    en: () => 'An insert is not written correctly here. A name is written {{ movie_title }}.',
  },
  unclosed: {
    ru: () => 'Текст закончился, а вставка или условие не закрыты. Закройте: }} или {{/if}}.',
    en: () => 'The text ends inside an insert or a condition. Close it: }} or {{/if}}.',
  },
  mismatch: {
    ru: ({ open, close }) => `Открыто {{#${open}}}, а закрыто {{/${close}}}.`,
    en: ({ open, close }) => `{{#${open}}} was opened, but {{/${close}}} is closed.`,
  },
  unknownName: {
    ru: ({ name }) => `Имени «${name}» у этого события нет.`,
    en: ({ name }) => `This event has no name “${name}”.`,
  },
  misspeltName: {
    ru: ({ name, near }) => `Имени «${name}» у этого события нет. Возможно, это «${near}».`,
    en: ({ name, near }) => `This event has no name “${name}”. It may be “${near}”.`,
  },
  notAName: {
    ru: ({ text }) => `«${text}» — не имя. Пишите просто имя: {{ movie_title }}.`,
    en: ({ text }) => `“${text}” is no name. Write a plain name: {{ movie_title }}.`,
  },
  unknownFunction: {
    ru: ({ name, known }) => `Функции «${name}» нет. Есть такие: ${known}.`,
    en: ({ name, known }) => `There is no function “${name}”. There are: ${known}.`,
  },
  functionUse: {
    ru: ({ name, use }) => `Функция «${name}» пишется так: ${use}.`,
    en: ({ name, use }) => `The function “${name}” is written ${use}.`,
  },
  pluralForms: {
    ru: ({ missing }) => `Для этого языка не хватает форм: ${missing}.`,
    en: ({ missing }) => `Forms are missing for this language: ${missing}.`,
  },
  dateNeedsFunction: {
    ru: ({ name }) => `«${name}» — дата. Напишите {{date ${name} style="long"}}.`,
    en: ({ name }) => `“${name}” is a date. Write {{date ${name} style="long"}}.`,
  },
  noLoop: {
    ru: ({ name }) => `«${name}» здесь ничего не выведет: значения — тексты, а не списки.`,
    en: ({ name }) => `“${name}” prints nothing here: values are texts, not lists.`,
  },
  conditionUse: {
    ru: ({ name }) => `Условие пишется так: {{#${name} movie_year}}…{{/${name}}}.`,
    en: ({ name }) => `A condition is written {{#${name} movie_year}}…{{/${name}}}.`,
  },
  sectionUse: {
    ru: ({ name }) => `Вместо {{#${name}}} напишите {{#if ${name}}}.`,
    en: ({ name }) => `Instead of {{#${name}}} write {{#if ${name}}}.`,
  },
  nested: {
    ru: () => 'Скобок во вставке не бывает: функции дают одно имя или текст в кавычках.',
    en: () => 'An insert has no brackets: a function is given one name or a text in quotes.',
  },
  decorator: {
    ru: () => 'Вставки с {{* и {{#* запрещены: они могут выполняться без конца.',
    en: () => 'Inserts with {{* and {{#* are not allowed: they could run without end.',
  },
  dynamicPart: {
    ru: () => 'Общую часть нужно назвать прямо: {{> footer}}.',
    en: () => 'A shared part is named as it is: {{> footer}}.',
  },
  unknownPart: {
    ru: ({ name }) => `Опубликованной общей части «${name}» нет.`,
    en: ({ name }) => `There is no published shared part “${name}”.`,
  },
  partOfOtherChannel: {
    ru: ({ name, channel }) => `Общая часть «${name}» написана для другого канала: ${channel}.`,
    en: ({ name, channel }) => `The shared part “${name}” is for another channel: ${channel}.`,
  },
  partNotInLanguage: {
    ru: ({ name, locale }) => `У общей части «${name}» нет текста на языке «${locale}».`,
    en: ({ name, locale }) => `The shared part “${name}” has no text in the language “${locale}”.`,
  },
  partCircle: {
    ru: ({ path }) => `Общая часть ведёт сама к себе: ${path}.`,
    en: ({ path }) => `A shared part leads back to itself: ${path}.`,
  },
  partInSubject: {
    ru: () => 'В теме общих частей не бывает. Напишите слова прямо здесь.',
    en: () => 'A subject has no shared parts. Write the words themselves.',
  },
  partEdge: {
    ru: () => 'Вплотную к общей части и по её краям не бывает «\\», «{» и «}»: они слились бы.',
    en: () => 'No “\\”, “{” or “}” touches a shared part, nor is at its edges: they would merge.',
  },
  partsTooDeep: {
    ru: ({ most }) => `Общие части вложены друг в друга глубже ${most}.`,
    en: ({ most }) => `Shared parts lie within each other deeper than ${most}.`,
  },
  tooManyParts: {
    ru: ({ most }) => `В тексте больше ${most} общих частей, считая вложенные.`,
    en: ({ most }) => `The text has more than ${most} shared parts, those within others counted.`,
  },
  partsTooLarge: {
    ru: ({ most }) => `Вместе с общими частями текст больше ${most} байт. Сократите его или их.`,
    en: ({ most }) => `With its shared parts the text has more than ${most} bytes. Shorten one.`,
  },
  blockOutside: {
    ru: () => 'Место {{> @partial-block}} бывает в макете, который обёртывает: {{#> layout}}…',
    en: () => 'A place {{> @partial-block}} is for layouts, which wrap a text: {{#> layout}}…',
  },
  noContent: {
    ru: ({ name }) => `В общей части «${name}» нет места {{> @partial-block}}: она не обёртывает.`,
    en: ({ name }) => `The shared part “${name}” has no {{> @partial-block}}: it wraps nothing.`,
  },
  inPart: {
    ru: ({ part, line, ru }) => `В общей части «${part}», строка ${line}: ${ru}`,
    en: ({ part, line, en }) => `In the shared part “${part}”, line ${line}: ${en}`,
  },
  rawOutput: {
    ru: ({ name }) => `Без экранирования нельзя: в «${name}» может оказаться HTML. Две скобки.`,
    en: ({ name }) => `Values are always escaped: “${name}” might hold HTML. Use two braces.`,
  },
  controlInSubject: {
    ru: () => 'В теме — одна строка: без переносов, табуляций и управляющих знаков.',
    en: () => 'A subject is one line: no breaks, tabs or control characters.',
  },
  unquotedAttribute: {
    ru: ({ attribute }) => `Поставьте кавычки: ${attribute}="{{…}}". Без них значение всё сломает.`,
    en: ({ attribute }) => `Put quotes around it: ${attribute}="{{…}}", or a value breaks out.`,
  },
  linkNeedsUrl: {
    ru: ({ name }) => `Ссылка начинается со значения. Напишите {{url ${name}}}.`,
    en: ({ name }) => `The link begins with a value. Write {{url ${name}}}.`,
  },
  linkScheme: {
    ru: ({ scheme, known }) => `Ссылка «${scheme}:» запрещена. Можно: ${known}.`,
    en: ({ scheme, known }) => `A link “${scheme}:” is not allowed. Allowed are: ${known}.`,
  },
  valueInTag: {
    ru: () => 'Значение стоит внутри тега. Оно может быть в тексте или в кавычках атрибута.',
    en: () => 'A value stands inside a tag. It may be in text, or in a quoted attribute.',
  },
  valueInCode: {
    ru: ({ where }) => `Внутри «${where}» значений быть не может: там экранирование не защищает.`,
    en: ({ where }) => `There can be no value inside “${where}”: escaping is no protection there.`,
  },
  script: {
    ru: () => 'Скрипты в письмах не выполняются, и почта с ними попадает в спам. Уберите.',
    en: () => 'Scripts do not run in mail, and mail with them is taken for spam. Remove it.',
  },
  telegramTag: {
    ru: ({ tag }) => `Telegram не знает тега <${tag}> и не примет сообщение.`,
    en: ({ tag }) => `Telegram does not know the tag <${tag}> and would refuse the message.`,
  },
  telegramAttribute: {
    ru: ({ tag, attribute }) => `У тега <${tag}> в Telegram нет атрибута «${attribute}».`,
    en: ({ tag, attribute }) => `In Telegram the tag <${tag}> has no attribute “${attribute}”.`,
  },
  telegramNeeds: {
    ru: ({ tag, attribute }) => `Тегу <${tag}> нужен атрибут ${attribute}.`,
    en: ({ tag, attribute }) => `The tag <${tag}> needs the attribute ${attribute}.`,
  },
  telegramNesting: {
    ru: ({ tag, outer }) => `Внутри <${outer}> Telegram не допускает <${tag}>.`,
    en: ({ tag, outer }) => `Telegram takes no <${tag}> inside <${outer}>.`,
  },
  telegramUnclosed: {
    ru: ({ tag }) => `Тег <${tag}> не закрыт там же, где открыт: Telegram не примет сообщение.`,
    en: ({ tag }) => `The tag <${tag}> is not closed where it is opened: Telegram refuses that.`,
  },
  telegramUnopened: {
    ru: ({ tag }) => `Здесь закрыт тег <${tag}>, который не открыт.`,
    en: ({ tag }) => `The tag <${tag}> is closed here, and was not opened.`,
  },
  telegramLess: {
    ru: () => 'Знак «<» вне тега пишется &lt;.',
    en: () => 'A “<” that begins no tag is written &lt;.',
  },
  telegramEntity: {
    ru: ({ entity }) => `Telegram покажет ${entity} как есть. Напишите сам знак.`,
    en: ({ entity }) => `Telegram shows ${entity} as it is. Write the character itself.`,
  },
  noText: {
    ru: () => 'Нет ни одного текста.',
    en: () => 'There is no text.',
  },
  emptyBody: {
    ru: () => 'Текст пуст.',
    en: () => 'The text is empty.',
  },
  subjectMissing: {
    ru: () => 'У письма должна быть тема.',
    en: () => 'An e-mail must have a subject.',
  },
  subjectNotUsed: {
    ru: () => 'В этом канале тем нет. Уберите её.',
    en: () => 'This channel has no subjects. Remove it.',
  },
  sameLanguage: {
    ru: ({ locale }) => `Для языка «${locale}» есть два текста.`,
    en: ({ locale }) => `There are two texts in the language “${locale}”.`,
  },
  notALanguage: {
    ru: ({ locale }) => `«${locale}» — не код языка. Пишите ru или en.`,
    en: ({ locale }) => `“${locale}” is no code of a language. Write ru or en.`,
  },
  defaultMissing: {
    ru: ({ locale }) => `Нет текста на языке по умолчанию, «${locale}».`,
    en: ({ locale }) => `There is no text in the default language, “${locale}”.`,
  },
  onlyNames: {
    ru: () => 'В объявлении бывают только слова и имена значений. Для остального напишите шаблон.',
    en: () =>
      'An announcement holds words and names of values. For more than that write a template.',
  },
  tooLong: {
    ru: ({ most }) => `Не больше ${most} знаков.`,
    en: ({ most }) => `At most ${most} characters.`,
  },
} as const satisfies Readonly<Record<string, Sentences>>;

/** A problem as a sentence. */
export const sayProblem = (
  { code, values }: { readonly code: ProblemCode; readonly values: ProblemValues },
  language: Language,
): string => problemWords[code][language](values);
