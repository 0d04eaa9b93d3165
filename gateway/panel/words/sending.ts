import { type Bilingual, englishCount, russianCount, russianNoun } from './bilingual.ts';
import { type DecisionReasonWords, englishReasons, russianReasons } from './decision-reasons.ts';
import { englishLook, type LookWords, russianLook } from './sending-look.ts';

/** A template by its name or number, with the words that it begins with. */
function templateTitle(id: string, title: string): string {
  const name = /^\d+$/.test(id) ? `№ ${id}` : id;
  return title === '' ? name : `${name} — ${title}`;
}

const english = {
  title: 'Send',
  lead:
    'Choose what to say and to whom, look at what real people would read, and only then send. ' +
    'Nothing leaves before you type how many will get it.',
  stepsLabel: 'Steps',
  steps: { what: 'What', who: 'Who', look: 'Look and send' },
  kindLabel: 'What to send',
  kinds: { template: 'A template', announcement: 'An announcement' },
  kindsAbout: {
    template: 'A published text, in every language it is written in',
    announcement: 'A few words of the moment, without a template',
  },
  templateLabel: 'Template',
  chooseTemplate: 'Choose a template',
  noTemplates:
    'No published template can be sent by request. Publish one, or write an announcement.',
  template: templateTitle,
  channelsLabel: 'Channels',
  languages: { ru: 'Russian', en: 'English' },
  textsAbout:
    'Plain words, of which the mail, the SMS and the message are made; a blank line begins a ' +
    'paragraph. One language is enough: whoever reads another gets the one there is.',
  subject: 'Subject',
  body: 'Text',
  namesTitle: 'What can be filled in',
  names: {
    user_full_name: 'the name of the reader',
    movie_title: 'the title of the movie',
    movie_year: 'its year',
    movie_description: 'its description',
  },
  whoLabel: 'Who gets it',
  audiences: {
    listed: 'People by a list',
    movie: 'Followers of a movie',
    genre: 'Followers of a genre',
    all: 'Everyone',
  },
  idsLabel: 'Ids of people',
  idsAbout:
    'One in a line, or with commas between. A table in CSV works too: its first line names a ' +
    'column user_id or id.',
  file: 'Take them from a file',
  fileTooLarge: 'The file is larger than 1 MB: that is an audience, not a list.',
  genreLabel: 'Genre',
  allAbout: 'Every person in the table, whatever they follow. Their own wishes still hold.',
  choice: {
    labels: { about: 'Which movie it is about', followed: 'Whose followers' },
    find: 'Find',
    hint: 'A part of the title, or the id',
    none: 'None',
    first: 'These are the first; type a part of the title to find another.',
    more: 'There are more: type a longer part of the title.',
    empty: 'No movie is called like that.',
  },
  count: {
    title: 'Whom it concerns',
    people: (count: number): string => (count === 1 ? 'person' : 'people'),
    nobody: 'Nobody is chosen yet',
    notYet: 'The tables of people are being read; the count comes in a moment.',
    recount: 'Count',
    column: (name: string) => `Taken from the column “${name}”`,
    repeated: (count: number) => `${englishCount(count, 'id', 'ids')} more than once: counted once`,
    unknownLine: (line: number, id: string) => `Line ${line}: nobody has the id “${id}”`,
    more: (count: number) => `and ${englishCount(count, 'line', 'lines')} more`,
  },
  toLook: 'Look at it',
  toLookAbout: 'Nothing is sent yet.',
  problemsTitle: 'It cannot be sent like this',
  problems: {
    noTemplate: 'Choose a template.',
    noMovie: 'This template speaks of a movie: choose which one.',
    noChannel: 'Choose at least one channel.',
    noText: 'Write the text, in one language or both.',
    atPlace: (
      language: string,
      { line, column }: { readonly line: number; readonly column: number },
      says: string,
    ) => `${language}, line ${line}, character ${column}. ${says}`,
    nobody: 'Name at least one person.',
    tooMany: (limit: string) => `A list holds at most ${limit} people; more are an audience.`,
    moreLines: (count: number) => `${englishCount(count, 'more line is', 'more lines are')} wrong.`,
    noFollowed: 'Choose the movie whose followers get it.',
    noGenre: 'Name a genre.',
  },
  lineFaults: {
    quote: (line: number, text: string) =>
      `Line ${line}: a quote is opened and not closed: ${text}`,
    empty: (line: number) => `Line ${line}: the column of ids is empty.`,
    id: (line: number, text: string) => `Line ${line}: this can be no id: ${text}`,
  } satisfies Record<string, (line: number, text: string) => string>,
  reasons: englishReasons,
  look: englishLook,
};

/** What the pages of sending say. */
export type SendingWords = Omit<typeof english, 'look' | 'reasons'> & {
  readonly look: LookWords;
  readonly reasons: DecisionReasonWords;
};

const russian: SendingWords = {
  title: 'Отправить',
  lead:
    'Выберите, что сказать и кому, посмотрите глазами настоящих получателей — и только потом ' +
    'отправляйте. Ничего не уйдёт, пока вы не введёте число получателей.',
  stepsLabel: 'Шаги',
  steps: { what: 'Что', who: 'Кому', look: 'Взглянуть и отправить' },
  kindLabel: 'Что отправить',
  kinds: { template: 'Шаблон', announcement: 'Объявление' },
  kindsAbout: {
    template: 'Опубликованный текст на всех языках, на которых он написан',
    announcement: 'Несколько слов к случаю, без шаблона',
  },
  templateLabel: 'Шаблон',
  chooseTemplate: 'Выберите шаблон',
  noTemplates:
    'Опубликованных шаблонов для заявок нет. Опубликуйте шаблон или напишите объявление.',
  template: templateTitle,
  channelsLabel: 'Каналы',
  languages: { ru: 'По-русски', en: 'По-английски' },
  textsAbout:
    'Простые слова: из них получатся письмо, SMS и сообщение; пустая строка начинает абзац. ' +
    'Хватит и одного языка: кто читает на другом, получит тот, что есть.',
  subject: 'Тема',
  body: 'Текст',
  namesTitle: 'Что можно подставить',
  names: {
    user_full_name: 'имя читателя',
    movie_title: 'название фильма',
    movie_year: 'год фильма',
    movie_description: 'описание фильма',
  },
  whoLabel: 'Кто получит',
  audiences: {
    listed: 'Люди по списку',
    movie: 'Подписчики фильма',
    genre: 'Подписчики жанра',
    all: 'Все',
  },
  idsLabel: 'Номера людей',
  idsAbout:
    'По одному в строке или через запятую. Подойдёт и таблица CSV: в первой строке назовите ' +
    'столбец user_id или id.',
  file: 'Взять из файла',
  fileTooLarge: 'Файл больше 1 МБ: это уже аудитория, а не список.',
  genreLabel: 'Жанр',
  allAbout: 'Каждый, кто есть в таблице, на что бы он ни подписался. Их пожелания остаются в силе.',
  choice: {
    labels: { about: 'О каком фильме речь', followed: 'Чьи подписчики' },
    find: 'Найти',
    hint: 'Часть названия или номер',
    none: 'Ни о каком',
    first: 'Это первые; чтобы найти другой, введите часть названия.',
    more: 'Нашлось больше: введите название подлиннее.',
    empty: 'Фильма с таким названием нет.',
  },
  count: {
    title: 'Кого касается',
    people: (count) => russianNoun(count, 'человек', 'человека', 'человек'),
    nobody: 'Пока никто не выбран',
    notYet: 'Таблицы людей ещё читаются; число появится через мгновение.',
    recount: 'Посчитать',
    column: (name) => `Взято из столбца «${name}»`,
    repeated: (count) => `Повторов: ${count} — каждый посчитан один раз`,
    unknownLine: (line, id) => `Строка ${line}: нет человека с номером «${id}»`,
    more: (count) => `и ещё ${russianCount(count, 'строка', 'строки', 'строк')}`,
  },
  toLook: 'Взглянуть',
  toLookAbout: 'Пока ничего не отправится.',
  problemsTitle: 'Так отправить нельзя',
  problems: {
    noTemplate: 'Выберите шаблон.',
    noMovie: 'Этот шаблон говорит о фильме: выберите, о каком.',
    noChannel: 'Выберите хотя бы один канал.',
    noText: 'Напишите текст — на одном языке или на обоих.',
    atPlace: (language, { line, column }, says) =>
      `${language}, строка ${line}, знак ${column}. ${says}`,
    nobody: 'Назовите хотя бы одного человека.',
    tooMany: (limit) => `В списке может быть не больше ${limit} человек; больше — это аудитория.`,
    moreLines: (count) => `И ещё ${russianCount(count, 'строка', 'строки', 'строк')} с ошибками.`,
    noFollowed: 'Выберите фильм, чьи подписчики это получат.',
    noGenre: 'Назовите жанр.',
  },
  lineFaults: {
    quote: (line, text) => `Строка ${line}: кавычка открыта и не закрыта: ${text}`,
    empty: (line) => `Строка ${line}: в столбце номеров пусто.`,
    id: (line, text) => `Строка ${line}: это не может быть номером: ${text}`,
  },
  reasons: russianReasons,
  look: russianLook,
};

export const sendingWords: Bilingual<SendingWords> = { en: english, ru: russian };
