import { type KafkaProxy, openKafkaProxy, type WireFault, type WireHit } from '../kafka-proxy.ts';
import type { Plant } from '../plant.ts';
import type { Situation } from '../situation.ts';
import { openTrial, type Trial } from '../trial.ts';
import { until } from '../until.ts';
import type { Worker } from '../worker.ts';

/** Transactions that pass before the wire is damaged, so that a fan-out is under way. */
const passedBefore = 5;

type Wired = { readonly plant: Plant; readonly proxy: KafkaProxy; readonly trial: Trial };

/** One process works on a fan-out through a proxy that `damage` makes use of. */
function throughProxy(name: string, damage: (wired: Wired) => Promise<void>): Situation {
  return {
    name,
    async run(plant) {
      const proxy = await openKafkaProxy(plant.addresses.kafkaBrokers[0] ?? '');
      try {
        const trial = await openTrial(plant, name);
        await trial.happens('episode');
        await damage({ plant, proxy, trial });
      } finally {
        await proxy.close();
      }
    },
  };
}

/** Whether a transaction of unknown outcome had been committed, as the next owner sees it. */
async function wasCommitted(worker: Worker, { transactionalId, offset }: WireHit) {
  const takeOvers = () =>
    worker.takeOvers().filter((each) => each.transactionalId === transactionalId);
  // With the last transaction of a partition all can be there before the next owner has come.
  await until(`${transactionalId} is taken over again`, () => takeOvers().length > 1);
  const found = takeOvers()[1]?.committed[0];
  if (!found || !offset) throw new Error(`${transactionalId} was not taken over again`);
  return found.nextOffset === offset.nextOffset && found.metadata === offset.metadata;
}

function losing(fault: Omit<WireFault, 'after'>): Situation {
  const { api, lose } = fault;
  const name = `lost-${lose}-${api}-${fault.next}`;
  return throughProxy(name, async ({ plant, proxy, trial }) => {
    proxy.strike({ ...fault, after: passedBefore });
    const worker = trial.start({ broker: proxy.address });
    await until(`${name}: the fault strikes`, () => proxy.hits.length > 0);
    const [hit] = proxy.hits;
    const committed = api === 'EndTxn' && hit ? await wasCommitted(worker, hit) : null;
    await trial.finishes();
    if (committed === null) return;
    if (committed !== (lose === 'reply')) throw new Error(`${name}: committed is ${committed}`);
    if (committed) plant.counters.unknownCommitted += 1;
    else plant.counters.unknownAborted += 1;
  });
}

async function underWay({ proxy, trial }: Wired): Promise<void> {
  trial.start({ broker: proxy.address });
  await until(
    `${trial.name}: transactions go through the proxy`,
    () => proxy.answered('EndTxn') >= passedBefore,
  );
}

function damaged(name: string, damage: (proxy: KafkaProxy) => void): Situation {
  return throughProxy(name, async (wired) => {
    await underWay(wired);
    damage(wired.proxy);
    await wired.trial.happens('request');
    await wired.trial.finishes(blackHoleDeadlineMs);
  });
}

/** A request is given up after 30 s; a few may wait one after the other. */
const blackHoleDeadlineMs = 150_000;

const transactional = ['Produce', 'TxnOffsetCommit', 'EndTxn'] as const;

export const wire: readonly Situation[] = [
  ...transactional.flatMap((api) =>
    (['request', 'reply'] as const).map((lose) => losing({ api, lose, next: 'reset' })),
  ),
  losing({ api: 'EndTxn', lose: 'reply', next: 'silence' }),
  damaged('connections-reset', (proxy) => proxy.reset()),
  damaged('connections-half-closed', (proxy) => proxy.halfClose()),
  damaged('connections-black-holed', (proxy) => proxy.blackHole()),
];
