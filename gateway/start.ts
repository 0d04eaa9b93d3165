import { redrive } from '../redrive/redrive.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';
import { watchEventLoop } from '../runtime/event-loop-delay.ts';
import { createHealth, type Health } from '../runtime/health.ts';
import type { Running } from '../runtime/lifecycle.ts';
import type { Log } from '../runtime/log.ts';
import { openDatabase } from '../runtime/postgres.ts';
import { newId, newSecret } from '../runtime/random.ts';
import { buildApp } from './app.ts';
import { type Connection, connectInBackground } from './connection.ts';
import { openCredentials } from './credentials/credentials.ts';
import { keepCredentials } from './credentials/keep-credentials.ts';
import { panelPartsOf } from './panel/parts.ts';
import { openParts, type Parts } from './parts/parts.ts';
import { openPeopleChanges } from './people/change-people.ts';
import { openAuditLog } from './read/audit-log.ts';
import { type BoundedReads, boundReads } from './read/bounded-reads.ts';
import { openDeadLetters } from './read/dead-letters.ts';
import { openFanOutEnds } from './read/fan-out-ends.ts';
import { openHistory } from './read/history.ts';
import { openNotificationSearch } from './read/notification-search.ts';
import { openNotificationStories } from './read/notification-story.ts';
import { openPeopleSearch } from './read/people-search.ts';
import { createRedrives } from './redrives/redrives.ts';
import { openTemplates, type Templates, type TemplatesOptions } from './templates/templates.ts';
import { openWorkers, type Workers } from './templates/worker-pool.ts';

/** Look-ups of a millisecond, and what log-ins need. */
const accessConnections = 4;

/** The gateway at work, and where. */
export type Gateway = Running & {
  /** URL without a slash at its end; with PORT=0 the port that was taken. */
  readonly address: string;
};

/** What is read of the history. */
const readingsOf = (reads: BoundedReads, connection: Connection) => ({
  history: openHistory({ reads, fanOuts: openFanOutEnds(connection.fanOutPositions) }),
  deadLetters: openDeadLetters(reads),
  auditLog: openAuditLog(reads),
  peopleSearch: openPeopleSearch(reads),
  notificationSearch: openNotificationSearch(reads),
  notificationStories: openNotificationStories({ reads, laneText: connection.laneText }),
});

/** What people write, on what Kafka has now. */
function writtenOn(
  connection: Connection,
  {
    workers,
    config,
    clock,
  }: { readonly workers: Workers; readonly config: Config; readonly clock: Clock },
): { readonly templates: Templates; readonly sharedParts: Parts } {
  const nowMs = () => clock.nowMs();
  const options: TemplatesOptions = {
    source: connection,
    change: connection.changeTemplate,
    workers,
    fourEyes: config.templatesFourEyes,
    newId: () => newId(nowMs()),
    nowMs,
  };
  return { templates: openTemplates(options), sharedParts: openParts(options) };
}

/**
 * Listens at once; Kafka, the registry and the tables come in the background, and until then the
 * answers are 503. Without API_KEYS whoever has an account or a key of theirs is let in.
 */
export async function startGateway(options: {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly health?: Health;
}): Promise<Gateway> {
  const { config, log, clock = systemClock, health = createHealth(log) } = options;
  const database = openDatabase({ url: config.databaseUrl, log });
  const reads = boundReads({ database, clock });
  const connection = connectInBackground({ config, log, clock, health, reads });
  // Apart from the history's, so that no long read keeps anybody out.
  const access = openDatabase({ url: config.databaseUrl, log, maxConnections: accessConnections });
  const ids = { newId: () => newId(clock.nowMs()), newSecret };
  const credentials = await openCredentials({ database: access, clock, log, ...ids });
  const stopping = new AbortController();
  const { publish } = connection;
  const { signal } = stopping;
  const hasOwnKeys = config.apiKeys.length > 0;
  const kept = keepCredentials({ credentials, publish, hasOwnKeys, health, clock, log, signal });
  const eventLoop = watchEventLoop();
  const nextId = () => newId(clock.nowMs());
  const redrives = createRedrives({
    run: (request, told, signal) =>
      redrive({ config, arguments: request, log, clock, health, ...told, signal }),
    publish,
    clock,
    newId: nextId,
    log,
  });
  const workers = openWorkers({ clock, log });
  const shared = {
    source: connection,
    ...writtenOn(connection, { workers, config, clock }),
    kafkaAnswers: connection.kafkaAnswers,
    letterContent: connection.letterContent,
    ...readingsOf(reads, connection),
    redrives,
    peopleChanges: openPeopleChanges({
      source: connection,
      changePerson: connection.changePerson,
      newId: nextId,
      clock,
    }),
    credentials,
    clock,
    health,
    loopDelayMs: () => eventLoop.delayMs(),
  };
  const { app, close } = await buildApp({
    ...shared,
    people: connection.people,
    publish,
    apiKeys: config.apiKeys,
    newId: nextId,
    log,
    panel: panelPartsOf({ ...shared, flow: connection.flow, config, reads, credentials }),
  });
  const stop = async () => {
    await close();
    stopping.abort(new DOMException('the gateway is stopped', 'AbortError'));
    await kept;
    eventLoop.stop();
    await redrives.stop();
    await workers.close();
    await connection.close();
    await database.close();
    await access.close();
  };
  try {
    const address = await app.listen({ host: config.host, port: config.port });
    return { address, ready: () => connection.tables() !== null, failed: connection.failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
