import { decision, notification, world } from './fixtures.ts';
import { nothing, type Scenario, scenario } from './scenario.ts';

const reply = () => {
  const w = world('reply');
  return scenario('a reply reaches the author of the comment, with the text escaped')
    .given(w.movie(w.brother), w.comment(w.anna.id), w.user({ ...w.anna, channels: ['messenger'] }))
    .when(w.commentReplied(w.john.id))
    .then(
      notification('direct', 'messenger', w.anna.id, {
        address: '1001',
        body: 'Анна Каренина, вам ответил Джон: Согласен &lt;всегда&gt;',
      }),
    );
};

const replyToOneself = () => {
  const w = world('self-reply');
  return scenario('nobody is told that they replied to themselves')
    .given(w.movie(w.brother), w.comment(w.anna.id), w.user(w.anna))
    .when(w.commentReplied(w.anna.id))
    .then(...nothing);
};

const requestToListed = () => {
  const w = world('request');
  return scenario('an announcement reaches the listed users, and says who is unknown')
    .given(w.movie(w.brother), w.user(w.anna), w.user(w.john))
    .when(w.requested([w.anna.id, w.john.id, w.id('ghost'), w.anna.id]))
    .then(
      notification('direct', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, смотрите Брат',
      }),
      notification('direct', 'email', w.john.id, {
        address: 'john@example.com',
        subject: 'About Brother',
        body: 'Dear John O&#x27;Neil, watch Brother',
      }),
      decision(w.id('ghost'), 'email', 'unknownUser'),
    );
};

const requestToAudience = () => {
  const w = world('request-audience');
  return scenario('an announcement to an audience goes out in the bulk lane')
    .given(w.movie(w.brother), w.user(w.anna), w.user({ ...w.john, followedMovieIds: [] }))
    .when(w.requested([], { audience: `movie:${w.brother.id}` }))
    .then(
      notification('bulk', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, смотрите Брат',
      }),
    );
};

const channelNotChosen = () => {
  const w = world('not-chosen');
  return scenario('an announcement on a channel the user did not choose is declined')
    .given(w.movie(w.brother), w.user({ ...w.anna, channels: ['sms'] }))
    .when(w.requested([w.anna.id]))
    .then(decision(w.anna.id, 'email', 'channelNotChosen'));
};

const otherLanguage = () => {
  const w = world('kazakh');
  return scenario('a language without a text falls back to the default of the template')
    .given(w.movie(w.brother), w.user({ ...w.anna, locale: 'kk' }))
    .when(w.requested([w.anna.id]))
    .then(
      notification('direct', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, смотрите Брат',
      }),
    );
};

/** Who gets what of events that go to people named one by one. */
export const listedPeopleScenarios: readonly Scenario[] = [
  reply(),
  replyToOneself(),
  requestToListed(),
  requestToAudience(),
  channelNotChosen(),
  otherLanguage(),
];
