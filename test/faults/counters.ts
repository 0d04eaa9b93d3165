/** Situations that a run must have reached; a run that reached fewer has proven less. */
export type Counters = {
  kills: number;
  /** A group moved partitions from one member to another. */
  rebalances: number;
  /** Transactions whose records lie in an output topic and were aborted. */
  abortedTransactions: number;
  /** Take-overs that found a cursor: a fan-out went on in its middle. */
  resumedFanOuts: number;
  /** The answer to EndTxn was lost, and the transaction had been committed. */
  unknownCommitted: number;
  /** The answer to EndTxn was lost, and the transaction had not been committed. */
  unknownAborted: number;
  /** A former owner was refused by Kafka. */
  fencedZombies: number;
  /** Checkpoints found damaged, foreign or missing and built anew. */
  rebuiltStores: number;
  /** Times that the chunk of a fan-out waited for a small transaction of its process. */
  givenWay: number;
};

export const emptyCounters = (): Counters => ({
  kills: 0,
  rebalances: 0,
  abortedTransactions: 0,
  resumedFanOuts: 0,
  unknownCommitted: 0,
  unknownAborted: 0,
  fencedZombies: 0,
  rebuiltStores: 0,
  givenWay: 0,
});

/** The names of what was never reached. */
export function unreached(counters: Counters): readonly string[] {
  return Object.entries(counters)
    .filter(([, count]) => count === 0)
    .map(([name]) => name);
}
