import type { Bilingual } from './bilingual.ts';

const english = {
  title: 'Log in',
  lead: 'Welcome. Say who you are, and the news will follow.',
  name: 'Name',
  password: 'Password',
  submit: 'Log in',
  forgotten: 'Forgotten, or never had one? An administrator can give you a link that logs you in.',
  refused: 'There is no such name with this password. Check both and try again.',
  throttled: (seconds: string) => `Too many attempts. Try again in ${seconds} s.`,
  linkTitle: 'One click, and you are in',
  linkLead:
    'This link works once. So that a mail scanner cannot use it up before you, the button does it.',
  linkSubmit: 'Log me in',
  linkSpent: 'This link was used already, or its time is over. Ask for a new one, or log in.',
};

/** What the pages of the log-in say. */
export type LogInWords = typeof english;

const russian: LogInWords = {
  title: 'Вход',
  lead: 'Здравствуйте. Представьтесь, и вести не заставят себя ждать.',
  name: 'Имя',
  password: 'Пароль',
  submit: 'Войти',
  forgotten: 'Забыли пароль или его ещё не было? Администратор даст ссылку для входа.',
  refused: 'Такого имени с таким паролем нет. Проверьте и то и другое и попробуйте ещё раз.',
  throttled: (seconds) => `Слишком много попыток. Попробуйте через ${seconds} с.`,
  linkTitle: 'Одно нажатие, и вы внутри',
  linkLead: 'Ссылка действует один раз. Чтобы её не истратил почтовый сканер, нужно нажать кнопку.',
  linkSubmit: 'Войти',
  linkSpent: 'Ссылка уже использована или её срок вышел. Попросите новую или войдите с паролем.',
};

export const logInWords: Bilingual<LogInWords> = { en: english, ru: russian };
