import type { Health } from '../../runtime/health.ts';
import type { Credentials } from './credentials.ts';

/** Whether anybody may log in, or has a key that was made here and holds. */
async function isAnybodyAdmitted({ database, clock }: Credentials): Promise<boolean> {
  const now = new Date(clock.nowMs());
  const [found] = await database.query<{ anybody: boolean }>`
    select exists (select from gateway.accounts where disabled_at is null)
      or exists (select from gateway.api_keys
        where revoked_at is null and (expires_at is null or expires_at > ${now})) as anybody`;
  return found?.anybody === true;
}

/**
 * Makes it a condition that nobody is let in: a gateway without API_KEYS may start before its first
 * account is there, and is of no use until somebody makes one. Answers whether somebody is.
 */
export async function noteNobodyAdmitted(
  credentials: Credentials,
  health: Pick<Health, 'set'>,
): Promise<boolean> {
  const admitted = await isAnybodyAdmitted(credentials);
  const count = admitted ? 0 : 1;
  health.set({ code: 'NOBODY_ADMITTED', subject: 'gateway', count });
  return admitted;
}
