import type { Channel, Preference, Suppression, User } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';
import { type Written, written } from '../scenarios/scenario.ts';
import { createRandom } from './random.ts';

/** Someone of the generated input, with all that decides what they get. */
export type Inhabitant = {
  readonly user: User;
  readonly off: readonly Channel[];
  readonly suppressed: readonly Channel[];
  /** A row of theirs cannot be used: they get nothing, and a decision for each text. */
  readonly silenced?: boolean;
};

/** All people follow one movie and chose e-mail and SMS, so each event is two records a person. */
export type Population = {
  readonly name: string;
  readonly people: readonly Inhabitant[];
  readonly movieId: string;
};

const names = ['Анна Каренина', "John O'Neil", 'Zoë <Zed>', 'Иван', 'Ada Lovelace'];
const shareWithoutPhone = 0.05;
const shareOptedOut = 0.08;
const shareSuppressed = 0.04;

/** The people of a run: the same for the same name, size and seed. */
export function populate(name: string, size: number, seed: number): Population {
  const random = createRandom(seed);
  const w = world(name);
  const pick = (share: number): Channel[] => {
    if (random() >= share) return [];
    return random() < 0.5 ? ['email'] : ['sms'];
  };
  const people = Array.from({ length: size }, (_, index): Inhabitant => {
    const hasPhone = random() >= shareWithoutPhone;
    const user: User = {
      ...w.anna,
      id: w.id(`u${index}`),
      fullName: names[Math.floor(random() * names.length)] ?? '',
      email: `u${index}@example.com`,
      phone: hasPhone ? `+7916${String(index).padStart(7, '0')}` : null,
      locale: random() < 0.5 ? 'ru' : 'en',
    };
    return { user, off: pick(shareOptedOut), suppressed: pick(shareSuppressed) };
  });
  return { name, people, movieId: w.brother.id };
}

const addressOf = ({ email, phone }: User, channel: Channel) =>
  (channel === 'email' ? email : phone) ?? '';

/** The rows of the tables that hold a population. */
export function rowsOf({ name, people }: Population): readonly Written[] {
  const w = world(name);
  const suppression = (user: User, channel: Channel): Suppression['addresses'][number] => ({
    channel,
    address: addressOf(user, channel),
    reason: 'bounced',
    since: 0,
  });
  return [
    ...templateRows,
    w.movie(w.brother),
    ...people.flatMap(({ user, off, suppressed }) => {
      const preference: Preference = {
        userId: user.id,
        optedOutChannels: [...off],
        optedOutEvents: [],
        updatedAt: 0,
      };
      const addresses = suppressed.map((channel) => suppression(user, channel));
      return [
        written(topics.users, user.id, user),
        ...(off.length > 0 ? [written(topics.preferences, user.id, preference)] : []),
        ...(addresses.length > 0
          ? [written(topics.suppressions, user.id, { userId: user.id, addresses })]
          : []),
      ];
    }),
  ];
}

/** Other people who follow the movie of a population, to take the place of its own. */
export function othersThan({ name, movieId }: Population, size: number, seed: number): Population {
  const { people } = populate(`${name}-other${seed}`, size, seed);
  const follow = ({ user, ...rest }: Inhabitant): Inhabitant => ({
    ...rest,
    user: { ...user, followedMovieIds: [movieId] },
  });
  return { name, movieId, people: people.map(follow) };
}

/** The same people, some of whom have a row that cannot be used. */
export function silence(population: Population, ids: ReadonlySet<string>): Population {
  const people = population.people.map((each) =>
    ids.has(each.user.id) ? { ...each, silenced: true } : each,
  );
  return { ...population, people };
}

/** Only those of a population whom an id names. */
export const only = (population: Population, ids: ReadonlySet<string>): Population => ({
  ...population,
  people: population.people.filter(({ user }) => ids.has(user.id)),
});
