import type { Channel, EventType, Template } from '../../schemas/generated/records.ts';
import { type LetterWords, letter } from './letter.ts';

type Text = Template['texts'][number];

/** The names that a text may use, beside the two that every one of ours may. */
const paramsOf: Readonly<Record<EventType, readonly string[]>> = {
  episodeReleased: ['season', 'episode', 'episode_title'],
  movieAdded: [],
  commentReplied: ['reply_author_name', 'reply_text', 'comment_text'],
  notificationRequested: [],
};

function template(
  id: number,
  eventType: EventType,
  channel: Channel,
  texts: readonly Text[],
): Template {
  const params = ['user_full_name', 'movie_title', 'movie_year', ...paramsOf[eventType]];
  return { id: String(id), version: 1, eventType, channel, locale: 'ru', texts, params };
}

const mail = (subject: string, words: LetterWords): Text => {
  return { locale: words.language, subject, body: letter(words) };
};
const plain = (ru: string, en: string): readonly Text[] => [
  { locale: 'ru', subject: null, body: ru },
  { locale: 'en', subject: null, body: en },
];

const title = '{{ movie_title }}';
const aside = '{{ movie_year }}';
const requestFooter = {
  ru: 'Это письмо отправил вам администратор сервиса.',
  en: 'An administrator of the service sent you this letter.',
};
const movieFooter = {
  ru: 'Вы получили это письмо, потому что следите за этим сериалом.',
  en: 'You get this letter because you follow this series.',
};
const genreFooter = {
  ru: 'Вы получили это письмо, потому что следите за жанром этого фильма.',
  en: 'You get this letter because you follow a genre of this film.',
};
const commentFooter = {
  ru: 'Вы получили это письмо, потому что на ваш комментарий ответили.',
  en: 'You get this letter because your comment was answered.',
};

const requestTemplates: readonly Template[] = [
  template(1, 'notificationRequested', 'email', [
    mail('Вышла новая серия: {{ movie_title }}', {
      language: 'ru',
      kicker: 'Новая серия',
      title,
      aside,
      lead: 'Уважаемый {{ user_full_name }}, вышла новая серия {{ movie_title }}',
      footer: requestFooter.ru,
    }),
    mail('A new episode is out: {{ movie_title }}', {
      language: 'en',
      kicker: 'New episode',
      title,
      aside,
      lead: 'Dear {{ user_full_name }}, a new episode of {{ movie_title }} is out',
      footer: requestFooter.en,
    }),
  ]),
  template(
    2,
    'notificationRequested',
    'sms',
    plain(
      'Уважаемый {{ user_full_name }}, вышла новая серия {{ movie_title }}',
      'Dear {{ user_full_name }}, a new episode of {{ movie_title }} is out',
    ),
  ),
  template(
    3,
    'notificationRequested',
    'messenger',
    plain(
      'Уважаемый {{ user_full_name }}, вышла новая серия <b>{{ movie_title }}</b>',
      'Dear {{ user_full_name }}, a new episode of <b>{{ movie_title }}</b> is out',
    ),
  ),
];

const episodeTemplates: readonly Template[] = [
  template(4, 'episodeReleased', 'email', [
    mail('{{ movie_title }}: сезон {{ season }}, серия {{ episode }}', {
      language: 'ru',
      kicker: 'Сезон {{ season }}, серия {{ episode }}',
      title,
      aside,
      lead: 'Здравствуйте, {{ user_full_name }}! Уже можно смотреть серию «{{ episode_title }}».',
      footer: movieFooter.ru,
    }),
    mail('{{ movie_title }}: season {{ season }}, episode {{ episode }}', {
      language: 'en',
      kicker: 'Season {{ season }}, episode {{ episode }}',
      title,
      aside,
      lead: 'Hello {{ user_full_name }}! The episode “{{ episode_title }}” can be watched now.',
      footer: movieFooter.en,
    }),
  ]),
  template(
    5,
    'episodeReleased',
    'sms',
    plain(
      '{{ movie_title }}: вышла серия {{ episode }} сезона {{ season }}',
      '{{ movie_title }}: season {{ season }}, episode {{ episode }} is out',
    ),
  ),
  template(
    6,
    'episodeReleased',
    'messenger',
    plain(
      '<b>{{ movie_title }}</b>, сезон {{ season }}, серия {{ episode }}: «{{ episode_title }}»',
      '<b>{{ movie_title }}</b>, season {{ season }}, episode {{ episode }}: “{{ episode_title }}”',
    ),
  ),
];

const movieTemplates: readonly Template[] = [
  template(7, 'movieAdded', 'email', [
    mail('Новое в каталоге: {{ movie_title }}', {
      language: 'ru',
      kicker: 'Новое в каталоге',
      title,
      aside,
      lead: 'Здравствуйте, {{ user_full_name }}! В каталоге появилась новинка вашего жанра.',
      footer: genreFooter.ru,
    }),
    mail('New in the catalogue: {{ movie_title }}', {
      language: 'en',
      kicker: 'New in the catalogue',
      title,
      aside,
      lead: 'Hello {{ user_full_name }}! Something new of a genre you follow is in the catalogue.',
      footer: genreFooter.en,
    }),
  ]),
  template(
    8,
    'movieAdded',
    'messenger',
    plain(
      'Новое в каталоге: <b>{{ movie_title }}</b> ({{ movie_year }})',
      'New in the catalogue: <b>{{ movie_title }}</b> ({{ movie_year }})',
    ),
  ),
];

const replyTemplates: readonly Template[] = [
  template(9, 'commentReplied', 'email', [
    mail('{{ reply_author_name }}: ответ на ваш комментарий', {
      language: 'ru',
      kicker: 'Ответ на ваш комментарий',
      title,
      lead: 'Здравствуйте, {{ user_full_name }}! Вы писали: «{{ comment_text }}»',
      quote: { of: '{{ reply_author_name }}', text: '{{ reply_text }}' },
      footer: commentFooter.ru,
    }),
    mail('{{ reply_author_name }} replied to your comment', {
      language: 'en',
      kicker: 'A reply to your comment',
      title,
      lead: 'Hello {{ user_full_name }}! You wrote: “{{ comment_text }}”',
      quote: { of: '{{ reply_author_name }}', text: '{{ reply_text }}' },
      footer: commentFooter.en,
    }),
  ]),
  template(
    10,
    'commentReplied',
    'messenger',
    plain(
      '<b>{{ reply_author_name }}</b> отвечает вам ({{ movie_title }}):\n{{ reply_text }}',
      '<b>{{ reply_author_name }}</b> replied to you ({{ movie_title }}):\n{{ reply_text }}',
    ),
  ),
];

/**
 * What Vestnik says, in both languages. There is no SMS for a new film or a reply: an SMS costs
 * money and interrupts, which only an episode that somebody waits for is worth.
 */
export const templates: readonly Template[] = [
  ...requestTemplates,
  ...episodeTemplates,
  ...movieTemplates,
  ...replyTemplates,
];
