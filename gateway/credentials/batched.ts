/** A piece of work that waits for its answer. */
type Waiting<I, O> = { readonly item: I } & PromiseWithResolvers<O>;

/**
 * Makes one call of what many ask for at the same time: while a call is under way the next one is
 * gathered. What waits is bounded by those who ask, for each waits for its answer.
 */
export function batched<I, O>(
  work: (items: readonly I[]) => Promise<readonly O[]>,
  maxItems: number,
): (item: I) => Promise<O> {
  let waiting: Waiting<I, O>[] = [];
  let atWork = false;

  async function answer(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await work(batch.map(({ item }) => item));
      for (const [at, each] of batch.entries()) each.resolve(answers[at] as O);
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }

  async function run(): Promise<void> {
    atWork = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      await answer(batch);
    }
    atWork = false;
  }

  return (item) => {
    const asked = { item, ...Promise.withResolvers<O>() };
    waiting.push(asked);
    if (!atWork) void run();
    return asked.promise;
  };
}
