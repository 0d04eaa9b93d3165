import { writeSync } from 'node:fs';

/**
 * Places where being killed must do no harm; the fault tests kill a process at each of them.
 * The order is that of the work: a take-over, one transaction, a table's row.
 */
export const crashPoints = [
  /** InitProducerId is answered, the committed offset is not read yet. */
  'afterInit',
  /** Records were read, nothing was done with them. */
  'afterPoll',
  /** A transaction is packed, Kafka knows nothing of it. */
  'afterBuild',
  'afterAddPartitions',
  /** All records of the transaction are acknowledged. */
  'afterSend',
  'afterSendOffsets',
  /** Only EndTxn is missing. */
  'beforeCommit',
  /** EndTxn is acknowledged. */
  'afterCommit',
  /** A chunk of a fan-out is handed over and the next one is not begun. */
  'betweenChunks',
  /** Rows are read and not in the checkpoint. */
  'beforeStoreFlush',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** Where this process is to end itself: at which passing of which point, and by which signal. */
export type Crash = {
  readonly point: CrashPoint;
  readonly passing: number;
  /** SIGKILL ends it; SIGSTOP makes a zombie of it, which goes on at SIGCONT. */
  readonly signal: 'SIGKILL' | 'SIGSTOP';
};

let armed: Crash | null = null;
let passed = 0;
const standardErrorFd = 2;

/** Arms one crash point of this process; null disarms. */
export function armCrashPoint(crash: Crash | null): void {
  armed = crash;
  passed = 0;
}

/** Costs one comparison when nothing is armed. */
export function crashPoint(point: CrashPoint): void {
  if (armed === null || armed.point !== point) return;
  passed += 1;
  if (passed !== armed.passing) return;
  writeSync(standardErrorFd, `crash point ${point} passed ${passed} times\n`);
  process.kill(process.pid, armed.signal);
}
