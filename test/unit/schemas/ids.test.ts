import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notificationIdOf } from '../../../schemas/ids.ts';

/**
 * Computed by Python: `uuid.uuid5(UUID('c1f0a6d2-5b1e-5c39-9f57-6a4b0c7f2e11'), name)` with the
 * four parts joined by `|`. An id that changes here would make every replay send again.
 */
const vectors = [
  ['e1', 't1', 'email', 'u1', 'cfa7ca69-4a08-59b2-8af2-68c7e0bbcd5b'],
  ['e1', 't1', 'sms', 'u1', 'a58df2a0-345c-5cab-83ab-46d77b22cd9a'],
  ['', '', '', '', 'd00a1aa7-8d61-51d6-a1cb-8b8b2fdfd6eb'],
  [
    '3f0e2f1c-8b1a-4a55-9d5e-0c1f5d1a2b3c',
    'welcome',
    'messenger',
    '00000000-0000-0000-0000-000000000001',
    '8eade37d-36ac-599a-9d35-2ba9ca57a116',
  ],
  ['событие', 'шаблон', 'email', 'Анна', '6b11a38e-3b0b-56dd-bf0b-5bba738ca7c4'],
] as const;

test.each(vectors)('%s, %s, %s, %s', (eventId, templateId, channel, userId, expected) => {
  expect(notificationIdOf({ eventId, templateId, channel, userId })).toBe(expected);
});

const part = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), maxLength: 3 });
const identity = fc.record({ eventId: part, templateId: part, channel: part, userId: part });

test('two notifications have the same id only when all four parts are the same', () => {
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      const same = JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
      expect(notificationIdOf(one) === notificationIdOf(other)).toBe(same);
    }),
  );
});
