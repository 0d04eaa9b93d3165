import { sessionCookieName } from '../../../../gateway/credentials/sessions.ts';
import { type Identity, scopes } from '../../../../gateway/http/identity.ts';
import type { Access } from '../../../../gateway/panel/access.ts';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import type { PanelSessions } from '../../../../gateway/panel/sessions.ts';
import { shownSettings } from '../../../../gateway/panel/shown-settings.ts';
import type { PeopleChanges } from '../../../../gateway/people/change-people.ts';
import type { DeadLetters } from '../../../../gateway/read/dead-letters.ts';
import type { History } from '../../../../gateway/read/history.ts';
import { minutesFrom, type Overview } from '../../../../gateway/read/overview.ts';
import type { PeopleSearch } from '../../../../gateway/read/people-search.ts';
import type { GatewayTables } from '../../../../gateway/read/tables.ts';
import type { Redrives } from '../../../../gateway/redrives/redrives.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { loadConfig } from '../../../../runtime/config.ts';
import { createHealth } from '../../../../runtime/health.ts';
import { createLog, type Log } from '../../../../runtime/log.ts';
import { memoryTemplates, openMemoryParts, openMemoryTemplates } from '../memory-templates.ts';

export const nowMs = Date.parse('2026-03-01T09:30:00Z');
export const silentLog: Log = createLog({ level: 'silent', name: 'test' });

const emptyTable = { get: () => undefined, rows: () => [], rowsWith: () => [] };
const restored: GatewayTables = {
  users: emptyTable,
  preferences: emptyTable,
  suppressions: emptyTable,
  movies: emptyTable,
  comments: emptyTable,
  templates: emptyTable,
  templateDrafts: emptyTable,
  templateVersions: emptyTable,
  partDrafts: emptyTable,
  partVersions: emptyTable,
};
const source = { tables: () => restored, progress: () => ({ restored: 7, total: 7 }) };

const unexpected = () => Promise.reject(new Error('no change was expected'));
export const noAccess: Access = {
  keys: async () => [],
  createKey: unexpected,
  revokeKey: unexpected,
  accounts: async () => [],
  createAccount: unexpected,
  changeAccount: unexpected,
  linkFor: unexpected,
  changePassword: unexpected,
};
export const noChanges: PeopleChanges = {
  changeWishes: unexpected,
  suppress: unexpected,
  lift: unexpected,
  erase: unexpected,
};

/** Nobody is found. */
export const noSearch: PeopleSearch = {
  find: async () => ({ people: [], hasMore: false }),
};

export const noHistory: History = { requestOf: async () => null };
export const noLetters: DeadLetters = {
  list: async () => ({ counts: [], letters: [], next: null }),
  one: async () => null,
};

/** Who is logged in with the cookie of {@link viewerCookie}. */
export const viewer: Identity = {
  kind: 'person',
  id: '0199aaaa-0000-7000-8000-000000000001',
  name: 'Вера Холодная',
  scopes: new Set(scopes),
};
export const viewerToken = 'veras-token';
export const viewerCookie = `${sessionCookieName}=${viewerToken}`;

/** One person, one password and one link. */
const oneSession: PanelSessions = {
  personOf: async (token) => (token === viewerToken ? viewer : null),
  logIn: async ({ password }) =>
    password === 'secret'
      ? { kind: 'loggedIn', session: { token: viewerToken, expiresAtMs: nowMs + 3_600_000 } }
      : { kind: 'wrong' },
  useLink: async (token) =>
    token === 'link' ? { token: viewerToken, expiresAtMs: nowMs + 3_600_000 } : null,
  end: async () => undefined,
};

/** Nobody asked for one. */
export const noRedrives: Redrives = {
  begin: () => Promise.reject(new Error('no redrive was expected')),
  find: () => undefined,
  list: () => [],
  stop: async () => undefined,
};

/** Nothing happened yet. */
const noOverview: Overview = {
  minutes: async (atMs) => minutesFrom([], atMs),
  requests: async () => [],
  fanOuts: async () => [],
  vendorTroubles: async () => [],
  openLetters: async () => ({ counts: [], more: false }),
};

/** Nobody wrote a template or a shared part yet. */
function nothingWritten() {
  const memory = memoryTemplates();
  const opened = { memory, tables: { ...restored, ...memory.tables } };
  return { templates: openMemoryTemplates(opened), sharedParts: openMemoryParts(opened) };
}

/** What the pages are given, of surroundings that are all well. */
export function panelParts(parts: Partial<PanelParts> = {}): PanelParts {
  return {
    sessions: oneSession,
    history: noHistory,
    deadLetters: noLetters,
    letterContent: async () => ({ kind: 'absent' }),
    notificationSearch: { list: async () => ({ notifications: [], next: null }) },
    notificationStories: { storyOf: async () => null },
    redrives: noRedrives,
    source,
    peopleChanges: noChanges,
    peopleSearch: noSearch,
    auditLog: { list: async () => ({ entries: [], next: null }) },
    access: noAccess,
    overview: noOverview,
    ...nothingWritten(),
    fourEyes: false,
    facts: {
      source,
      kafkaAnswers: async () => true,
      flow: async () => null,
      databaseAnswers: async () => true,
      health: createHealth(silentLog),
      loopDelayMs: () => 0,
      settings: shownSettings(loadConfig({})),
      versions: [['Vestnik', '0.1.0']],
    },
    development: { inbox: 'http://127.0.0.1:8025' },
    pace: loadConfig({}).pace,
    clock: { ...systemClock, nowMs: () => nowMs },
    ...parts,
  };
}
