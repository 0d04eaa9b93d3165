import { type Credentials, openCredentials } from '../../../gateway/credentials/credentials.ts';
import { scopes } from '../../../gateway/http/identity.ts';
import { createLog } from '../../../runtime/log.ts';
import { newId, newSecret } from '../../../runtime/random.ts';
import { type HandClock, handClock } from '../../unit/runtime/hand-clock.ts';
import { createHistoryDatabase, type HistoryDatabase } from './history-database.ts';

const log = createLog({ level: 'silent', name: 'test' });

/** Whoever may do everything. */
export const root = { kind: 'key', id: 'root', name: 'root', scopes: new Set(scopes) } as const;

/** Credentials in an empty database of a test file's own, under a clock that the test turns. */
export type OpenedCredentials = {
  readonly credentials: Credentials;
  readonly clock: HandClock;
  readonly server: HistoryDatabase;
  /** What a second gateway on the same database works with. */
  another(): Promise<Credentials>;
};

export async function openedCredentials(name: string): Promise<OpenedCredentials> {
  const server = await createHistoryDatabase(name, log);
  const clock = handClock();
  const { database } = server;
  const another = () =>
    openCredentials({ database, clock, log, newId: () => newId(clock.nowMs()), newSecret });
  return { credentials: await another(), clock, server, another };
}
