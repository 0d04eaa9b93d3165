/**
 * A role as a process, for `lifecycle.test.ts`: `node lifecycle-role.ts <behaviour>`. It prints
 * what it does, so that the order can be seen from outside.
 */
import { runMain, runStep } from '../../../runtime/lifecycle.ts';

const [behaviour] = process.argv.slice(2);
const never = new Promise<never>(() => undefined);
const failure = Promise.withResolvers<never>();
failure.promise.catch(() => undefined);
/** What a connection is: a reason to stay alive. */
let alive: NodeJS.Timeout | undefined;

/** The deadline of a stop passes at once here; that there is one is what matters. */
function hurry(): void {
  const realTimeout = globalThis.setTimeout;
  globalThis.setTimeout = ((call: () => void) => realTimeout(call, 1)) as typeof setTimeout;
}

async function stop(): Promise<void> {
  console.log('stopping');
  if (behaviour === 'hang') await never;
  if (behaviour === 'break') throw new Error('the stop broke');
  clearInterval(alive);
  console.log('stopped');
}

if (behaviour === 'step') {
  await runStep('test', async () => 'stepped');
} else if (behaviour === 'failing-step') {
  await runStep('test', async () => {
    throw new Error('the step broke');
  });
} else {
  await runMain('test', async () => {
    if (behaviour === 'no-start') throw new Error('the start broke');
    alive = setInterval(() => undefined, 60_000);
    console.log('ready');
    if (behaviour === 'endless-start') return never;
    if (behaviour === 'hang') hurry();
    if (behaviour === 'fail') failure.reject(new Error('the role broke'));
    return { ready: () => true, failed: failure.promise, stop };
  });
}
