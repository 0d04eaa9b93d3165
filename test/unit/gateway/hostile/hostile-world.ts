import type { Identity } from '../../../../gateway/http/identity.ts';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import type { RequestHistory } from '../../../../gateway/read/history.ts';
import { minutesFrom } from '../../../../gateway/read/overview.ts';
import { busyPeople, hostile, keyId, notificationId } from '../panel/busy-parts.ts';
import { nowMs, panelParts, viewer, viewerToken } from '../panel/panel-parts.ts';
import { hostileTemplates } from './hostile-templates.ts';

const counts = {
  rendered: 1,
  sending: 1,
  waiting: 1,
  delivered: 1,
  rejected: 1,
  suppressed: 1,
  unknown: 1,
  deadLettered: 1,
} as const;
const id = '0199bbbb-0000-7000-8000-000000000001';

const requestOf = (text: string): RequestHistory => ({
  requestId: text,
  channel: 'email',
  templateId: text,
  movieId: text,
  userIds: [text],
  audience: text,
  requestedBy: text,
  requestedAtMs: nowMs,
  announced: {
    locale: text,
    texts: [keyId, text].map((locale) => ({ locale, subject: text, body: text })),
  },
  fanOut: { kind: 'underWay', share: 0.5 },
  counts,
  channels: [{ channel: null, counts }],
  changedAtMs: nowMs,
  notifications: [
    {
      notificationId: id,
      userId: text,
      channel: null,
      state: 'rejected',
      reason: text,
      attempts: 1,
      changedAtMs: nowMs,
    },
  ],
  nextAfter: id,
});

const letterOf = (text: string) => ({
  writtenAtMs: nowMs,
  generation: 0,
  offset: 5,
  partition: 0,
  code: text,
  reason: text,
  process: text,
  topic: text,
  sourcePartition: 1,
  sourceOffset: 7,
  sourceTimestampMs: nowMs,
  key: text,
  leftOutBytes: 3,
  redrivenAtMs: null,
});

/** Ids of the busy system: what is asked for by another one is answered as if by these. */
const knownIds = [notificationId, 'looked', hostile];

type Method = (...asked: unknown[]) => unknown;

/** What a method of the busy system answers, to this id or to one that it knows. */
function answerOf(method: Method, asked: readonly unknown[]): unknown {
  if (typeof asked[0] !== 'string') return method(...asked);
  const answers = [asked, ...knownIds.map((id) => [id])].map((each) => method(...each));
  if (!answers.some((each) => each instanceof Promise)) return answers.find(Boolean);
  return Promise.all(answers).then((all) => all.find(Boolean) ?? null);
}

/** A value of the busy system, and what it answers, saying the text instead of its worst words. */
function saying<V>(value: V, text: string): V {
  const said = (inner: unknown) => saying(inner, text);
  if (value === hostile) return text as V;
  if (Array.isArray(value)) return value.map(said) as V;
  if (value instanceof Promise) return value.then(said) as V;
  if (typeof value === 'function') {
    return ((...asked: unknown[]) => said(answerOf(value as Method, asked))) as V;
  }
  if (typeof value !== 'object' || value === null || value instanceof Set) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, said(each)])) as V;
}

/** Somebody with this name, who may see everything. */
const visitorOf = (name: string): Identity => ({ ...viewer, name });

/**
 * A system whose every record holds the text in every field that is a text. A page that shows
 * records of another kind gets them here.
 */
export async function hostileWorld(text: string): Promise<Partial<PanelParts>> {
  const usual = panelParts();
  const said = saying(busyPeople, text);
  const { templates, sharedParts, tables } = await hostileTemplates(text);
  const refused = async () => ({ ok: false, problem: { status: 409, detail: text } }) as const;
  return {
    ...said,
    access: {
      ...(said.access ?? usual.access),
      createKey: refused,
      revokeKey: refused,
      createAccount: refused,
      changeAccount: refused,
      linkFor: refused,
      changePassword: refused,
    },
    peopleChanges: { changeWishes: refused, suppress: refused, lift: refused, erase: refused },
    peopleSearch: {
      find: async () => ({
        people: [{ userId: text, fullName: text, email: text, phone: text }],
        hasMore: true,
      }),
    },
    sessions: {
      ...usual.sessions,
      personOf: async (token) => (token === viewerToken ? visitorOf(text) : null),
    },
    history: { requestOf: async () => requestOf(text) },
    deadLetters: {
      list: async () => ({
        counts: [{ code: text, count: 1 }],
        letters: [letterOf(text)],
        next: letterOf(text),
      }),
      one: async () => letterOf(text),
    },
    letterContent: async () => ({ kind: 'unreadable', reason: text, text }),
    overview: {
      minutes: async (atMs) =>
        minutesFrom([{ minuteMs: nowMs, what: 'notification', channel: 'email', count: 7 }], atMs),
      requests: async () => [
        {
          requestId: text,
          channel: 'sms',
          templateId: text,
          audience: text,
          people: 0,
          requestedBy: text,
          requestedAtMs: nowMs,
          planned: 4,
          settled: 1,
        },
      ],
      fanOuts: async () => [
        {
          eventType: 'movieAdded',
          eventId: text,
          written: 1,
          channels: ['email'],
          firstWrittenAtMs: nowMs,
          lastWrittenAtMs: nowMs,
        },
      ],
      vendorTroubles: async () => [
        {
          channel: 'sms',
          kind: 'unavailable',
          code: text,
          reason: text,
          happenedAtMs: nowMs,
          sinceMs: nowMs,
        },
      ],
      openLetters: async () => ({ counts: [{ code: text, count: 1 }], more: false }),
    },
    templates,
    sharedParts,
    facts: {
      ...usual.facts,
      source: { tables: () => tables, progress: () => ({ restored: 1, total: 1 }) },
      health: {
        conditions: () => [{ code: 'KAFKA_UNAVAILABLE', subject: text, count: 1, message: text }],
      },
      settings: [{ name: text, value: text, isSecret: false, isSet: true }],
      versions: [[text, text]],
    },
  };
}
