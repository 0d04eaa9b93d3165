import { expect, onTestFinished, test } from 'vitest';
import {
  openWorkers,
  usualBounds,
  type WorkerBounds,
} from '../../../../gateway/templates/worker-pool.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { silentLog } from '../built-gateway.ts';

function opened(bounds: Partial<WorkerBounds> = {}) {
  const all = { ...usualBounds, threads: 1, ...bounds };
  const workers = openWorkers({ clock: systemClock, log: silentLog, bounds: all });
  onTestFinished(() => workers.close());
  return workers;
}

const preview = (body: string, subject: string | null = null) =>
  ({
    kind: 'preview',
    source: {
      eventType: 'movieAdded',
      channel: 'email',
      locale: 'ru',
      texts: [{ locale: 'ru', subject, body }],
    },
    reader: null,
    event: null,
    parts: [],
    ofPart: null,
    conditions: false,
  }) as const;

/** Parts that each call the one before twice, so 2^depth calls; a check would refuse them. */
function doubling(depth: number, word: string): string {
  const parts = Array.from({ length: depth }, (_, n) => {
    const twice = `{{> p${n} }}{{> p${n} }}`;
    return `{{#*inline "p${n + 1}"}}${twice}{{/inline}}`;
  });
  return `{{#*inline "p0"}}${word}{{/inline}}${parts.join('')}{{> p${depth} }}`;
}

const fine = preview('{{movie_title}}');
const done = { kind: 'done', value: [{ ok: true }] };

test('a template is looked at in a thread', async () => {
  const workers = opened();
  expect(await workers.work(fine)).toMatchObject(done);
  const { source } = preview('{{nobody}}');
  expect(await workers.work({ kind: 'prepare', source, parts: [] })).toMatchObject({
    kind: 'done',
    value: { problems: [{ code: 'subjectMissing' }, { code: 'unknownName' }] },
  });
});

test('one that loops is stopped, others have their turn, and the next is served', async () => {
  const workers = opened({ heapMb: 512 });
  await workers.work(fine);
  let turns = 0;
  const turning = new AbortController();
  const turn = async () => {
    while (!turning.signal.aborted) {
      await systemClock.sleep(1);
      turns += 1;
    }
  };
  const all = turn();
  expect(await workers.work(preview('x', doubling(40, '')))).toEqual({
    kind: 'stopped',
    why: 'time',
  });
  turning.abort();
  await all;
  expect(turns).toBeGreaterThan(20);
  expect(await workers.work(fine)).toMatchObject(done);
});

test('one that eats memory is stopped, and the process lives on', async () => {
  const workers = opened({ taskMs: 20_000, heapMb: 32 });
  const eaten = await workers.work(preview('x', doubling(24, 'x'.repeat(20))));
  expect(eaten).toEqual({ kind: 'stopped', why: 'memory' });
  expect(await workers.work(fine)).toMatchObject(done);
});

test('more than may wait are turned away, the rest is served in its order', async () => {
  const workers = opened({ maxWaiting: 2 });
  const asked = Array.from({ length: 5 }, () => workers.work(fine));
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
  expect(kinds).toEqual(['done', 'done', 'done', 'busy', 'busy']);
});

test('whoever waits when it is closed is told', async () => {
  const workers = opened();
  const asked = [workers.work(fine), workers.work(fine)];
  await workers.close();
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
  expect(kinds[1]).toBe('busy');
  expect(await workers.work(fine)).toEqual({ kind: 'busy' });
});
