import { type Clock, systemClock } from '../runtime/clock.ts';
import { type Config, loadConfig } from '../runtime/config.ts';
import { VestnikError } from '../runtime/errors.ts';
import { createHealth, type Health } from '../runtime/health.ts';
import type { Running } from '../runtime/lifecycle.ts';
import type { Log } from '../runtime/log.ts';
import { chooseByName, startTogether } from '../runtime/start-together.ts';
import { type Connector, connectors } from './connector.ts';
import { startHistory } from './postgres/start.ts';
import { startConnector } from './start-connector.ts';

type Role = {
  readonly name: string;
  start(context: {
    readonly config: Config;
    readonly log: Log;
    readonly clock: Clock;
    readonly health: Health;
  }): Promise<Running>;
};

const roles: readonly Role[] = [
  ...connectors.map((connector) => ({
    name: connector.name,
    start: (context: Parameters<Role['start']>[0]) => startConnector({ ...context, connector }),
  })),
  { name: 'postgres', start: startHistory },
];

/** In production nobody may talk to the vendors of a development machine by oversight. */
function refuseDevelopmentSettings(config: Config, chosen: readonly Connector[]): void {
  const development = loadConfig({});
  const left = chosen.flatMap((connector) => {
    const usual = connector.settings(development);
    const settings = Object.entries(connector.settings(config));
    return settings.filter(([name, value]) => usual[name] === value).map(([name]) => name);
  });
  if (left.length === 0) return;
  const detail = `${left.join(', ')} must be set when NODE_ENV is production`;
  throw new VestnikError('CONFIG_INVALID', detail);
}

/** Starts the named connectors, or all of them when none is named. */
export async function startConnectors(options: {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly health?: Health;
  readonly names?: readonly string[];
}): Promise<Running> {
  const { config, log, clock = systemClock, names = [] } = options;
  const { health = createHealth(log) } = options;
  const chosen = chooseByName(roles, names, 'connector');
  const isChosen = ({ name }: Connector) => chosen.some((role) => role.name === name);
  if (config.production) refuseDevelopmentSettings(config, connectors.filter(isChosen));
  return startTogether(
    chosen.map(({ name, start }) =>
      start({ config, log: log.child({ connector: name }), clock, health }),
    ),
  );
}
