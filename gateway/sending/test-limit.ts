import type { Problem } from '../http/problem.ts';

/** How often one identity may try a text: enough for a morning of writing, not for a list. */
export const maxTestsPerHour = 30;
const hourMs = 60 * 60 * 1000;
/** Identities that are remembered; beyond them the one that tried longest ago is forgotten. */
const maxRemembered = 1000;

/** Counts the tests of identities, in this process. */
export type TestLimit = {
  /** Notes a test; a problem (429) when there were too many in the hour before. */
  take(identityId: string): Problem | null;
};

/** Opens a limit: so many in any hour, and after that one for each that is an hour old. */
export function createTestLimit({ nowMs }: { readonly nowMs: () => number }): TestLimit {
  const taken = new Map<string, readonly number[]>();
  return {
    take(identityId) {
      const now = nowMs();
      const recent = (taken.get(identityId) ?? []).filter((atMs) => atMs > now - hourMs);
      const [oldest] = recent;
      if (recent.length >= maxTestsPerHour && oldest !== undefined) {
        const retryAfterS = Math.ceil((oldest + hourMs - now) / 1000);
        const most = `At most ${maxTestsPerHour} texts can be tried in an hour`;
        const detail = `${most}. Nothing was sent.`;
        return { status: 429, detail, retryAfterS };
      }
      taken.delete(identityId);
      taken.set(identityId, [...recent, now]);
      const [longestAgo] = taken.keys();
      if (taken.size > maxRemembered && longestAgo !== undefined) taken.delete(longestAgo);
      return null;
    },
  };
}
