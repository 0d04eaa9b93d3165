import type { Language } from '../../runtime/config.ts';
import type { Role } from '../credentials/roles.ts';

const english = {
  usage: 'npm run admin -- --name <name> [--role viewer|editor|publisher|admin] [--url <address>]',
  unknownArgument: 'There is an argument that is not known.',
  nameMissing: 'Say who is to log in: --name Anna',
  unknownRole: (known: readonly string[]) => `--role is one of ${known.join(', ')}.`,
  badUrl: '--url is the address of the gateway, as https://vestnik.example.',
  made: (name: string, role: Role) => `${name} may log in now, as ${role}.`,
  found: (name: string, role: Role) => `${name} is there already, as ${role}.`,
  link: 'The link works once, within an hour:',
};

/** All that the command says in one language. */
export type Words = typeof english;

const russianRoles: Readonly<Record<Role, string>> = {
  viewer: 'наблюдатель',
  editor: 'редактор',
  publisher: 'издатель',
  admin: 'администратор',
};

const russian: Words = {
  usage: 'npm run admin -- --name <имя> [--role viewer|editor|publisher|admin] [--url <адрес>]',
  unknownArgument: 'Среди аргументов есть неизвестный.',
  nameMissing: 'Укажите, кто будет входить: --name Анна',
  unknownRole: (known) => `--role принимает одно из значений: ${known.join(', ')}.`,
  badUrl: '--url — это адрес шлюза, например https://vestnik.example.',
  made: (name, role) => `Теперь ${name} может войти. Роль: ${russianRoles[role]}.`,
  found: (name, role) => `Учётная запись «${name}» уже есть. Роль: ${russianRoles[role]}.`,
  link: 'Ссылка сработает один раз, в течение часа:',
};

/** The words of a language. */
export const wordsFor = (language: Language): Words => (language === 'ru' ? russian : english);
