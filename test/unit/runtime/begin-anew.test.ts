import { expect, test } from 'vitest';
import { beginAnew } from '../../../runtime/begin-anew.ts';
import { type ErrorCode, VestnikError } from '../../../runtime/errors.ts';
import { createHealth } from '../../../runtime/health.ts';
import { createLog } from '../../../runtime/log.ts';

const log = createLog({ level: 'silent', name: 'test' });
const health = createHealth(log);
const clock = { nowMs: () => 0, sleep: async () => undefined };
const failing = (code: ErrorCode) => new VestnikError(code, 'users');

/** Starts of a role; each can be made to fail, and what its watch says can be set. */
function role(startFailures: readonly (ErrorCode | null)[] = []) {
  const events: string[] = [];
  const fails: ((error: unknown) => void)[] = [];
  const state = { look: null as ErrorCode | null };
  const start = async () => {
    const failure = startFailures[events.filter((each) => each.startsWith('start')).length];
    events.push(failure ? `start fails with ${failure}` : 'start');
    if (failure) throw failing(failure);
    const failed = Promise.withResolvers<never>();
    const changed = Promise.withResolvers<never>();
    changed.promise.catch(() => undefined);
    fails.push(failed.reject);
    return {
      ready: () => true,
      failed: failed.promise,
      stop: async () => void events.push('stop'),
      watch: {
        partitionsOf: () => 1,
        changed: changed.promise,
        look: async () => {
          if (state.look) throw failing(state.look);
        },
        close: () => undefined,
      },
    };
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { start, events, fails, state, settle };
}

test('a role begins anew when a topic was made anew, whatever failed because of that', async () => {
  const { start, events, fails, state, settle } = role([null, 'TOPIC_MISSING', null]);
  const running = await beginAnew(start, { log, clock, health });
  state.look = 'TOPIC_REMADE';
  fails[0]?.(failing('OFFSET_OUT_OF_RANGE'));
  await settle();
  expect(events).toEqual(['start', 'stop', 'start fails with TOPIC_MISSING', 'start']);
  expect(running.ready()).toBe(true);
  await running.stop();
  expect(events.at(-1)).toBe('stop');
});

test.each([
  ['anything else', null, 'OFFSET_OUT_OF_RANGE'],
  ['more partitions', 'PARTITIONS_CHANGED', 'PARTITIONS_CHANGED'],
] as const)('%s ends it', async (_, look, code) => {
  const { start, fails, state } = role();
  const running = await beginAnew(start, { log, clock, health });
  state.look = look;
  fails[0]?.(failing('OFFSET_OUT_OF_RANGE'));
  await expect(running.failed).rejects.toMatchObject({ code });
  await running.stop();
});

test('a first start that fails is the caller’s; a later one that cannot work ends it', async () => {
  const missing = role(['TOPIC_MISSING']);
  const first = beginAnew(missing.start, { log, clock, health });
  await expect(first).rejects.toMatchObject({ code: 'TOPIC_MISSING' });

  const { start, fails } = role([null, 'TOPIC_MISMATCH']);
  const running = await beginAnew(start, { log, clock, health });
  fails[0]?.(failing('TOPIC_REMADE'));
  await expect(running.failed).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
  await running.stop();
});
