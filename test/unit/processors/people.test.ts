import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { interests, peopleOf } from '../../../rules/people.ts';
import { createLog } from '../../../runtime/log.ts';
import { indexed } from '../../../runtime/processor.ts';
import { createSerde, type Serde } from '../../../runtime/serde.ts';
import type { AudienceKind, NotifyCommand, User } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemoryRegistry } from '../../driver/memory-registry.ts';
import { createMemoryTable } from '../../driver/memory-table.ts';
import { handClock } from '../runtime/hand-clock.ts';

const nobody: User = {
  id: '',
  fullName: 'Анна',
  email: null,
  phone: null,
  telegramChatId: null,
  locale: null,
  timeZone: null,
  channels: [],
  followedMovieIds: [],
  followedGenres: [],
};

function commandFor(audienceKind: AudienceKind, ...audienceKeys: string[]): NotifyCommand {
  return {
    eventId: 'e1',
    eventType: 'episodeReleased',
    source: { topic: 't', partition: 0, offset: 0 },
    occurredAt: 0,
    requestId: null,
    audienceKind,
    audienceKeys,
    params: [],
    movie: null,
    templates: [],
    digest: '',
    part: 0,
    redriven: false,
  };
}

let serde: Serde;
beforeAll(async () => {
  const log = createLog({ level: 'silent', name: 'test' });
  const { signal } = new AbortController();
  const parts = { topics: [topics.users], log, clock: handClock(), signal };
  serde = await createSerde({ ...parts, registry: createMemoryRegistry() });
  await serde.prepare([serde.encode(topics.users, nobody)]);
});

/** A partition of the users table that a test can change while it reads. */
function usersTable(users: readonly Partial<User>[]) {
  const table = createMemoryTable(indexed(topics.users, interests), serde);
  let offset = 0;
  const put = (change: Partial<User>) => {
    const value = { ...nobody, ...change };
    const bytes = serde.encode(topics.users, value);
    table.put(Buffer.from(value.id), bytes, offset);
    offset += 1;
  };
  const remove = (id: string) => {
    table.put(Buffer.from(id), null, offset);
    offset += 1;
  };
  for (const user of users) put(user);
  return { table, put, remove };
}

const idsOf = (people: Iterable<{ readonly userId: string }>) =>
  [...people].map(({ userId }) => userId);

test('everyone comes exactly once', () => {
  const { table } = usersTable([{ id: 'b' }, { id: 'a' }, { id: 'c' }]);
  const found = idsOf(peopleOf(commandFor('everyone'), table, null));
  expect(found.toSorted()).toEqual(['a', 'b', 'c']);
});

test('followers are those of the movie, of the genre those of the genre', () => {
  const { table } = usersTable([
    { id: 'a', followedMovieIds: ['m1'] },
    { id: 'b', followedGenres: ['m1'] },
    { id: 'c', followedMovieIds: ['m2', 'm1'] },
    { id: 'd', followedMovieIds: ['m10'] },
  ]);
  const movie = idsOf(peopleOf(commandFor('movieFollowers', 'm1'), table, null));
  const genre = idsOf(peopleOf(commandFor('genreFollowers', 'm1'), table, null));
  expect({ movie: movie.toSorted(), genre }).toEqual({ movie: ['a', 'c'], genre: ['b'] });
});

test('listed people come in the order of the list, known or not', () => {
  const { table } = usersTable([{ id: 'a' }, { id: 'b' }]);
  const people = [...peopleOf(commandFor('listed', 'b', 'ghost', 'a'), table, null)];
  expect(people.map(({ userId, row }) => [userId, row?.key])).toEqual([
    ['b', 'b'],
    ['ghost', undefined],
    ['a', 'a'],
  ]);
});

test('someone who unfollows and someone who is deleted before their turn do not come', () => {
  const users = ['a', 'b', 'c', 'd'].map((id) => ({ id, followedGenres: ['drama'] }));
  const { table, put, remove } = usersTable(users);
  const command = commandFor('genreFollowers', 'drama');
  const [first, second, third, fourth] = [...peopleOf(command, table, null)];
  remove(second?.userId ?? '');
  put({ id: third?.userId ?? '', followedGenres: ['crime'] });
  const rest = idsOf(peopleOf(command, table, first?.cursor ?? ''));
  expect(rest).toEqual([fourth?.userId]);
});

const words = ['m1', 'm2', 'm3'];
const ids = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), {
  maxLength: 12,
});
const followed = fc.subarray(words);
const kind = fc.constantFrom<AudienceKind>(
  'everyone',
  'listed',
  'movieFollowers',
  'genreFollowers',
);
const world = ids.chain((all) =>
  fc.record({
    users: fc.tuple(
      ...all.map((id) =>
        fc.record({ id: fc.constant(id), followedMovieIds: followed, followedGenres: followed }),
      ),
    ),
    command: fc
      .tuple(kind, fc.subarray(words), fc.shuffledSubarray([...all, 'ghost']))
      .map(([audience, keys, list]) =>
        commandFor(audience, ...(audience === 'listed' ? list : keys)),
      ),
  }),
);

test('nobody comes twice, however many of the words they have', () => {
  fc.assert(
    fc.property(world, ({ users, command }) => {
      const { table } = usersTable(users);
      const found = idsOf(peopleOf(command, table, null));
      expect(new Set(found).size).toBe(found.length);
    }),
  );
});

test('from behind any person come exactly the ones that were still missing', () => {
  fc.assert(
    fc.property(world, ({ users, command }) => {
      const { table } = usersTable(users);
      const all = [...peopleOf(command, table, null)];
      for (const [index, { cursor }] of all.entries()) {
        const rest = idsOf(peopleOf(command, table, cursor));
        expect(rest).toEqual(idsOf(all.slice(index + 1)));
      }
    }),
  );
});

type Change = { readonly place: number; readonly id: string; readonly words: string[] | null };
const changing = world.chain(({ users, command }) =>
  fc.record({
    users: fc.constant(users),
    command: fc.constant(command),
    changes: fc.array(
      fc.record<Change>({
        place: fc.nat(12),
        id: fc.constantFrom(...users.map(({ id }) => id), 'someone new'),
        words: fc.option(followed, { nil: null }),
      }),
    ),
  }),
);

test('whatever changes between two chunks, nobody comes twice, and who stays comes', () => {
  fc.assert(
    fc.property(changing, ({ users, command, changes }) => {
      const { table, put, remove } = usersTable(users);
      const untouched = new Set(idsOf(peopleOf(command, table, null)));
      for (const { id } of changes) untouched.delete(id);
      const found: string[] = [];
      let cursor: string | null = null;
      for (let place = 0; ; place += 1) {
        for (const { id, words: wanted } of changes.filter((each) => each.place === place)) {
          if (wanted === null) remove(id);
          else put({ id, followedMovieIds: wanted, followedGenres: wanted });
        }
        const [next] = peopleOf(command, table, cursor);
        if (!next) break;
        found.push(next.userId);
        ({ cursor } = next);
      }
      expect(new Set(found).size).toBe(found.length);
      expect([...untouched].filter((id) => !found.includes(id))).toEqual([]);
    }),
  );
});

test('a place in a list and a place among rows are never taken for each other', () => {
  const { table } = usersTable([{ id: '0' }, { id: '1' }, { id: '2' }]);
  const list = commandFor('listed', '0', '1', '2');
  const [first] = [...peopleOf(list, table, null)];
  const [row] = [...peopleOf(commandFor('everyone'), table, null)];
  expect([first?.cursor, row?.cursor]).toEqual(['1:list:0', `1:row:${row?.userId}`]);
  expect(idsOf(peopleOf(list, table, first?.cursor ?? ''))).toEqual(['1', '2']);
  expect(idsOf(peopleOf(list, table, row?.cursor ?? ''))).toEqual(['0', '1', '2']);
  expect(idsOf(peopleOf(commandFor('everyone'), table, first?.cursor ?? ''))).toHaveLength(3);
});
