import type { CrashPoint } from '../../../runtime/crash-point.ts';
import { topics } from '../../../schemas/topics.ts';
import type { Plant } from '../plant.ts';
import type { Situation } from '../situation.ts';
import { chunksOf, openTrial } from '../trial.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const { partitions } = topics.users;
const inputCount = 2;

/** How often one process that does all the work of one event passes a point. */
const passings: Readonly<Record<CrashPoint, (plant: Plant) => number>> = {
  afterInit: () => partitions * inputCount,
  afterPoll: () => partitions,
  afterBuild: (plant) => sum(chunksOf(plant)),
  afterAddPartitions: (plant) => sum(chunksOf(plant)),
  afterSend: (plant) => sum(chunksOf(plant)),
  afterSendOffsets: (plant) => sum(chunksOf(plant)),
  beforeCommit: (plant) => sum(chunksOf(plant)),
  afterCommit: (plant) => sum(chunksOf(plant)),
  betweenChunks: (plant) => sum(chunksOf(plant)) - partitions,
  // One batch of rows for each partition at least; how many more depends on the fetches.
  beforeStoreFlush: () => partitions,
};

type Position = 'first' | 'middle' | 'last';

function passingAt(point: CrashPoint, position: Position, plant: Plant): number {
  const count = passings[point](plant);
  switch (position) {
    case 'first':
      return 1;
    case 'middle':
      return Math.ceil(count / 2);
    case 'last':
      return count;
  }
}

/** The points that these situations exercise; a test holds them against those in the source. */
export const exercisedPoints = Object.keys(passings) as readonly CrashPoint[];

/** One process works on a fan-out and is killed; the next one goes on. */
export function killAt(point: CrashPoint, position: Position): Situation {
  const name = `kill-${point}-${position}`;
  return {
    name,
    async run(plant) {
      const trial = await openTrial(plant, name);
      await trial.happens('episode');
      await trial.crashes({ crash: { point, passing: passingAt(point, position, plant) } });
      trial.start();
      await trial.happens('request');
      await trial.finishes();
    },
  };
}

/** The same for the process that plans, of which each event is a single transaction. */
function killAudienceAt(point: CrashPoint): Situation {
  const name = `kill-audience-${point}`;
  return {
    name,
    run: (plant) =>
      plant.withoutAudience(async () => {
        const trial = await openTrial(plant, name, 'both');
        await trial.happens('episode');
        await trial.happens('request');
        await trial.crashes({ names: ['audience'], crash: { point, passing: 1 } });
        trial.start();
        await trial.finishes();
      }),
  };
}

const audiencePoints: readonly CrashPoint[] = [
  'afterSend',
  'afterSendOffsets',
  'beforeCommit',
  'afterCommit',
];

export const kills: readonly Situation[] = [
  ...exercisedPoints.flatMap((point) =>
    (['first', 'middle', 'last'] as const).map((position) => killAt(point, position)),
  ),
  ...audiencePoints.map(killAudienceAt),
];
