import { expect, test } from 'vitest';
import { VestnikError } from '../../../runtime/errors.ts';
import { createLog } from '../../../runtime/log.ts';
import { openDatabase, toDatabaseError } from '../../../runtime/postgres.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'CONNECTION_CLOSED',
  'CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])('%s is waited for', (code) => {
  expect(toDatabaseError(withCode(code))).toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    retryable: true,
  });
});

test.each([
  ['a wrong call', withCode('UNDEFINED_VALUE')],
  ['a defect', new TypeError('x is not a function')],
  ['a defect that has a code', Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' })],
  ['something that is no error', null],
])('%s is not', (_, error) => {
  expect(toDatabaseError(error)).toMatchObject({ code: 'INTERNAL', retryable: false });
});

test('an error that has its code keeps it', () => {
  const error = new VestnikError('DATABASE_MISMATCH', 'x');
  expect(toDatabaseError(error)).toBe(error);
});

test('a server that is not there is reported, not waited for', async () => {
  const log = createLog({ level: 'silent', name: 'test' });
  // Port 9 is "discard": nothing listens there.
  const database = openDatabase({ url: 'postgres://nobody@127.0.0.1:9/none', log });
  const failure = { code: 'DATABASE_UNAVAILABLE' };
  await expect(database.query`select 1`).rejects.toMatchObject(failure);
  await expect(database.script('select 1')).rejects.toMatchObject(failure);
  await database.close();
});
