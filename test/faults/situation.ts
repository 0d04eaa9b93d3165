import type { Plant } from './plant.ts';

/** Something that goes wrong. Throws when it cannot be reached or the work does not go on. */
export type Situation = {
  readonly name: string;
  run(plant: Plant): Promise<void>;
};
