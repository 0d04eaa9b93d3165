import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announcedIdOf, requestIdOf, testIdOf } from '../../../gateway/api/request-id.ts';

const channel = fc.constantFrom('email' as const, 'sms' as const, 'messenger' as const);
/** Few letters, and those that could be taken for a separator: equal joins are likely. */
const text = fc.string({ unit: fc.constantFrom('a', '|', ',', '"'), maxLength: 3 });
const identity = fc.record({ askerId: text, channel, idempotencyKey: text });

test('ids that were given out stay what they are', () => {
  const first = { askerId: 'admins', channel: 'email', idempotencyKey: 'abc' } as const;
  expect(requestIdOf(first)).toBe('26dc5c13-a6a4-57a8-92bc-5edcb6d62961');
});

test('two calls have the same id only when key, channel and asker are the same', () => {
  const sameOnlyWhenEqual = fc.property(identity, identity, (a, b) => {
    const equal = JSON.stringify(a) === JSON.stringify(b);
    return (
      (requestIdOf(a) === requestIdOf(b)) === equal && requestIdOf(a) === requestIdOf({ ...a })
    );
  });
  expect(() => fc.assert(sameOnlyWhenEqual)).not.toThrow();
});

test('one key makes another id for a request, for an announcement and for a test', () => {
  const by = { askerId: 'admins', idempotencyKey: 'abc' } as const;
  const ids = [
    requestIdOf({ ...by, channel: 'email' }),
    announcedIdOf({ ...by, channel: 'email' }),
    announcedIdOf({ ...by, channel: 'sms' }),
    testIdOf({ ...by, templateId: 'email' }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
