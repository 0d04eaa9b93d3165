import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import type { Config } from '../../runtime/config.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Parts } from '../parts/parts.ts';
import type { PeopleChanges } from '../people/change-people.ts';
import type { AuditLog } from '../read/audit-log.ts';
import type { BoundedReads } from '../read/bounded-reads.ts';
import type { DeadLetters } from '../read/dead-letters.ts';
import type { History } from '../read/history.ts';
import type { ReadLetterContent } from '../read/letter-content.ts';
import type { NotificationSearch } from '../read/notification-search.ts';
import type { NotificationStories } from '../read/notification-story.ts';
import { type Overview, openOverview } from '../read/overview.ts';
import type { PeopleSearch } from '../read/people-search.ts';
import type { TableSource } from '../read/tables.ts';
import type { Redrives } from '../redrives/redrives.ts';
import type { VendorPace } from '../sending/sending-time.ts';
import type { Templates } from '../templates/templates.ts';
import { type Access, accessOf } from './access.ts';
import type { DevelopmentLinks } from './navigation.ts';
import type { SystemFacts } from './pages/system.ts';
import { type PanelSessions, sessionsOf } from './sessions.ts';
import { shownSettings } from './shown-settings.ts';

/** What the pages show, and who may see them. */
export type PanelParts = {
  readonly sessions: PanelSessions;
  readonly history: History;
  readonly deadLetters: DeadLetters;
  readonly letterContent: ReadLetterContent;
  readonly notificationSearch: NotificationSearch;
  readonly notificationStories: NotificationStories;
  readonly redrives: Redrives;
  readonly source: TableSource;
  readonly peopleChanges: PeopleChanges;
  readonly peopleSearch: PeopleSearch;
  readonly auditLog: AuditLog;
  readonly access: Access;
  readonly overview: Overview;
  readonly templates: Templates;
  readonly sharedParts: Parts;
  /** TEMPLATES_FOUR_EYES */
  readonly fourEyes: boolean;
  readonly facts: SystemFacts;
  /** Null in production. */
  readonly development: DevelopmentLinks | null;
  /** What is assumed of the vendors. */
  readonly pace: VendorPace;
  readonly clock: Clock;
};

/** The inbox of `npm start` stands for the vendors, on this machine. */
function inboxOf({ sms }: Config): string | null {
  const { hostname = '' } = URL.parse(sms.baseUrl) ?? {};
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? sms.baseUrl : null;
}

const manifestPath = join(import.meta.dirname, '..', '..', 'package.json');

function versions(): SystemFacts['versions'] {
  const { version } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { version: string };
  return [
    ['Vestnik', version],
    ['Node', process.versions.node],
    ['V8', process.versions.v8],
  ];
}

/** Whether PostgreSQL answers, and has a history. */
async function databaseAnswers(reads: BoundedReads): Promise<boolean> {
  try {
    await reads.read((database) => database.query`select 1 from projected_offsets limit 1`);
    return true;
  } catch {
    return false;
  }
}

/** The parts of a gateway that runs. */
export function panelPartsOf(
  options: Pick<
    PanelParts,
    | 'history'
    | 'deadLetters'
    | 'letterContent'
    | 'notificationSearch'
    | 'notificationStories'
    | 'redrives'
    | 'peopleChanges'
    | 'peopleSearch'
    | 'auditLog'
    | 'templates'
    | 'sharedParts'
    | 'clock'
  > &
    Pick<SystemFacts, 'source' | 'kafkaAnswers' | 'flow' | 'health' | 'loopDelayMs'> & {
      readonly config: Config;
      readonly reads: BoundedReads;
      readonly credentials: Credentials;
    },
): PanelParts {
  const { config, reads, credentials, clock } = options;
  return {
    sessions: sessionsOf(credentials),
    history: options.history,
    deadLetters: options.deadLetters,
    letterContent: options.letterContent,
    notificationSearch: options.notificationSearch,
    notificationStories: options.notificationStories,
    redrives: options.redrives,
    source: options.source,
    peopleChanges: options.peopleChanges,
    peopleSearch: options.peopleSearch,
    auditLog: options.auditLog,
    access: accessOf(credentials),
    overview: openOverview(reads),
    templates: options.templates,
    sharedParts: options.sharedParts,
    fourEyes: config.templatesFourEyes,
    facts: {
      ...options,
      databaseAnswers: () => databaseAnswers(reads),
      settings: shownSettings(config),
      versions: versions(),
    },
    development: config.production ? null : { inbox: inboxOf(config) },
    pace: config.pace,
    clock,
  };
}
