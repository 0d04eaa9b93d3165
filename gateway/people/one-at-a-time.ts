/** Lets work on one key begin when the work before it has ended, in the order of the calls. */
export type OneAtATime = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/**
 * For rows that are read, changed and written again. Bounded by the requests that are open; of
 * several gateways each has its own, so two of them could still lose one of two changes.
 */
export function createOneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const begun = (last.get(key) ?? Promise.resolve()).then(work, work);
    const settled = begun.catch(() => undefined);
    last.set(key, settled);
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return begun;
  };
}
