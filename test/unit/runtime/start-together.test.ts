import { expect, test } from 'vitest';
import type { Running } from '../../../runtime/lifecycle.ts';
import { chooseByName, startTogether } from '../../../runtime/start-together.ts';

const all = [{ name: 'email' }, { name: 'sms' }];

test('all are chosen when none is named, else the named ones', () => {
  expect(chooseByName(all, [], 'connector')).toEqual(all);
  expect(chooseByName(all, ['sms'], 'connector')).toEqual([{ name: 'sms' }]);
});

test('a name that is not there is refused with those that are', () => {
  const choose = () => chooseByName(all, ['sms', 'pigeon'], 'connector');
  expect(choose).toThrow(/no connector pigeon; there are email, sms/);
});

function role(state: { isReady: boolean; stops: number }) {
  const failure = Promise.withResolvers<never>();
  const running: Running = {
    ready: () => state.isReady,
    failed: failure.promise,
    async stop() {
      state.stops += 1;
    },
  };
  return { running, fail: failure.reject };
}

test('together they are ready when all are, fail when one does, and stop all', async () => {
  const states = [
    { isReady: true, stops: 0 },
    { isReady: false, stops: 0 },
  ];
  const roles = states.map(role);
  const one = await startTogether(roles.map(({ running }) => Promise.resolve(running)));
  expect(one.ready()).toBe(false);
  for (const state of states) state.isReady = true;
  expect(one.ready()).toBe(true);
  roles[1]?.fail(new Error('the second role broke'));
  await expect(one.failed).rejects.toThrow('the second role broke');
  await one.stop();
  expect(states.map(({ stops }) => stops)).toEqual([1, 1]);
});

test('when one cannot start, those that did are stopped', async () => {
  const state = { isReady: true, stops: 0 };
  const { running } = role(state);
  const refused = Promise.reject<Running>(new Error('no registry'));
  await expect(startTogether([Promise.resolve(running), refused])).rejects.toThrow('no registry');
  expect(state.stops).toBe(1);
});
