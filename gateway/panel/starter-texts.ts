import type { Channel, EventType, TemplateText } from '../../schemas/generated/records.ts';

type Line = { readonly subject: string; readonly line: string };

/** A few words to begin with, which can be published as they are. */
const starters: Readonly<Record<EventType, Readonly<Record<'ru' | 'en', Line>>>> = {
  episodeReleased: {
    ru: {
      subject: '{{ movie_title }}: вышла новая серия',
      line: '«{{ movie_title }}»: сезон {{ season }}, серия {{ episode }} уже на экране.',
    },
    en: {
      subject: '{{ movie_title }}: a new episode',
      line: '“{{ movie_title }}”: season {{ season }}, episode {{ episode }} is out.',
    },
  },
  movieAdded: {
    ru: { subject: 'Новое: {{ movie_title }}', line: 'У нас появился фильм «{{ movie_title }}».' },
    en: { subject: 'New: {{ movie_title }}', line: 'We have a new movie: “{{ movie_title }}”.' },
  },
  commentReplied: {
    ru: {
      subject: '{{ reply_author_name }} отвечает вам',
      line: '{{ reply_author_name }} отвечает на ваш комментарий: «{{ reply_text }}»',
    },
    en: {
      subject: '{{ reply_author_name }} answered you',
      line: '{{ reply_author_name }} answered your comment: “{{ reply_text }}”',
    },
  },
  notificationRequested: {
    ru: { subject: 'Для вас, {{ user_full_name }}', line: 'У нас есть для вас новость.' },
    en: { subject: 'For you, {{ user_full_name }}', line: 'We have news for you.' },
  },
};

const greetings = { ru: 'Здравствуйте', en: 'Hello' } as const;

function bodyFor(channel: Channel, language: 'ru' | 'en', line: string): string {
  const greeting = `${greetings[language]}, {{ user_full_name }}!`;
  switch (channel) {
    case 'email':
      return `<p>${greeting}</p>\n<p>${line}</p>\n`;
    case 'sms':
      return line;
    case 'messenger':
      return `<b>${greeting}</b>\n\n${line}`;
  }
}

/** What a new template says, in both languages. */
export function starterTexts(eventType: EventType, channel: Channel): readonly TemplateText[] {
  return (['ru', 'en'] as const).map((locale) => {
    const { subject, line } = starters[eventType][locale];
    const body = bodyFor(channel, locale, line);
    return { locale, subject: channel === 'email' ? subject : null, body };
  });
}
