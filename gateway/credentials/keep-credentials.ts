import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import type { Health } from '../../runtime/health.ts';
import type { Log } from '../../runtime/log.ts';
import type { Publish } from '../write/publisher.ts';
import { noteNobodyAdmitted } from './admitted.ts';
import { flushAudit } from './audit-outbox.ts';
import type { Credentials } from './credentials.ts';
import { openIdempotentAnswers } from './idempotent-answers.ts';

/** Who asks for the audit waits as long for what was done just now. */
const flushMs = 2000;
const cleanEvery = 150;
const dayMs = 24 * 60 * 60 * 1000;
/** Ended keys are shown so long. */
const endedKeyMs = 90 * dayMs;
/** Of each table at once, so that no statement takes long. */
const maxRows = 1000;

/** Removes what nobody can use any more. */
export async function cleanCredentials({ database, clock }: Credentials): Promise<void> {
  const nowMs = clock.nowMs();
  const now = new Date(nowMs);
  await database.query`
    delete from gateway.sessions where token_hash in (
      select token_hash from gateway.sessions where expires_at < ${now} limit ${maxRows})`;
  await database.query`delete from gateway.login_links where expires_at < ${now}`;
  await database.query`
    delete from gateway.login_attempts where subject in (
      select subject from gateway.login_attempts where last_at < ${new Date(nowMs - dayMs)}
      limit ${maxRows})`;
  const ended = new Date(nowMs - endedKeyMs);
  await database.query`
    delete from gateway.api_keys where key_id in (
      select key_id from gateway.api_keys where revoked_at < ${ended} or expires_at < ${ended}
      limit ${maxRows})`;
}

/**
 * Carries the audit to Kafka and keeps the tables small, until the signal is aborted. Whatever
 * fails is tried again; why is told once, until it works again. Where `hasOwnKeys` is false, the
 * health says whether anybody is let in at all.
 */
export async function keepCredentials(options: {
  readonly credentials: Credentials;
  readonly publish: Publish;
  /** Whether API_KEYS lets somebody in. */
  readonly hasOwnKeys: boolean;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { credentials, publish, hasOwnKeys, health, clock, log, signal } = options;
  const answers = openIdempotentAnswers(credentials);
  let told = false;
  let admitted = hasOwnKeys;
  for (let round = 0; !signal.aborted; round += 1) {
    try {
      const done = await flushAudit(credentials, publish);
      await answers.clean();
      if (round % cleanEvery === 0) await cleanCredentials(credentials);
      if (!hasOwnKeys && (!admitted || round % cleanEvery === 0)) {
        admitted = await noteNobodyAdmitted(credentials, health);
      }
      told &&= !done;
    } catch (error) {
      if (!told) log.warn({ reason: describeError(error) }, 'the credentials are not kept now');
      told = true;
    }
    await clock.sleep(flushMs, signal);
  }
}
