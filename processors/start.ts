import { type Clock, systemClock } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';
import { VestnikError } from '../runtime/errors.ts';
import type { Running } from '../runtime/lifecycle.ts';
import type { Log } from '../runtime/log.ts';
import { startStream } from '../runtime/stream.ts';
import { topology } from './topology.ts';

/** Starts the named processors, or all of them when none is named. */
export async function startProcessors(options: {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly names?: readonly string[];
}): Promise<Running> {
  const { config, log, clock = systemClock, names = [] } = options;
  const known = topology.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const detail = `no processor ${unknown.join(', ')}; there are ${known.join(', ')}`;
    throw new VestnikError('CONFIG_INVALID', detail);
  }
  const chosen = topology.filter(({ name }) => names.length === 0 || names.includes(name));
  const running = await Promise.all(
    chosen.map((processor) =>
      startStream({ processor, config, log: log.child({ processor: processor.name }), clock }),
    ),
  );
  const failed = Promise.race(running.map((each) => each.failed));
  failed.catch(() => undefined);
  return {
    ready: () => running.every((each) => each.ready()),
    failed,
    async stop() {
      await Promise.all(running.map((each) => each.stop()));
    },
  };
}
