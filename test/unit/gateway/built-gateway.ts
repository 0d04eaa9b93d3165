import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { buildApp, type GatewayParts } from '../../../gateway/app.ts';
import type { Credentials } from '../../../gateway/credentials/credentials.ts';
import { openPeopleChanges } from '../../../gateway/people/change-people.ts';
import type { GatewayTables } from '../../../gateway/read/tables.ts';
import type { GatewayRecord, Published } from '../../../gateway/write/publisher.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import { createHealth } from '../../../runtime/health.ts';
import { newId } from '../../../runtime/random.ts';
import type { Table } from '../../../runtime/table.ts';
import type {
  Comment,
  Movie,
  NotificationRequested,
  Template,
  User,
} from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { holdToDocument } from './documented-answers.ts';
import { memoryPen } from './memory-pen.ts';
import { memoryPeople } from './memory-people.ts';
import {
  type MemoryTemplates,
  memoryTemplates,
  openMemoryParts,
  openMemoryTemplates,
} from './memory-templates.ts';
import {
  noHistory,
  noLetters,
  noRedrives,
  noSearch,
  nowMs,
  panelParts,
  silentLog,
} from './panel/panel-parts.ts';

export { nowMs, silentLog };
export const apiKeys = [
  { name: 'admins', secret: 'open-sesame' },
  { name: 'robots', secret: 'beep' },
] as const;
export const authorization = `Bearer ${apiKeys[0].secret}`;

export const anna: User = {
  id: '1',
  fullName: 'Анна Каренина',
  email: 'anna@example.com',
  phone: null,
  telegramChatId: null,
  locale: 'ru',
  timeZone: 'Europe/Moscow',
  channels: ['email'],
  followedMovieIds: ['1'],
  followedGenres: ['драма'],
};
const brother: Movie = {
  id: '1',
  title: 'Брат',
  englishTitle: null,
  genres: ['драма'],
  year: 1997,
  description: null,
};
const praise: Comment = {
  id: '1',
  movieId: '1',
  authorId: '1',
  parentCommentId: null,
  text: 'Великий фильм',
  createdAt: nowMs,
};
/** Template 1 speaks of a movie, by e-mail; 2 by SMS; 3 speaks of no movie. */
export const templates: readonly Template[] = [
  {
    id: '1',
    version: 4,
    eventType: 'notificationRequested',
    channel: 'email',
    locale: 'ru',
    texts: [
      { locale: 'ru', subject: '{{ movie_title }}', body: 'Уважаемый {{ user_full_name }}' },
      { locale: 'en', subject: '{{ movie_title }}', body: 'Dear {{ user_full_name }}' },
    ],
    params: ['user_full_name', 'movie_title'],
  },
  {
    id: '2',
    version: 1,
    eventType: 'notificationRequested',
    channel: 'sms',
    locale: 'ru',
    texts: [{ locale: 'ru', subject: null, body: 'Смотрите {{ movie_title }}' }],
    params: ['movie_title'],
  },
  {
    id: '3',
    version: 1,
    eventType: 'notificationRequested',
    channel: 'messenger',
    locale: 'ru',
    texts: [{ locale: 'ru', subject: null, body: 'С праздником, {{ user_full_name }}!' }],
    params: ['user_full_name'],
  },
];

type Keyed = { readonly id: string } | { readonly userId: string };
const keyOf = (value: Keyed) => ('id' in value ? value.id : value.userId);

function filled<V extends Keyed>(values: readonly V[]): Table<V> {
  const rows = values.map((value, offset) => ({ key: keyOf(value), value, offset }));
  return {
    get: (key) => rows.find((row) => row.key === key),
    rows: () => rows,
    rowsWith: () => [],
  };
}

/** The tables of a gateway, with templates that its routes can change. */
export function tablesWith(memory: MemoryTemplates): GatewayTables {
  return {
    users: filled([anna]),
    preferences: filled([]),
    suppressions: filled([]),
    movies: filled([brother]),
    comments: filled([praise]),
    ...memory.tables,
  };
}

export const tables: GatewayTables = tablesWith(memoryTemplates(templates));

/** PostgreSQL is away: who asks with a key that was made there must wait. */
const noCredentials: Credentials = {
  database: {
    query: async () => {
      throw new VestnikError('CREDENTIALS_UNAVAILABLE', 'away');
    },
  },
  passwords: { hash: async () => '', verify: async () => false },
  clock: systemClock,
  newId: () => newId(nowMs),
  newSecret: () => '',
};

/** A gateway whose surroundings are all well, and what it wrote. */
export type BuiltGateway = {
  readonly app: FastifyInstance;
  readonly close: () => Promise<void>;
  /** Values of notification-requested. */
  readonly written: NotificationRequested[];
  /** All that was written, in its order. */
  readonly records: GatewayRecord[];
};

/** Builds the real app on tables in memory; closed when the test ends. */
export async function buildGateway(parts: Partial<GatewayParts> = {}): Promise<BuiltGateway> {
  const written: NotificationRequested[] = [];
  const records: GatewayRecord[] = [];
  const people = await memoryPeople({ users: [anna] });
  const memory = memoryTemplates(templates);
  const world = tablesWith(memory);
  const all: Omit<GatewayParts, 'peopleChanges'> = {
    source: { tables: () => world, progress: () => ({ restored: 7, total: 7 }) },
    people: () => people,
    publish: async (some): Promise<Published> => {
      records.push(...some);
      const requests = some.filter(({ topic }) => topic === topics.notificationRequested);
      written.push(...requests.map(({ value }) => value as NotificationRequested));
      return { kind: 'acknowledged' };
    },
    kafkaAnswers: async () => true,
    history: noHistory,
    deadLetters: noLetters,
    redrives: noRedrives,
    peopleSearch: noSearch,
    auditLog: { list: async () => ({ entries: [], next: null }) },
    notificationSearch: { list: async () => ({ notifications: [], next: null }) },
    notificationStories: { storyOf: async () => null },
    templates: openMemoryTemplates({ memory, tables: world }),
    sharedParts: openMemoryParts({ memory, tables: world }),
    apiKeys,
    credentials: noCredentials,
    clock: { ...systemClock, nowMs: () => nowMs },
    health: createHealth(silentLog),
    loopDelayMs: () => 0,
    newId: () => newId(nowMs),
    log: silentLog,
    panel: panelParts(),
    ...parts,
  };
  const changePerson = memoryPen(all.publish);
  const peopleChanges = openPeopleChanges({ ...all, changePerson });
  const { app, close } = await buildApp({ peopleChanges, ...all });
  onTestFinished(() => app.close());
  await holdToDocument(app);
  return { app, close, written, records };
}
