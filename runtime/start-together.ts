import { VestnikError } from './errors.ts';
import type { Running } from './lifecycle.ts';

/** The named ones, or all when none is named; CONFIG_INVALID for a name that is not there. */
export function chooseByName<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
  kind: string,
): readonly T[] {
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const detail = `no ${kind} ${unknown.join(', ')}; there are ${known.join(', ')}`;
    throw new VestnikError('CONFIG_INVALID', detail);
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Several roles as one. When one cannot start, those that did are stopped and its error thrown. */
export async function startTogether(starting: readonly Promise<Running>[]): Promise<Running> {
  const results = await Promise.allSettled(starting);
  const running = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async () => {
    await Promise.all(running.map((each) => each.stop()));
  };
  const refused = results.find((each) => each.status === 'rejected');
  if (refused) {
    await stop();
    throw refused.reason;
  }
  const failed = Promise.race(running.map((each) => each.failed));
  failed.catch(() => undefined);
  return { ready: () => running.every((each) => each.ready()), failed, stop };
}
