import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashPrefix, sha1After } from '../../../runtime/sha1.ts';

test('the hash is SHA-1 for every length of prefix and text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (a, b) => {
      const words = sha1After(hashPrefix(Buffer.from(a)), Buffer.from(b), 0, b.length);
      const hex = [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
      expect(hex).toBe(createHash('sha1').update(a).update(b).digest('hex'));
    }),
  );
});
