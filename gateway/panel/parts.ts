import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import type { Config } from '../../runtime/config.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { BoundedReads } from '../read/bounded-reads.ts';
import type { DeadLetters } from '../read/dead-letters.ts';
import type { History } from '../read/history.ts';
import { type Overview, openOverview } from '../read/overview.ts';
import type { DevelopmentLinks } from './navigation.ts';
import type { SystemFacts } from './pages/system.ts';
import { type PanelSessions, sessionsOf } from './sessions.ts';
import { shownSettings } from './shown-settings.ts';

/** What the pages show, and who may see them. */
export type PanelParts = {
  readonly sessions: PanelSessions;
  readonly history: History;
  readonly deadLetters: DeadLetters;
  readonly overview: Overview;
  readonly facts: SystemFacts;
  /** Null in production. */
  readonly development: DevelopmentLinks | null;
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
  options: Pick<PanelParts, 'history' | 'deadLetters' | 'clock'> &
    Pick<SystemFacts, 'source' | 'kafkaAnswers' | 'flow' | 'health' | 'loopDelayMs'> & {
      readonly config: Config;
      readonly reads: BoundedReads;
      readonly credentials: Credentials;
    },
): PanelParts {
  const { config, reads, credentials, history, deadLetters, clock } = options;
  return {
    sessions: sessionsOf(credentials),
    history,
    deadLetters,
    overview: openOverview(reads),
    facts: {
      ...options,
      databaseAnswers: () => databaseAnswers(reads),
      settings: shownSettings(config),
      versions: versions(),
    },
    development: config.production ? null : { inbox: inboxOf(config) },
    clock,
  };
}
