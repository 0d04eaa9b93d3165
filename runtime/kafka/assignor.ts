/** A member of a group: what it subscribes to and which slots it still works on. */
export type Member = {
  readonly memberId: string;
  readonly owned: readonly number[];
};

/**
 * Shares out the slots of a group. A slot is a partition number: partition n of every topic goes
 * to the same member, so that tables and inputs with the same keys meet in one process.
 *
 * Sticky: a member keeps what it has up to its fair share, so a restart moves as little as it
 * can. Cooperative (KIP-429): a slot that another member still works on is left out of this
 * round; its owner lets go and joins again, and only then is it given away. Pure: the same
 * members and slots give the same answer.
 */
export function assignSlots(
  members: readonly Member[],
  slotCount: number,
): ReadonlyMap<string, readonly number[]> {
  const sorted = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const owners = new Map<number, string>();
  for (const { memberId, owned } of sorted) {
    for (const slot of owned) if (!owners.has(slot)) owners.set(slot, memberId);
  }
  const target = balance(sorted, owners, slotCount);
  const given = new Map<string, number[]>(sorted.map(({ memberId }) => [memberId, []]));
  for (const [slot, memberId] of target) {
    const owner = owners.get(slot);
    if (owner === undefined || owner === memberId) given.get(memberId)?.push(slot);
  }
  return given;
}

/** Who should have which slot once everything has moved. */
function balance(
  members: readonly Member[],
  owners: ReadonlyMap<number, string>,
  slotCount: number,
): ReadonlyMap<number, string> {
  const least = Math.floor(slotCount / members.length);
  let extra = slotCount % members.length;
  const kept = new Map<string, number>(members.map(({ memberId }) => [memberId, 0]));
  const target = new Map<number, string>();
  const slots = Array.from({ length: slotCount }, (_, slot) => slot);
  for (const slot of slots) {
    const owner = owners.get(slot);
    const count = owner === undefined ? undefined : kept.get(owner);
    if (owner === undefined || count === undefined) continue;
    if (count > least || (count === least && extra === 0)) continue;
    if (count === least) extra -= 1;
    kept.set(owner, count + 1);
    target.set(slot, owner);
  }
  for (const slot of slots) {
    if (target.has(slot)) continue;
    const memberId = poorest(kept);
    kept.set(memberId, (kept.get(memberId) ?? 0) + 1);
    target.set(slot, memberId);
  }
  return target;
}

function poorest(kept: ReadonlyMap<string, number>): string {
  let found = '';
  let fewest = Number.POSITIVE_INFINITY;
  for (const [memberId, count] of kept) {
    if (count < fewest) [found, fewest] = [memberId, count];
  }
  return found;
}
