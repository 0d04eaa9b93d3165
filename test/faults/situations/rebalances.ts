import { systemClock } from '../../../runtime/clock.ts';
import { openKafkaProxy } from '../kafka-proxy.ts';
import type { Plant } from '../plant.ts';
import type { Situation } from '../situation.ts';
import { openTrial, smallFetches, type Trial } from '../trial.ts';
import { until } from '../until.ts';
import type { Worker } from '../worker.ts';

/** A deployment that replaces one process after the other, faster than a rebalance settles. */
const restartEveryMs = 3000;
const restarts = 6;
const slots = 4;
const heldBackMs = 3_600_000;

const slotsOf = (worker: Worker): readonly number[] =>
  (worker.lines('joined the group').at(-1)?.['slots'] ?? []) as number[];

function countRebalances(plant: Plant, { workers }: Trial): void {
  for (const worker of workers) {
    const given = worker.lines('joined the group').map((line) => JSON.stringify(line['slots']));
    const moves = given.filter((each, index) => index > 0 && each !== given[index - 1]);
    plant.counters.rebalances += moves.length;
  }
}

const rolling: Situation = {
  name: 'rolling-restarts',
  async run(plant) {
    const trial = await openTrial(plant, 'rolling-restarts');
    await trial.happens('episode');
    let running: readonly [Worker, Worker] = [trial.start(), trial.start()];
    for (let restart = 0; restart < restarts; restart += 1) {
      await systemClock.sleep(restartEveryMs);
      const [leaving, staying] = running;
      running = [staying, trial.start()];
      // Node must be up to stop in order; that the group has settled is not waited for.
      await until('the leaving worker is up', () => leaving.lines('started').length > 0);
      const how = await leaving.stop();
      if (how !== 0) throw new Error(`a worker stopped with ${how}:\n${leaving.output()}`);
      await trial.happens(restart % 2 === 0 ? 'request' : 'episode');
    }
    await trial.finishes();
    countRebalances(plant, trial);
  },
};

/**
 * Two processes restore their tables; their fetches are then held back for good, so that nothing
 * but letting go of a restore can give the third one its share.
 */
const thirdJoins: Situation = {
  name: 'third-joins-during-restore',
  async run(plant) {
    const proxy = await openKafkaProxy(plant.addresses.kafkaBrokers[0] ?? '');
    const trial = await openTrial(plant, 'third-joins-during-restore');
    try {
      await trial.happens('episode');
      proxy.delay('Fetch', 50);
      const own = (name: string) => ({
        ...{ broker: proxy.address, patches: [smallFetches] },
        dataDir: `${trial.dataDir}-${name}`,
      });
      const [first, second] = [trial.start(own('first')), trial.start(own('second'))];
      await until('two processes share the slots', () =>
        [first, second].every((worker) => slotsOf(worker).length === slots / 2),
      );
      proxy.delay('Fetch', heldBackMs);
      const third = trial.start({ dataDir: `${trial.dataDir}-third` });
      await until('the third process has a share', () => slotsOf(third).length > 0);
      await trial.happens('request');
      const share = slotsOf(third).length;
      // Of four slots for three members; more, if one that restores was thrown out of the group.
      if (share !== 1) throw new Error(`the third process got ${share} slots`);
      proxy.delay('Fetch', 0);
      proxy.reset();
      await trial.finishes();
      countRebalances(plant, trial);
    } finally {
      await trial.close();
      await proxy.close();
    }
  },
};

/** A goes, B takes over and changes the tables, B goes, A comes back to its old store. */
const secondHandover: Situation = {
  name: 'handed-over-and-back',
  async run(plant) {
    const trial = await openTrial(plant, 'handed-over-and-back');
    for (const owner of ['first', 'second', 'first']) {
      await trial.happens('episode');
      const worker = trial.start({ dataDir: `${trial.dataDir}-${owner}` });
      await trial.finishes();
      await trial.kills(worker);
    }
  },
};

export const rebalances: readonly Situation[] = [rolling, thirdJoins, secondHandover];
