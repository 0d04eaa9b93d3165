import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  describeError,
  type ErrorCode,
  errorTable,
  toVestnikError,
  VestnikError,
} from '../../../runtime/errors.ts';

const codes = Object.keys(errorTable) as ErrorCode[];

test.each(codes)('%s says what happened and what to do, in whole sentences', (code) => {
  const { message } = errorTable[code];
  const sentences = message.match(/[A-Z`][^.]*(\.[^.\s][^.]*)*\.( |$)/g) ?? [];
  expect(sentences.join('')).toBe(message);
  expect(sentences.length).toBeGreaterThanOrEqual(2);
});

test.each(codes)('an error with %s carries the message, the case at hand and the cause', (code) => {
  const cause = new Error('why');
  const error = new VestnikError(code, 'orders-3', { cause });
  expect(error).toMatchObject({ code, cause, retryable: errorTable[code].retryable });
  expect(error.message).toBe(`${errorTable[code].message} (orders-3)`);
});

test('no two codes say the same', () => {
  const messages = codes.map((code) => errorTable[code].message);
  expect(new Set(messages).size).toBe(codes.length);
});

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const refuse = () => {
  throw new Error('no');
};
const errorWith = (message: unknown) => Object.assign(new Error('x'), { message });

/** Things that defend themselves against being looked at. */
const unfriendly = [
  Object.create(null),
  { toString: refuse },
  { [Symbol.toPrimitive]: refuse },
  new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse }),
  revokedProxy(),
  errorWith(Symbol('no text')),
  errorWith(Object.create(null)),
  errorWith({ nested: true }),
  Object.defineProperty(new Error('x'), 'message', { get: refuse }),
  Object.assign(new Error(''), { name: '' }),
  Symbol('thrown'),
];

const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });

function expectTotal(thrown: unknown): void {
  expect(describeError(thrown)).toBeTypeOf('string');
  const error = toVestnikError(thrown, 'KAFKA_PROTOCOL');
  expect(error.code).toBe('KAFKA_PROTOCOL');
  expect(Object.is(error.cause, thrown)).toBe(true);
}

test('anything that can be thrown has a text and becomes an error with a code', () => {
  fc.assert(fc.property(anything, expectTotal));
});

test('what defends itself against being looked at does too', () => {
  for (const thrown of unfriendly) expectTotal(thrown);
});

test('an error that has a code keeps it', () => {
  const error = new VestnikError('TOPIC_MISSING', 'orders');
  expect(toVestnikError(error, 'INTERNAL')).toBe(error);
});
