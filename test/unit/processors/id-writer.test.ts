import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIdWriter, idBytes } from '../../../processors/id-writer.ts';
import { notificationIdOf } from '../../../schemas/ids.ts';

test('ids are those of notificationIdOf, however long the parts are', () => {
  const part = fc.string({ maxLength: 90 });
  fc.assert(
    fc.property(part, part, part, part, (eventId, templateId, channel, userId) => {
      const out = Buffer.alloc(idBytes);
      const bytes = Buffer.from(`..${userId}..`);
      const user = { bytes, start: 2, end: bytes.length - 2 };
      createIdWriter({ eventId, templateId, channel })(user, out, 0);
      expect(out.toString()).toBe(notificationIdOf({ eventId, templateId, channel, userId }));
    }),
  );
});
