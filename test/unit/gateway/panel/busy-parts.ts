import type { Account } from '../../../../gateway/credentials/accounts.ts';
import type { ApiKey } from '../../../../gateway/credentials/api-keys.ts';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import type { AuditLine } from '../../../../gateway/read/audit-log.ts';
import type { NotificationStory } from '../../../../gateway/read/notification-story.ts';
import type { GatewayTables } from '../../../../gateway/read/tables.ts';
import type { RedriveRun } from '../../../../gateway/redrives/redrives.ts';
import type { Table } from '../../../../runtime/table.ts';
import type { User } from '../../../../schemas/generated/records.ts';
import { noAccess, noRedrives, nowMs, panelParts, viewer } from './panel-parts.ts';

/** What somebody might try to make a page of. */
export const hostile = `<script>alert(1)</script>"'{{constructor}}`;
export const notificationId = '0199bbbb-0000-7000-8000-000000000002';
export const declinedId = '0199bbbb-0000-7000-8000-000000000003';

const source = { topic: hostile, partition: 1, offset: 7 };

/** A notification to which everything happened. */
const sent: NotificationStory = {
  notificationId,
  state: 'delivered',
  userId: hostile,
  channel: 'email',
  templateId: hostile,
  templateVersion: 3,
  textMissing: null,
  requestId: hostile,
  occurredAtMs: nowMs,
  event: { eventId: hostile, eventType: 'notificationRequested', source },
  writtenAtMs: nowMs,
  joined: { user: source, preference: null },
  text: {
    templateVersion: 4,
    locale: hostile,
    address: hostile,
    recipientName: hostile,
    subject: hostile,
    body: hostile,
  },
  decision: null,
  erasedAtMs: null,
  attempts: [
    {
      kind: 'throttled',
      attempt: 1,
      providerId: hostile,
      code: hostile,
      reason: hostile,
      retryAfterMs: 1500,
      happenedAtMs: nowMs,
    },
  ],
};

const declined: NotificationStory = {
  ...sent,
  notificationId: declinedId,
  state: 'suppressed',
  text: null,
  joined: null,
  attempts: [],
  decision: { reason: 'optedOutChannel', detail: hostile },
  erasedAtMs: nowMs,
};

const found = {
  ...sent,
  eventType: 'movieAdded',
  reason: hostile,
  attempts: 1,
  changedAtMs: nowMs,
} as const;

/** One that looked, and one that sends, with the worst of words. */
export const looked: RedriveRun = {
  redriveId: 'looked',
  request: {
    code: 'MOVIE_UNKNOWN',
    topic: hostile,
    process: hostile,
    key: hostile,
    place: { partition: 0, offset: 5 },
    sinceMs: nowMs,
    untilMs: nowMs,
    dryRun: true,
    ratePerSecond: 50,
  },
  askedBy: hostile,
  beganAtMs: nowMs,
  endedAtMs: nowMs,
  state: 'done',
  offsets: 10,
  counts: { sent: 1200, already: 3, tooLarge: 1 },
  sent: 0,
  reason: null,
};
const failed: RedriveRun = {
  ...looked,
  redriveId: 'failed',
  request: { ...looked.request, dryRun: false },
  state: 'failed',
  sent: 7,
  reason: hostile,
};
const runs = [looked, failed];

const user: User = {
  id: hostile,
  fullName: hostile,
  email: hostile,
  phone: null,
  telegramChatId: hostile,
  locale: hostile,
  timeZone: hostile,
  channels: ['email', 'unknown'],
  followedMovieIds: [hostile],
  followedGenres: [hostile],
};

const rowsOf = <V>(value: V): Table<V> => {
  const row = { key: hostile, value, offset: 1 };
  return { get: (key) => (key === hostile ? row : undefined), rows: () => [], rowsWith: () => [] };
};

/** One person, with the worst of words in every field. */
const hostileTables = (): GatewayTables | null => {
  const tables = panelParts().source.tables();
  return (
    tables && {
      ...tables,
      users: rowsOf(user),
      preferences: rowsOf({
        userId: hostile,
        optedOutChannels: ['sms', 'unknown'],
        optedOutEvents: ['movieAdded'],
        updatedAt: nowMs,
      }),
      suppressions: rowsOf({
        userId: hostile,
        addresses: [{ channel: 'unknown', address: hostile, reason: hostile, since: nowMs }],
      }),
    }
  );
};

export const keyId = '0199cccc-0000-7000-8000-000000000001';
export const accountId = '0199cccc-0000-7000-8000-000000000002';

const key: ApiKey = {
  id: keyId,
  name: hostile,
  scopes: ['notifications:write'],
  requestsPerMinute: 100,
  notificationsPerDay: 2000,
  createdBy: hostile,
  createdAtMs: nowMs,
  expiresAtMs: nowMs - 1,
  lastUsedAtMs: nowMs,
  revokedAtMs: null,
};
const account: Account = {
  id: accountId,
  name: hostile,
  role: 'editor',
  hasPassword: false,
  createdAtMs: nowMs,
  disabledAtMs: nowMs,
  seenAtMs: null,
};

/** An entry of the audit, with the worst of words. */
const entry: AuditLine = {
  atMs: nowMs,
  entryId: hostile,
  actorKind: 'constructor',
  actorId: hostile,
  actorName: hostile,
  action: 'toString',
  subjectKind: 'user',
  subjectId: hostile,
  detail: hostile,
};

/** The people's side of a system in which all has happened, with the worst of words. */
export const busyPeople: Partial<PanelParts> = {
  access: {
    ...noAccess,
    keys: async () => [key, { ...key, revokedAtMs: nowMs, expiresAtMs: null }],
    accounts: async () => [account, { ...account, id: viewer.id, disabledAtMs: null }],
  },
  auditLog: {
    list: async () => ({ entries: [entry, { ...entry, action: 'person.erased' }], next: entry }),
  },
  source: { tables: hostileTables, progress: () => ({ restored: 1, total: 1 }) },
  redrives: {
    ...noRedrives,
    find: (id) => runs.find(({ redriveId }) => redriveId === id),
    list: () => runs,
  },
  notificationSearch: {
    list: async () => ({
      notifications: [
        found,
        { ...found, notificationId: declinedId, state: 'suppressed', reason: 'optedOutChannel' },
        { ...found, channel: null, templateId: null, eventType: null, reason: null },
      ],
      next: { occurredAtMs: nowMs, notificationId },
    }),
  },
  notificationStories: {
    storyOf: async (id) => [sent, declined].find((each) => each.notificationId === id) ?? null,
  },
};
