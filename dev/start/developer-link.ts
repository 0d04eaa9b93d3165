import { openCredentials } from '../../gateway/credentials/credentials.ts';
import { linkByName } from '../../gateway/credentials/link-by-name.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { openDatabase } from '../../runtime/postgres.ts';
import { newId, newSecret } from '../../runtime/random.ts';

/** Who starts this on their own machine; there is no password that anybody could know. */
const developer = { command: 'npm start', name: 'developer', role: 'admin' } as const;

/** Where the developer logs in, once; null: the account was disabled on purpose. */
export async function developerLink(options: {
  readonly databaseUrl: string;
  readonly gatewayUrl: string;
  readonly log: Log;
}): Promise<string | null> {
  const { databaseUrl: url, gatewayUrl, log } = options;
  const database = openDatabase({ url, log, maxConnections: 1 });
  const clock = systemClock;
  const ids = { newId: () => newId(clock.nowMs()), newSecret };
  try {
    const credentials = await openCredentials({ database, clock, log, ...ids });
    const linked = await linkByName(credentials, developer);
    return linked.ok ? `${gatewayUrl}${linked.value.link.path}` : null;
  } finally {
    await database.close();
  }
}
