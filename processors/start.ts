import { type Clock, systemClock } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';
import { createHealth, type Health } from '../runtime/health.ts';
import type { Running } from '../runtime/lifecycle.ts';
import type { Log } from '../runtime/log.ts';
import { chooseByName, startTogether } from '../runtime/start-together.ts';
import { startStream } from '../runtime/stream.ts';
import { topology } from './topology.ts';

/** Starts the named processors, or all of them when none is named. */
export async function startProcessors(options: {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly health?: Health;
  readonly names?: readonly string[];
}): Promise<Running> {
  const { config, log, clock = systemClock, names = [] } = options;
  const { health = createHealth(log) } = options;
  const chosen = chooseByName(topology, names, 'processor');
  return startTogether(
    chosen.map((processor) =>
      startStream({
        processor,
        config,
        log: log.child({ processor: processor.name }),
        clock,
        health,
      }),
    ),
  );
}
