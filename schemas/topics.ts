import type { Records } from './generated/records.ts';

/** Name of a record type, as its `.avsc` file spells it. */
export type RecordName = keyof Records;

/** The programs that write and read topics; the direction of the arrows in the docs. */
export type Role =
  | 'upstream'
  | 'gateway'
  | 'audience'
  | 'notify'
  | 'email'
  | 'sms'
  | 'messenger'
  | 'postgres'
  | 'redrive'
  | 'everyone';

/**
 * One topic: its contract and the way it is created.
 * `cleanup: 'compact'` is a table: the newest record of a key is the row, a null value deletes it.
 */
export type Topic<Name extends RecordName | null = RecordName | null> = {
  readonly name: string;
  readonly kind:
    | 'events'
    | 'table'
    | 'commands'
    | 'memory'
    | 'rendered'
    | 'facts'
    | 'journal'
    | 'raw';
  /** The record type of the value in Confluent wire format; null for raw bytes. */
  readonly schema: Name;
  /** What the key holds; `partition` means no key, the writer names the partition. */
  readonly key: string;
  /** The field of the value that the key repeats; null where it need not. */
  readonly keyField: string | null;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** How long a record is kept, milliseconds; of a table, how long a tombstone is. */
  readonly retentionMs: number;
  /** Topics of the same group must have the same number of partitions and the same keys. */
  readonly coPartition: 'users' | null;
  readonly writers: readonly Role[];
  readonly readers: readonly Role[];
};

/** The TypeScript type of a topic's value. */
export type ValueOf<T extends Topic> =
  T extends Topic<infer Name> ? (Name extends RecordName ? Records[Name] : Buffer) : never;

const dayMs = 24 * 60 * 60 * 1000;
/** Events are the source of every replay: kept long. Rendered text holds addresses: kept short. */
const eventRetentionMs = 365 * dayMs;
const renderedRetentionMs = 7 * dayMs;
const factRetentionMs = 90 * dayMs;
/** Longer than any letter is kept, or one that was sent back could be sent again. */
const redriveRetentionMs = 2 * factRetentionMs;
/** Who asks later who did what, asks years later. */
const auditRetentionMs = 5 * eventRetentionMs;
/** Twice the horizon within which repeats are left out (processors/once.ts). */
const memoryRetentionMs = 2 * dayMs;
/** Longer than any outage of a reader, or a stale store would resurrect a deleted row (KIP-534). */
const tombstoneRetentionMs = 7 * dayMs;
/** Bounds how many processes can share the work on people; changing it means a new users topic. */
const usersPartitions = 4;
const eventPartitions = 2;
const channelPartitions = 4;

type Rest = Pick<Topic, 'key' | 'writers' | 'readers'>;
type TableRest = Rest & Pick<Topic, 'keyField'>;
type Roles = Pick<Topic, 'writers' | 'readers'>;

function events<N extends RecordName>(name: string, schema: N, rest: Rest): Topic<N> {
  const kept = { partitions: eventPartitions, cleanup: 'delete', retentionMs: eventRetentionMs };
  return {
    name,
    schema,
    kind: 'events',
    keyField: null,
    coPartition: null,
    ...kept,
    ...rest,
  } as Topic<N>;
}
function table<N extends RecordName>(name: string, schema: N, rest: TableRest): Topic<N> {
  const kept = { partitions: 1, cleanup: 'compact', retentionMs: tombstoneRetentionMs };
  return { name, schema, kind: 'table', coPartition: null, ...kept, ...rest } as Topic<N>;
}
function usersTable<N extends RecordName>(name: string, schema: N, rest: TableRest): Topic<N> {
  return { ...table(name, schema, rest), partitions: usersPartitions, coPartition: 'users' };
}
/** What only the gateway knows of: how templates and their shared parts come to be. */
function authored<N extends RecordName>(name: string, schema: N, keyField: string): Topic<N> {
  const roles = { writers: ['gateway'], readers: ['gateway'] } as const;
  return table(name, schema, { key: keyField, keyField, ...roles });
}
function commands(name: string): Topic<'NotifyCommand'> {
  return {
    name,
    schema: 'NotifyCommand',
    kind: 'commands',
    key: 'partition',
    keyField: null,
    partitions: usersPartitions,
    cleanup: 'delete',
    retentionMs: renderedRetentionMs,
    coPartition: 'users',
    writers: ['audience'],
    readers: ['notify'],
  };
}
function rendered(name: string, roles: Roles): Topic<'Notification'> {
  return {
    name,
    schema: 'Notification',
    kind: 'rendered',
    key: 'userId',
    keyField: null,
    partitions: channelPartitions,
    cleanup: 'delete',
    retentionMs: renderedRetentionMs,
    coPartition: null,
    ...roles,
  };
}

/** A text is tried by hand in the direct lanes, where nobody has to wait behind a fan-out. */
const direct = (by: Role): Roles => ({ writers: ['notify', 'gateway'], readers: [by, 'postgres'] });
/** The history has no texts of fan-outs; they are read where they lie. */
const bulk = (by: Role): Roles => ({ writers: ['notify'], readers: [by, 'postgres', 'gateway'] });
const eventRoles = { writers: ['upstream', 'gateway'], readers: ['audience', 'postgres'] } as const;
const globalTable = { writers: ['upstream'], readers: ['audience', 'gateway'] } as const;

/**
 * The map of all topics. Names, keys, schemas, partitions, retention, writers and readers live
 * here and nowhere else; `npm run deploy` creates what is written here and alters nothing.
 */
export const topics = {
  episodeReleased: events('episode-released', 'EpisodeReleased', {
    key: 'movieId',
    ...eventRoles,
  }),
  movieAdded: events('movie-added', 'MovieAdded', { key: 'movieId', ...eventRoles }),
  commentReplied: events('comment-replied', 'CommentReplied', {
    key: 'commentId',
    ...eventRoles,
  }),
  notificationRequested: events('notification-requested', 'NotificationRequested', {
    key: 'requestId',
    writers: ['gateway'],
    readers: ['audience', 'postgres'],
  }),

  users: usersTable('users', 'User', {
    key: 'userId',
    keyField: 'id',
    // The gateway erases people, and writes nothing else here.
    writers: ['upstream', 'gateway'],
    readers: ['notify', 'gateway', 'postgres'],
  }),
  preferences: usersTable('preferences', 'Preference', {
    key: 'userId',
    keyField: 'userId',
    writers: ['upstream', 'gateway'],
    readers: ['notify', 'gateway'],
  }),
  suppressions: usersTable('suppressions', 'Suppression', {
    key: 'userId',
    keyField: 'userId',
    writers: ['upstream', 'gateway'],
    readers: ['notify', 'gateway'],
  }),
  movies: table('movies', 'Movie', { key: 'movieId', keyField: 'id', ...globalTable }),
  templates: table('templates', 'Template', {
    key: 'templateId',
    keyField: 'id',
    writers: ['upstream', 'gateway'],
    readers: ['audience', 'gateway'],
  }),
  templateDrafts: authored('template-drafts', 'TemplateDraft', 'templateId'),
  templateVersions: {
    ...authored('template-versions', 'TemplateVersion', 'versionId'),
    key: 'templateId:version',
  },
  partDrafts: authored('part-drafts', 'PartDraft', 'partId'),
  partVersions: { ...authored('part-versions', 'PartVersion', 'versionId'), key: 'partId:version' },
  comments: table('comments', 'Comment', { key: 'commentId', keyField: 'id', ...globalTable }),

  erasures: table('erasures', 'Erasure', {
    key: 'userId',
    keyField: 'userId',
    writers: ['gateway'],
    readers: ['postgres'],
  }),

  directCommands: commands('direct-commands'),
  broadcastCommands: commands('broadcast-commands'),
  seenEvents: {
    name: 'seen-events',
    schema: 'SeenEvent',
    kind: 'memory',
    key: 'kind and id of the event',
    keyField: null,
    partitions: usersPartitions,
    cleanup: 'delete',
    retentionMs: memoryRetentionMs,
    coPartition: 'users',
    writers: ['notify'],
    readers: ['notify', 'audience', 'postgres'],
  } as Topic<'SeenEvent'>,

  emailNotifications: rendered('email-notifications', direct('email')),
  smsNotifications: rendered('sms-notifications', direct('sms')),
  messengerNotifications: rendered('messenger-notifications', direct('messenger')),
  emailNotificationsBulk: rendered('email-notifications-bulk', bulk('email')),
  smsNotificationsBulk: rendered('sms-notifications-bulk', bulk('sms')),
  messengerNotificationsBulk: rendered('messenger-notifications-bulk', bulk('messenger')),

  notificationDecisions: {
    name: 'notification-decisions',
    schema: 'NotificationDecision',
    kind: 'facts',
    key: 'userId',
    keyField: null,
    partitions: channelPartitions,
    cleanup: 'delete',
    retentionMs: factRetentionMs,
    coPartition: null,
    writers: ['audience', 'notify'],
    readers: ['postgres'],
  } as Topic<'NotificationDecision'>,
  deliveryEvents: {
    name: 'delivery-events',
    schema: 'DeliveryEvent',
    kind: 'journal',
    key: 'notificationId',
    keyField: null,
    partitions: channelPartitions,
    cleanup: 'delete',
    retentionMs: factRetentionMs,
    coPartition: null,
    writers: ['email', 'sms', 'messenger'],
    readers: ['postgres'],
  } as Topic<'DeliveryEvent'>,
  deadLetters: {
    name: 'dead-letters',
    schema: null,
    kind: 'raw',
    key: 'the original key',
    keyField: null,
    partitions: 1,
    cleanup: 'delete',
    retentionMs: factRetentionMs,
    coPartition: null,
    writers: ['everyone'],
    readers: ['postgres', 'redrive'],
  } as Topic<null>,
  redrives: {
    name: 'redrives',
    schema: 'Redrive',
    kind: 'facts',
    key: 'place and time of the original record',
    keyField: null,
    partitions: 1,
    cleanup: 'delete',
    retentionMs: redriveRetentionMs,
    coPartition: null,
    writers: ['redrive'],
    readers: ['postgres', 'redrive'],
  } as Topic<'Redrive'>,
  audit: {
    name: 'audit',
    schema: 'AuditEntry',
    kind: 'facts',
    key: 'entryId',
    keyField: null,
    partitions: 1,
    cleanup: 'delete',
    retentionMs: auditRetentionMs,
    coPartition: null,
    writers: ['gateway'],
    readers: ['postgres'],
  } as Topic<'AuditEntry'>,
} as const satisfies Readonly<Record<string, Topic>>;

/** Every topic, in the order of the flow. */
export const allTopics: readonly Topic[] = Object.values(topics);

/** The registry subject of a topic's values (TopicNameStrategy). */
export const subjectOf = (topic: Topic): string => `${topic.name}-value`;

/** Where notifications of a channel go: people first, fan-outs when the direct lane is empty. */
export const lanes = {
  email: { direct: topics.emailNotifications, bulk: topics.emailNotificationsBulk },
  sms: { direct: topics.smsNotifications, bulk: topics.smsNotificationsBulk },
  messenger: { direct: topics.messengerNotifications, bulk: topics.messengerNotificationsBulk },
} as const;
