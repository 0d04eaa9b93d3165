import type { Answered } from './portion.ts';

/** How many messages a vendor has judged so far, for all partitions of a process together. */
export type VendorPresence = { judged: number };

/** By the offset of a record: how many messages were judged when it last met a closed door. */
export type Absences = ReadonlyMap<number, number>;

const closedDoor: ReadonlySet<string> = new Set(['unavailable', 'misconfigured']);
const judgements: ReadonlySet<string> = new Set(['accepted', 'rejected']);

/** Counts what the vendor judged in a round. */
export function noteJudged(presence: VendorPresence, answered: readonly Answered[]): void {
  presence.judged += answered.filter(({ result }) => judgements.has(result.kind)).length;
}

/**
 * Tells a vendor that is away, or refuses us, from one that is so for a single message: a server
 * that hangs up at one recipient, a door that dislikes one text. Where others were judged between
 * two closed doors of a message, the second counts as a refusal of it (`throttled`), and these are
 * bounded. Without that, one message would hold its lane for ever.
 */
export function refusedAlone(
  answered: readonly Answered[],
  former: Absences,
  { judged }: VendorPresence,
  retryAfterMs: number,
): { readonly answered: readonly Answered[]; readonly absences: Absences } {
  const absences = new Map(former);
  const told = answered.map(({ attempt, result }): Answered => {
    if (!closedDoor.has(result.kind)) return { attempt, result };
    const { offset } = attempt.record;
    const before = absences.get(offset) ?? judged;
    absences.set(offset, judged);
    if (before === judged || !('code' in result)) return { attempt, result };
    const { code } = result;
    const reason = `${result.reason}, while it took or refused others`;
    return { attempt, result: { kind: 'throttled', code, reason, retryAfterMs } };
  });
  return { answered: told, absences };
}
