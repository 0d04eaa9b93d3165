import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A shell's convention for a process that a signal ended. */
const signalCodeBase = 128;

/**
 * The first signal that asks to end aborts the answer; a second one ends the process at once.
 * `onFirst` runs before anything else hears of it.
 */
export function interruption(onFirst: () => void): AbortSignal {
  const abort = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(signalCodeBase + constants.signals[signal]);
      onFirst();
      abort.abort(new DOMException('interrupted', 'AbortError'));
    });
  }
  return abort.signal;
}
