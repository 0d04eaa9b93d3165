import type { Comment } from '../../schemas/generated/records.ts';

const firstDay = Date.parse('2026-01-12T18:00:00Z');
const hourMs = 60 * 60 * 1_000;
const hoursBetween = 7;

const comment = (
  id: number,
  movieId: number,
  authorId: number,
  text: string,
  parentId: number | null = null,
): Comment => ({
  id: String(id),
  movieId: String(movieId),
  authorId: String(authorId),
  parentCommentId: parentId === null ? null : String(parentId),
  text,
  createdAt: firstDay + id * hoursBetween * hourMs,
});

/** Talks about the movies. Whoever was replied to can be reached by messenger. */
export const comments: readonly Comment[] = [
  comment(1, 1, 1, 'Пересматриваю каждую весну. Лучше Штирлица никого не сыграли.'),
  comment(2, 1, 3, 'А музыка Таривердиева! Без неё половины фильма нет.', 1),
  comment(3, 4, 5, 'Damn fine coffee, and the best pilot episode ever made.'),
  comment(4, 4, 17, 'Согласна. После второй серии я боялась выключать свет.', 3),
  comment(5, 2, 8, 'Жеглов прав, вор должен сидеть в тюрьме. Но методы…'),
  comment(6, 2, 50, 'В этом споре и весь фильм: Шарапов так не смог бы.', 5),
  comment(7, 20, 9, 'Дети смотрят третий раз за неделю и просят ещё.'),
  comment(8, 20, 35, 'Ours too! The train across the water is pure magic.', 7),
  comment(9, 14, 14, 'I have seen it four times and still argue with myself about the Room.'),
  comment(10, 14, 41, 'Значит, фильм работает. Зона у каждого своя.', 9),
  comment(11, 9, 12, 'Какая же гадость эта ваша заливная рыба — и каждый год смешно.'),
  comment(12, 9, 4, 'Тридцать первого декабря без него не наступает Новый год.', 11),
];
