import { expect, test } from 'vitest';
import { notify } from '../../../processors/notify.ts';
import type { Processor } from '../../../runtime/processor.ts';
import type { NotifyCommand, User } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver } from '../../driver/driver.ts';

const { fanOut: _, ...slowNotify } = notify;

const names = [
  'Анна',
  'Anna Karenina',
  'Я'.repeat(40),
  'n'.repeat(90),
  'e\u0301'.repeat(45),
  '🎬🎬',
];
const users = names.map(
  (fullName, index): User => ({
    id: `user-${index}`,
    fullName,
    email: 'anna@example.com',
    phone: null,
    telegramChatId: null,
    locale: 'ru',
    timeZone: null,
    channels: ['email'],
    followedMovieIds: [],
    followedGenres: [],
  }),
);

function commandFor(title: string, subject: string): NotifyCommand {
  const texts = [{ locale: 'ru', subject, body: 'Привет' }];
  const params = ['user_full_name', 'movie_title'];
  const kind = { eventType: 'movieAdded', channel: 'email', locale: 'ru' } as const;
  return {
    eventId: 'event-1',
    eventType: 'movieAdded',
    source: { topic: 'movie-added', partition: 0, offset: 1 },
    occurredAt: 0,
    requestId: null,
    audienceKind: 'everyone',
    audienceKeys: [],
    params: [],
    movie: { id: 'm1', title, englishTitle: null, genres: [], year: 1997, description: null },
    templates: [{ id: 't', version: 1, ...kind, texts, params }],
    digest: '',
    part: 0,
    redriven: false,
  };
}

/** The subject of each person, by their ids. */
async function subjectsBy(processor: Processor, command: NotifyCommand) {
  const driver = await createDriver([processor]);
  for (const user of users) driver.table(topics.users, user.id, user);
  driver.broadcast(topics.broadcastCommands, command);
  const written = driver.outputs(topics.emailNotificationsBulk);
  return Object.fromEntries(written.map(({ userId, subject }) => [userId, subject ?? '']));
}

const subjects = [
  '{{movie_title}}',
  '{{movie_title}} {{user_full_name}}',
  '{{user_full_name}}: {{movie_title}}, {{user_full_name}}',
];
const titles = [160, 205, 249, 250, 251].flatMap((chars) => [
  'Т'.repeat(chars),
  '🎬'.repeat(chars),
  `${'e\u0301'.repeat(Math.floor(chars / 2))}t`,
]);

test.each(subjects)('the subject %s is cut at the same place on both ways', async (subject) => {
  for (const title of titles) {
    const command = commandFor(title, subject);
    const slow = await subjectsBy(slowNotify, command);
    expect(Object.keys(slow)).toHaveLength(users.length);
    expect(await subjectsBy(notify, command)).toEqual(slow);
    const chars = Object.values(slow).map((line) => Array.from(line).length);
    expect(Math.max(...chars)).toBeLessThanOrEqual(250);
  }
});
