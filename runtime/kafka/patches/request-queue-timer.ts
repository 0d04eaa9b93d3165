import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type RequestQueue = {
  throttledUntil: number;
  pending: readonly unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
};

/** How soon a queue that holds requests back looks again, as in the package. */
const checkIntervalMs = 10;

/**
 * kafkajs 2.2.4 arms a timer with a negative delay after every response, which Node turns into
 * 1 ms: each connection wakes up about 900 times a second for nothing (tulios/kafkajs#1704).
 * Here the timer is armed only while something waits for it.
 */
export function patchRequestQueueTimer(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue & {
      scheduleCheckPendingRequests(): void;
    };
  };
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue) {
    const throttledMs = this.throttledUntil - Date.now();
    if (this.throttleCheckTimeoutId || (this.pending.length === 0 && throttledMs <= 0)) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(throttledMs, checkIntervalMs),
    );
  };
}
