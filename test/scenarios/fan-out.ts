import { decision, notification, world } from './fixtures.ts';
import { nothing, type Scenario, scenario } from './scenario.ts';

const episodeMail = (userId: string) =>
  notification('bulk', 'email', userId, {
    address: 'anna@example.com',
    subject: 'О фильме Брат',
    body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
  });

const everyChannel = () => {
  const w = world('episode');
  const { anna, john, brother } = w;
  return scenario('a new episode reaches the followers of the movie in their languages')
    .given(w.movie(brother), w.user(anna), w.user(john))
    .when(w.episodeReleased(brother.id))
    .then(
      notification('bulk', 'email', anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
      }),
      notification('bulk', 'sms', anna.id, {
        address: '+79160000001',
        body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
      }),
      notification('bulk', 'email', john.id, {
        address: 'john@example.com',
        subject: 'About Brother',
        body: 'Dear John O&#x27;Neil, episode 3 is out: Brother',
      }),
      decision(john.id, 'sms', 'noAddress'),
    );
};

const optedOut = () => {
  const w = world('opted-out');
  return scenario('someone who opted out of SMS gets the e-mail and a decision says why')
    .given(
      w.movie(w.brother),
      w.user(w.anna),
      w.preference(w.anna.id, { optedOutChannels: ['sms'] }),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(
      notification('bulk', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
      }),
      decision(w.anna.id, 'sms', 'optedOutChannel'),
    );
};

const optedOutOfEvent = () => {
  const w = world('opted-out-event');
  return scenario('someone who opted out of new episodes gets none on any channel')
    .given(
      w.movie(w.brother),
      w.user(w.anna),
      w.preference(w.anna.id, { optedOutEvents: ['episodeReleased'] }),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(
      decision(w.anna.id, 'email', 'optedOutEvent'),
      decision(w.anna.id, 'sms', 'optedOutEvent'),
    );
};

const suppressed = () => {
  const w = world('suppressed');
  const bounced = { channel: 'email', reason: 'hard bounce', since: 0 } as const;
  const changed = { ...w.john, email: 'new@example.com', channels: ['email'] as const };
  return scenario('an address that bounced is not used again, a new one is')
    .given(
      w.movie(w.brother),
      w.user({ ...w.anna, channels: ['email'] }),
      w.user(changed),
      w.suppression(w.anna.id, [{ ...bounced, address: 'anna@example.com' }]),
      w.suppression(w.john.id, [{ ...bounced, address: 'john@example.com' }]),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(
      decision(w.anna.id, 'email', 'suppressedAddress'),
      notification('bulk', 'email', w.john.id, {
        address: 'new@example.com',
        subject: 'About Brother',
        body: 'Dear John O&#x27;Neil, episode 3 is out: Brother',
      }),
    );
};

const genres = () => {
  const w = world('genres');
  const both = { ...w.anna, followedGenres: [w.id('drama'), w.id('crime')] };
  const other = { ...w.john, followedGenres: [w.id('comedy')] };
  return scenario('a new movie reaches who follows several of its genres exactly once')
    .given(w.movie(w.brother), w.user(both), w.user(other))
    .when(w.movieAdded(w.brother.id))
    .then(
      notification('bulk', 'email', both.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, новый фильм Брат',
      }),
    );
};

/** й and ё as one letter each, and as a letter with a sign behind it: for people the same. */
const composed = 'комедий-ё';
const decomposed = composed.normalize('NFD');

const writtenInTwoWays = () => {
  const w = world('two-ways');
  const genre = { composed: w.id(composed), decomposed: w.id(decomposed) };
  const movie = { ...w.brother, genres: [genre.decomposed] };
  const follower = (user: typeof w.anna, ...followedGenres: string[]) =>
    w.user({ ...user, channels: ['email'], followedGenres });
  return scenario('genres are the same however their accents are written')
    .given(
      w.movie(movie),
      follower(w.anna, genre.composed),
      follower(w.john, genre.composed, genre.decomposed),
    )
    .when(w.movieAdded(movie.id), w.requested([], { audience: `genre:${genre.composed}` }))
    .then(
      ...['новый фильм', 'смотрите'].map((what) =>
        notification('bulk', 'email', w.anna.id, {
          address: 'anna@example.com',
          subject: 'О фильме Брат',
          body: `Уважаемый Анна Каренина, ${what} Брат`,
        }),
      ),
      ...['a new movie', 'watch'].map((what) =>
        notification('bulk', 'email', w.john.id, {
          address: 'john@example.com',
          subject: 'About Brother',
          body: `Dear John O&#x27;Neil, ${what} Brother`,
        }),
      ),
    );
};

const bouncedInAnotherForm = () => {
  const w = world('bounced-form');
  const address = 'анна-й@example.com';
  const user = { ...w.anna, channels: ['email'] as const, email: address };
  const bounced = { channel: 'email', reason: 'bounce', since: 0 } as const;
  return scenario('an address that bounced is not used again however its accents are written')
    .given(
      w.movie(w.brother),
      w.user(user),
      w.suppression(user.id, [{ ...bounced, address: address.normalize('NFD') }]),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(decision(user.id, 'email', 'suppressedAddress'));
};

const nobodyFollows = () => {
  const w = world('nobody');
  return scenario('a new episode that nobody follows reaches nobody')
    .given(w.movie(w.brother), w.user({ ...w.anna, followedMovieIds: [] }))
    .when(w.episodeReleased(w.brother.id))
    .then(...nothing);
};

const deletedUser = () => {
  const w = world('deleted');
  const { topic, key } = w.user(w.anna);
  return scenario('a deleted user gets nothing')
    .given(w.movie(w.brother), w.user(w.anna), { topic, key, value: null })
    .when(w.episodeReleased(w.brother.id))
    .then(...nothing);
};

const sentTwice = () => {
  const w = world('twice');
  return scenario('an event that is sent twice is planned once')
    .given(w.movie(w.brother), w.user({ ...w.anna, channels: ['email'] }))
    .when(
      w.episodeReleased(w.brother.id),
      w.episodeReleased(w.brother.id),
      w.episodeReleased(w.brother.id, w.id('another')),
    )
    .then(...['first', 'another'].map(() => episodeMail(w.anna.id)));
};

/** Who gets what of events that go to many. */
export const fanOutScenarios: readonly Scenario[] = [
  everyChannel(),
  optedOut(),
  optedOutOfEvent(),
  suppressed(),
  genres(),
  writtenInTwoWays(),
  bouncedInAnotherForm(),
  nobodyFollows(),
  deletedUser(),
  sentTwice(),
];
