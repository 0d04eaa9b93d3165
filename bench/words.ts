import type { Template } from '../schemas/generated/records.ts';

type Language = 'ru' | 'en';

/** Names as they occur; some hold a character that HTML must escape. */
export const firstNames: Readonly<Record<Language, readonly string[]>> = {
  ru: ['Анна', 'Александр', 'Мария', 'Дмитрий', 'Екатерина', 'Пётр', 'Ольга', 'Фёдор', 'Наталья'],
  en: ['John', 'Emily', 'Oliver', 'Charlotte', 'Noah', 'Grace', 'Theodore', 'Zoë'],
};
export const lastNames: Readonly<Record<Language, readonly string[]>> = {
  ru: ['Каренина', 'Вознесенский', 'Белова', 'Щербаков', 'Ростова', 'Мещерский', 'Левина'],
  en: ["O'Neil", 'Whitaker', 'Bennet', 'Ashworth', 'Müller', 'Harrington', "D'Arcy"],
};

type Bilingual = Readonly<Record<Language, string>>;
type TitleWord = { readonly adjective: Bilingual; readonly noun: Bilingual };

const word = (ru: readonly [string, string], en: readonly [string, string]): TitleWord => ({
  adjective: { ru: ru[0], en: en[0] },
  noun: { ru: ru[1], en: en[1] },
});

export const titleWords: readonly TitleWord[] = [
  word(['Долгий', 'рассвет'], ['The Long', 'Dawn']),
  word(['Тихий', 'берег'], ['The Quiet', 'Shore']),
  word(['Последний', 'поезд & перрон'], ['The Last', 'Train & Platform']),
  word(['Северный', 'ветер'], ['The Northern', 'Wind']),
  word(['Чужой', 'город'], ["The Stranger's", 'Town']),
];
export const episodeTitles: readonly string[] = [
  'Возвращение домой',
  'The "Other" Side',
  'Письмо без адреса',
  'What Remains',
  'Двенадцать часов',
];

const episodeParams = ['user_full_name', 'movie_title', 'season', 'episode', 'episode_title'];
const episodeSubject = {
  ru: 'Новая серия: {{ movie_title }}',
  en: '{{ movie_title }}: a new episode for {{ user_full_name }}',
} as const;

function episodeTemplate(id: string, channel: Template['channel'], bodies: Bilingual): Template {
  const texts = (['ru', 'en'] as const).map((locale) => ({
    locale,
    subject: channel === 'email' ? episodeSubject[locale] : null,
    body: bodies[locale],
  }));
  const params = episodeParams;
  return { id, version: 3, eventType: 'episodeReleased', channel, locale: 'ru', texts, params };
}

const html: Bilingual = {
  ru:
    '<p>Уважаемый {{ user_full_name }},</p><p>вышла серия {{ episode }} сезона {{ season }} ' +
    '«{{ episode_title }}»: <b>{{ movie_title }}</b>. Приятного просмотра!</p>',
  en:
    '<p>Dear {{ user_full_name }},</p><p>season {{ season }}, episode {{ episode }}, ' +
    '“{{ episode_title }}” of <b>{{ movie_title }}</b> is out. Enjoy watching it tonight!</p>',
};
const plain: Bilingual = {
  ru:
    '{{ user_full_name }}, вышла серия {{ episode }} сезона {{ season }} «{{ episode_title }}»: ' +
    '{{ movie_title }}. Смотрите на сайте и в приложении.',
  en:
    '{{ user_full_name }}, season {{ season }}, episode {{ episode }}, "{{ episode_title }}" of ' +
    '{{ movie_title }} is out. Watch it on the site or in the app.',
};

/** One e-mail, one SMS and one messenger text for an episode; one messenger text for a reply. */
export const templates: readonly Template[] = [
  episodeTemplate('episode-email', 'email', html),
  episodeTemplate('episode-sms', 'sms', plain),
  episodeTemplate('episode-messenger', 'messenger', html),
  {
    id: 'reply-messenger',
    version: 1,
    eventType: 'commentReplied',
    channel: 'messenger',
    locale: 'ru',
    texts: [
      {
        locale: 'ru',
        subject: null,
        body:
          '{{ user_full_name }}, {{ reply_author_name }} отвечает на ваш комментарий ' +
          '«{{ comment_text }}»: {{ reply_text }}',
      },
    ],
    params: ['user_full_name', 'reply_author_name', 'comment_text', 'reply_text'],
  },
];
