import type { CrashPoint } from '../../../runtime/crash-point.ts';
import type { Situation } from '../situation.ts';
import { openTrial } from '../trial.ts';
import { until } from '../until.ts';

/** In the middle of a fan-out: some chunks are committed, some are not. */
const passing = 5;
const fencedText = 'Another process took this partition over';

/**
 * A process is stopped in the middle of its work for longer than its session, another one does
 * all of the work, and the first one goes on where it was. Kafka must refuse what it then writes,
 * and it must find its way back into the group.
 */
function stoppedAt(point: CrashPoint): Situation {
  const name = `zombie-${point}`;
  return {
    name,
    async run(plant) {
      const trial = await openTrial(plant, name);
      await trial.happens('episode');
      const zombie = await trial.crashes({ crash: { point, passing, stop: true } });
      const heir = trial.start();
      await trial.finishes();
      zombie.send('SIGCONT');
      const isFenced = () =>
        zombie
          .lines('starting a partition again')
          .some(({ reason }) => String(reason).includes(fencedText));
      await until(`${name}: the zombie is refused`, () => isFenced() || zombie.hasEnded());
      if (isFenced()) plant.counters.fencedZombies += 1;
      await trial.happens('episode');
      await trial.happens('request');
      await trial.finishes();
      for (const worker of [zombie, heir]) {
        const how = worker.hasEnded() ? 0 : await worker.stop();
        if (how !== 0) throw new Error(`${name}: a worker stopped with ${how}`);
      }
    },
  };
}

export const zombies: readonly Situation[] = [
  stoppedAt('afterSend'),
  stoppedAt('beforeCommit'),
  stoppedAt('afterBuild'),
];
