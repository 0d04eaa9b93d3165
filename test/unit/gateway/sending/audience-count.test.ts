import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countAudience } from '../../../../gateway/sending/audience-count.ts';
import { candidatesOf } from '../../../../gateway/sending/candidates.ts';
import type { Audience } from '../../../../rules/people.ts';
import type { User } from '../../../../schemas/generated/records.ts';
import { topics } from '../../../../schemas/topics.ts';
import { createMemorySerde } from '../../../driver/memory-serde.ts';
import { openMemoryPeople } from '../memory-people.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'зритель'];
const movies = ['m1', 'm2'];
const genres = ['драма', 'café', 'cafe\u0301'];

const user = (id: string): fc.Arbitrary<User> =>
  fc.record({
    id: fc.constant(id),
    fullName: fc.constant('Анна'),
    email: fc.constant(null),
    phone: fc.constant(null),
    telegramChatId: fc.constant(null),
    locale: fc.constant(null),
    timeZone: fc.constant(null),
    channels: fc.constant([]),
    followedMovieIds: fc.subarray(movies),
    followedGenres: fc.subarray(genres),
  });
/** A row that is written, deleted, or cannot be read; one after the other. */
const change = fc
  .record({ id: fc.constantFrom(...ids), kind: fc.constantFrom('write', 'write', 'delete', 'bad') })
  .chain(({ id, kind }) => user(id).map((value) => ({ id, kind, value })));

const audiences: readonly Audience[] = [
  { audienceKind: 'everyone', audienceKeys: [] },
  { audienceKind: 'movieFollowers', audienceKeys: ['m1'] },
  { audienceKind: 'movieFollowers', audienceKeys: ['m404'] },
  { audienceKind: 'movieFollowers', audienceKeys: [] },
  { audienceKind: 'genreFollowers', audienceKeys: ['cafe\u0301'] },
  { audienceKind: 'genreFollowers', audienceKeys: ['драма', 'café'] },
  { audienceKind: 'listed', audienceKeys: ['a', 'a', 'зритель', 'nobody'] },
];

test('the count is that of the people who are then gone through', async () => {
  const serde = await createMemorySerde();
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const { people, put, putRaw } = openMemoryPeople(serde);
      for (const { id, kind, value } of changes) {
        if (kind === 'bad') putRaw(topics.users, id, Buffer.from([0, 0, 0, 0, 99]));
        else put(topics.users, id, kind === 'delete' ? null : value);
      }
      for (const audience of audiences) {
        const found = [...candidatesOf(people, audience)];
        const known = found.filter(({ row }) => row !== undefined).length;
        expect(countAudience(people, audience)).toEqual({ named: found.length, known });
      }
    }),
  );
});
