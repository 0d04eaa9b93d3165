import type { Channel, User } from '../../schemas/generated/records.ts';

/** Russian and British: language, time zone, the domain of the address, and a fictional number. */
const homes = {
  ru: {
    locale: 'ru',
    timeZone: 'Europe/Moscow',
    domain: 'example.ru',
    // No subscriber's number in Moscow begins with 0, so these are nobody's.
    phone: (id: number) => `+74950000${String(id).padStart(3, '0')}`,
  },
  en: {
    locale: 'en-GB',
    timeZone: 'Europe/London',
    domain: 'example.com',
    // Ofcom keeps 07700 900000 to 900999 free for drama.
    phone: (id: number) => `+447700900${String(id).padStart(3, '0')}`,
  },
} as const;

const channelsByLetter: Readonly<Record<string, Channel>> = {
  e: 'email',
  s: 'sms',
  m: 'messenger',
};

const firstChatId = 700_000_000;

const words = (text: string) => text.split(' ').filter(Boolean);

/**
 * A person. `channels` is one letter for each: e-mail, SMS, messenger. An address belongs to each
 * channel that was chosen; everybody has an e-mail address.
 */
function person(
  id: number,
  fullName: string,
  mailbox: string,
  home: keyof typeof homes,
  channels: string,
  followedMovieIds = '',
  followedGenres = '',
): User {
  const { locale, timeZone, domain, phone } = homes[home];
  return {
    id: String(id),
    fullName,
    email: `${mailbox}@${domain}`,
    phone: channels.includes('s') ? phone(id) : null,
    telegramChatId: channels.includes('m') ? String(firstChatId + id) : null,
    locale,
    timeZone,
    channels: channels.split('').flatMap((letter) => channelsByLetter[letter] ?? []),
    followedMovieIds: words(followedMovieIds),
    followedGenres: words(followedGenres),
  };
}

/** People with made-up names; no address or number of theirs can be anybody's. */
export const users: readonly User[] = [
  person(1, 'Алексей Воронцов', 'a.vorontsov', 'ru', 'esm', '1 2', 'spy war'),
  person(2, 'Михаил Лебедев', 'm.lebedev', 'ru', 'es', '1 7', 'history'),
  person(3, 'Дмитрий Соколовский', 'd.sokolovsky', 'ru', 'em', '1 3 17', 'crime'),
  person(4, 'Ольга Синицына', 'o.sinitsyna', 'ru', 'em', '2 10', 'romance comedy'),
  person(5, 'Emily Carter', 'emily.carter', 'en', 'em', '4 6', 'mystery'),
  person(6, 'Thomas Whitfield', 't.whitfield', 'en', 'esm', '1 6', 'spy crime'),
  person(7, 'Наталья Белова', 'n.belova', 'ru', 'e', '8 9', 'drama'),
  person(8, 'Игорь Ковалёв', 'i.kovalev', 'ru', 'esm', '2 5', 'crime thriller'),
  person(9, 'Анна Журавлёва', 'a.zhuravleva', 'ru', 'em', '16 20', 'animation family'),
  person(10, 'Сергей Дорохов', 's.dorokhov', 'ru', 'es', '13 14', 'sci-fi'),
  person(11, 'Charlotte Hughes', 'charlotte.hughes', 'en', 'e', '4 7', 'history drama'),
  person(12, 'Елена Морозова', 'e.morozova', 'ru', 'esm', '9 10', 'comedy romance'),
  person(13, 'Павел Гришин', 'p.grishin', 'ru', 'm', '5 17', 'crime'),
  person(14, 'James Ellery', 'james.ellery', 'en', 'em', '14 19', 'sci-fi'),
  person(15, 'Виктория Лазарева', 'v.lazareva', 'ru', 'e', '18 20', 'animation'),
  person(16, 'Роман Терентьев', 'r.terentyev', 'ru', 'es', '1 3', 'adventure'),
  person(17, 'Ксения Орлова', 'k.orlova', 'ru', 'em', '4 6', 'mystery drama'),
  person(18, 'Oliver Penhale', 'o.penhale', 'en', 's', '6', 'crime'),
  person(19, 'Андрей Мельников', 'a.melnikov', 'ru', 'e', '11 12', 'comedy'),
  person(20, 'Татьяна Ефремова', 't.efremova', 'ru', 'esm', '10 16', 'war romance'),
  person(21, 'Grace Bellamy', 'grace.bellamy', 'en', 'e', '9 20', 'family'),
  person(22, 'Николай Рожков', 'n.rozhkov', 'ru', 'em', '7 15', 'history'),
  person(23, 'Юлия Савельева', 'y.savelyeva', 'ru', 'e', '8', 'thriller'),
  person(24, 'Harry Langford', 'harry.langford', 'en', 'es', '5 19', 'thriller'),
  person(25, 'Владимир Зимин', 'v.zimin', 'ru', 'm', '13 14', 'sci-fi'),
  person(26, 'Мария Котова', 'm.kotova', 'ru', 'em', '18', 'family animation'),
  person(27, 'Артём Беляев', 'a.belyaev', 'ru', 'esm', '3 6', 'crime mystery'),
  person(28, 'Isla Drummond', 'isla.drummond', 'en', 'e', '1 16', 'war'),
  person(29, 'Екатерина Носова', 'e.nosova', 'ru', 'es', '9', 'comedy'),
  person(30, 'Григорий Панин', 'g.panin', 'ru', 'e', '2 11', 'crime comedy'),
  person(31, 'Жанна Ростова', 'z.rostova', 'ru', 'em', '10', 'romance'),
  person(32, 'Edward Marlowe', 'edward.marlowe', 'en', 'esm', '4 7', 'mystery history'),
  person(33, 'Кирилл Фадеев', 'k.fadeev', 'ru', 'e', '12 19', 'sci-fi comedy'),
  person(34, 'Светлана Игнатова', 's.ignatova', 'ru', 's', '8', 'drama'),
  person(35, 'Amelia Rowntree', 'amelia.rowntree', 'en', 'em', '20', 'fantasy animation'),
  person(36, 'Борис Крылатов', 'b.krylatov', 'ru', 'e', '15', 'history war'),
  person(37, 'Людмила Чайкина', 'l.chaykina', 'ru', 'em', '1 16', 'war'),
  person(38, 'Фёдор Суворин', 'f.suvorin', 'ru', 'es', '17', 'crime drama'),
  person(39, 'Lewis Ashdown', 'lewis.ashdown', 'en', 'm', '5', 'crime'),
  person(40, 'Алина Вишневская', 'a.vishnevskaya', 'ru', 'e', '20 18', 'fantasy'),
  person(41, 'Максим Ларин', 'm.larin', 'ru', 'esm', '14', 'sci-fi thriller'),
  person(42, 'Sophie Thornbury', 'sophie.thornbury', 'en', 'e', '13', 'sci-fi'),
  person(43, 'Вера Колесникова', 'v.kolesnikova', 'ru', 'em', '9 12', 'comedy'),
  person(44, 'Степан Ушаков', 's.ushakov', 'ru', 'e', '3', 'adventure'),
  person(45, 'Дарья Миронова', 'd.mironova', 'ru', 'es', '6', 'mystery'),
  person(46, 'Henry Castleton', 'henry.castleton', 'en', 'em', '17', 'drama'),
  person(47, 'Лев Золотарёв', 'l.zolotarev', 'ru', 'm', '19', 'thriller sci-fi'),
  person(48, 'Полина Астахова', 'p.astakhova', 'ru', 'e', '4', 'mystery'),
  person(49, 'Ruby Farnham', 'ruby.farnham', 'en', 'esm', '18 20', 'family'),
  person(50, 'Тимофей Ершов', 't.ershov', 'ru', 'em', '2 5', 'crime'),
];
