import type { RowStore } from './row-store.ts';

/** A few milliseconds: work that comes meanwhile waits no longer. */
const rowsPerTurn = 5000;

/** One store after the other, so that only one of a process has its rows twice in memory. */
let last: Promise<void> = Promise.resolve();

/** Lays the rows of a store down in the order of scans, beside other work. */
export function arrangeAside(
  rows: RowStore,
  options: { readonly nextTurn: () => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  const { nextTurn, signal } = options;
  const arranged = last.then(async () => {
    // Who waited for the rows comes first.
    await nextTurn();
    if (signal.aborted) return;
    const move = rows.arrange();
    while (move(rowsPerTurn)) {
      await nextTurn();
      if (signal.aborted) return;
    }
  });
  last = arranged.catch(() => undefined);
  return arranged;
}
