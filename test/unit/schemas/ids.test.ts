import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notificationIdOf } from '../../../schemas/ids.ts';

/**
 * Computed by Python: `uuid.uuid5(UUID('c1f0a6d2-5b1e-5c39-9f57-6a4b0c7f2e11'), name)` with
 * `4:name` for each of the first three parts, the number of its bytes before it, and the user's id
 * behind them. An id that changes here would make every replay send again.
 */
const vectors = [
  ['e1', 't1', 'email', 'u1', '0aa11091-baec-55b1-afa0-09e58735528c'],
  ['e1', 't1', 'sms', 'u1', '6c78a9fb-8036-5354-a761-25d91ea8952e'],
  ['', '', '', '', '3bbacc3b-b673-5545-908d-a4001fc9d6d2'],
  [
    '3f0e2f1c-8b1a-4a55-9d5e-0c1f5d1a2b3c',
    'welcome',
    'messenger',
    '00000000-0000-0000-0000-000000000001',
    'ac653ef2-9ace-55ec-9491-672415d5238b',
  ],
  ['событие', 'шаблон', 'email', 'Анна', '367a28bc-b604-5079-8f8c-05696cc3b26c'],
] as const;

test.each(vectors)('%s, %s, %s, %s', (eventId, templateId, channel, userId, expected) => {
  expect(notificationIdOf({ eventId, templateId, channel, userId })).toBe(expected);
});

const part = fc.string({ unit: fc.constantFrom('a', '1', '2', '3', ':', '|'), maxLength: 3 });
const identity = fc.record({ eventId: part, templateId: part, channel: part, userId: part });

test('two notifications have the same id only when all four parts are the same', () => {
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      const same = JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
      expect(notificationIdOf(one) === notificationIdOf(other)).toBe(same);
    }),
  );
});
