import { join } from 'node:path';
import { v5 } from 'uuid';
import { systemClock } from '../../runtime/clock.ts';
import { type Database, openDatabase } from '../../runtime/postgres.ts';
import type { Notification } from '../../schemas/generated/records.ts';
import { lanes } from '../../schemas/topics.ts';
import type { Bench } from '../bench.ts';
import { createContender } from '../contender.ts';
import { recordFor } from '../load.ts';
import { usageOf } from '../usage.ts';
import { databaseCpuSeconds } from './database-usage.ts';

/** How fast fan-outs came into the history, and what a notification cost. */
export type HistoryMeasured = {
  readonly notifications: number;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly databaseMicros: number;
  readonly brokerMicros: number;
  readonly bytesEach: number;
};

const root = join(import.meta.dirname, '..', '..');
const perSend = 10_000;
const perFanOut = 100_000;
const pollMs = 100;
const boundMs = 240_000;
const msPerSecond = 1000;
const microsPerSecond = 1_000_000;
const occurredAt = Date.parse('2026-01-15T18:00:00Z');

/** What one of the fan-outs writes to its n-th person. */
function notificationOf(bench: Bench, index: number): Notification {
  const eventId = `event-${Math.floor(index / perFanOut)}`;
  const user = bench.world.user(index % bench.world.scale.huge);
  const title = 'Тихий ветер 12';
  return {
    notificationId: v5(`${eventId}-${index}`, v5.URL),
    eventId,
    eventType: 'episodeReleased',
    requestId: null,
    userId: user.id,
    channel: 'email',
    address: user.email ?? '',
    recipientName: user.fullName,
    locale: 'ru',
    subject: `Вышла новая серия «${title}»`,
    body: `<p>Уважаемый ${user.fullName}, вышла новая серия «${title}»: сезон 3, серия 7.</p>`,
    templateId: 'episode-email',
    templateVersion: 1,
    source: { topic: 'episode-released', partition: 0, offset: 1 },
    userOffset: index,
    preferenceOffset: null,
    occurredAt: occurredAt + Math.floor(index / perFanOut),
    test: false,
  };
}

async function fill(bench: Bench, notifications: number): Promise<void> {
  const lane = lanes.email.bulk;
  for (let start = 0; start < notifications; start += perSend) {
    const indices = Array.from({ length: perSend }, (_, index) => start + index);
    await bench.producer.send(
      indices.map((index) => {
        const value = notificationOf(bench, index);
        return recordFor(bench, lane, { key: value.userId, value });
      }),
    );
  }
}

async function writtenIn(database: Database): Promise<number> {
  try {
    const [found] = await database.query<{ written: number }>`
      select coalesce(sum(written), 0)::bigint as written from fan_out_counts`;
    return found?.written ?? 0;
  } catch {
    return 0;
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = systemClock.nowMs() + boundMs;
  while (!(await holds())) {
    if (systemClock.nowMs() > endMs) throw new Error(`waited in vain until ${what}`);
    await systemClock.sleep(pollMs);
  }
}

/** Fills a lane, then starts the history: from its first rows to its last ones. */
export async function measureHistory(
  bench: Bench,
  notifications: number,
): Promise<HistoryMeasured> {
  await fill(bench, notifications);
  const stateFolder = join(bench.folder, 'history');
  const history = createContender(bench, {
    name: 'history',
    prefix: '',
    processes: 1,
    stateFolder,
    env: {
      KAFKA_BROKERS: bench.brokers.join(','),
      SCHEMA_REGISTRY_URL: bench.registryUrl,
      DATABASE_URL: bench.databaseUrl,
      VESTNIK_DATA_DIR: stateFolder,
      LOG_LEVEL: 'info',
    },
    command: () => ({
      file: process.execPath,
      args: [join(root, 'connectors', 'main.ts'), 'postgres'],
    }),
  });
  const database = openDatabase({ url: bench.databaseUrl, log: bench.log, maxConnections: 1 });
  history.start();
  await until('the first rows are there', async () => (await writtenIn(database)) > 0);
  const usage = () => ({
    atMs: systemClock.nowMs(),
    history: usageOf(history.pids()).cpuSeconds,
    broker: usageOf([bench.brokerPid]).cpuSeconds,
    database: databaseCpuSeconds(bench),
  });
  const [first, before] = [await writtenIn(database), usage()];
  await until('all rows are there', async () => (await writtenIn(database)) >= notifications);
  const after = usage();
  const [size] = await database.query<{ bytes: number }>`
    select pg_total_relation_size('notification_progress') as bytes`;
  await history.stop();
  await database.close();
  const written = notifications - first;
  const each = (of: 'history' | 'broker' | 'database') =>
    ((after[of] - before[of]) * microsPerSecond) / written;
  return {
    notifications,
    perSecond: (written * msPerSecond) / (after.atMs - before.atMs),
    cpuMicros: each('history'),
    databaseMicros: each('database'),
    brokerMicros: each('broker'),
    bytesEach: (size?.bytes ?? 0) / notifications,
  };
}
