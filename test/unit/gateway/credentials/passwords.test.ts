import { expect, test } from 'vitest';
import { openPasswords } from '../../../../gateway/credentials/passwords.ts';

test('a password is known by its hash, and by no other', async () => {
  const passwords = await openPasswords('nobody knows');
  const stored = await passwords.hash('correct horse');
  expect(await passwords.verify(stored, 'correct horse')).toBe(true);
  expect(await passwords.verify(stored, 'correct horsf')).toBe(false);
  expect(await passwords.hash('correct horse')).not.toBe(stored);
});

test('nobody has no password, not even the one that stands for it', async () => {
  const passwords = await openPasswords('nobody knows');
  expect(await passwords.verify(null, 'nobody knows')).toBe(false);
});

test('what waits is bounded, and all that began ends', async () => {
  const passwords = await openPasswords('nobody knows');
  const asked = Array.from({ length: 60 }, () => passwords.verify(null, 'x'));
  const settled = await Promise.allSettled(asked);
  const refused = settled.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(18);
  for (const each of refused) {
    expect(each).toMatchObject({ reason: { code: 'CREDENTIALS_UNAVAILABLE' } });
  }
  expect(await passwords.verify(null, 'x')).toBe(false);
});

test('the event loop turns while one is checked', async () => {
  const passwords = await openPasswords('nobody knows');
  let turns = 0;
  let checked = false;
  const checking = passwords.verify(null, 'x').then(() => {
    checked = true;
  });
  while (!checked) {
    turns += 1;
    await new Promise((turn) => setImmediate(turn));
  }
  await checking;
  expect(turns).toBeGreaterThan(5);
});
