import type { NotificationRequested } from '../../../schemas/generated/records.ts';
import type { Claim, IdempotentAnswers } from '../../credentials/idempotent-answers.ts';
import type { Identity } from '../../http/identity.ts';
import type { Problem } from '../../http/problem.ts';
import { digestOf } from './form.ts';

/**
 * Writes what a form comes to, once: a double click, a reload and the same form in another gateway
 * find it claimed, and its requests have the same ids. A problem: nothing surely was written, and
 * the same form may be sent again.
 */
export async function sendOnce(
  requests: readonly NotificationRequested[],
  options: {
    readonly asker: Identity;
    readonly answers: IdempotentAnswers;
    readonly newId: () => string;
    readonly write: () => Promise<Problem | null>;
  },
): Promise<Problem | null> {
  const { asker, answers, newId, write } = options;
  const ids = requests.map(({ requestId }) => requestId);
  const claimHash = digestOf(['panel', asker.kind, asker.id, ids]);
  const claim: Claim = { claimHash, requestHash: claimHash, holder: newId() };
  const claimed = await answers.claim(claim);
  // Whoever claimed it is writing it, or has: their page is the page of this one, too.
  if (claimed.kind !== 'ours') return null;
  const problem = await write().catch(async (error: unknown) => {
    await answers.release(claim);
    throw error;
  });
  await (problem ? answers.release(claim) : answers.keep(claim, ids.join(' ')));
  return problem;
}
