/**
 * How long work may hold the event loop before everybody else of the process has a turn. Requests
 * of a gateway in the same process wait for as long, each time the loop comes round; shorter turns
 * would cost more than they hold, for each asks the system what has arrived.
 */
const maxHeldMs = 8;

let heldSinceMs = 0;
const waiting: (() => void)[] = [];

function giveNext(): void {
  heldSinceMs = performance.now();
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveNext);
}

/** Whether the work of this process has held the event loop for long enough. */
export const isTurnOver = (): boolean => performance.now() - heldSinceMs > maxHeldMs;

/**
 * Waits until the event loop has come round, and those have been served who asked before. One at a
 * time: if all who wait went on at once, the loop would be held by each of them, one behind the
 * other. Of the whole process, for that is what shares the loop.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(giveNext);
  });
}
