import type { Situation } from '../situation.ts';
import { brokerFaults } from './broker.ts';
import { kills } from './kills.ts';
import { poison } from './poison.ts';
import { rebalances } from './rebalances.ts';
import { registry } from './registry.ts';
import { remade } from './remade.ts';
import { stores } from './stores.ts';
import { wire } from './wire.ts';
import { zombies } from './zombies.ts';

/** All situations of the full run, in the order in which they are run. */
export const situations: readonly Situation[] = [
  ...kills,
  ...zombies,
  ...wire,
  ...rebalances,
  ...stores,
  ...brokerFaults,
  ...poison,
  ...remade,
  ...registry,
];
