import { topics } from '../../schemas/topics.ts';
import { deadLettered, decision, notification, world } from './fixtures.ts';
import { raw, type Scenario, scenario } from './scenario.ts';

const unknownMovie = () => {
  const w = world('no-movie');
  return scenario('an episode of an unknown movie becomes a dead letter')
    .given(w.user(w.anna))
    .when(w.episodeReleased(w.brother.id))
    .then(deadLettered('MOVIE_UNKNOWN'));
};

const unknownComment = () => {
  const w = world('no-comment');
  return scenario('a reply to an unknown comment becomes a dead letter')
    .given(w.movie(w.brother), w.user(w.anna))
    .when(w.commentReplied(w.john.id))
    .then(deadLettered('COMMENT_UNKNOWN'));
};

const unknownTemplate = () => {
  const w = world('no-template');
  return scenario('a request with an unknown template is declined for each listed user')
    .given(w.movie(w.brother), w.user(w.anna))
    .when(w.requested([w.anna.id], { templateId: 'none' }))
    .then(decision(w.anna.id, 'email', 'unknownTemplate'));
};

const unknownMovieOfRequest = () => {
  const w = world('request-no-movie');
  return scenario('a request about an unknown movie is declined for each listed user')
    .given(w.user(w.anna))
    .when(w.requested([w.anna.id]))
    .then(decision(w.anna.id, 'email', 'unknownMovie'));
};

const unknownAudience = () => {
  const w = world('no-audience');
  return scenario('a request to an audience of another kind becomes a dead letter')
    .given(w.movie(w.brother), w.user(w.anna))
    .when(w.requested([], { audience: 'planet:Mars' }))
    .then(deadLettered('AUDIENCE_UNKNOWN'));
};

const nobodyListed = () => {
  const w = world('nobody-listed');
  return scenario('a request that lists nobody and names no audience becomes a dead letter')
    .given(w.movie(w.brother), w.user(w.anna))
    .when(w.requested([]))
    .then(deadLettered('AUDIENCE_UNKNOWN'));
};

const missingValue = () => {
  const w = world('no-value');
  return scenario('a text with a name that has no value is never sent half-filled')
    .given(w.movie(w.brother), w.user(w.anna))
    .when(w.requested([w.anna.id], { templateId: 't-broken' }))
    .then(decision(w.anna.id, 'email', 'renderFailed'));
};

const poison = () => {
  const w = world('poison');
  const unknownSchema = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2]);
  return scenario('records that nobody can read are set aside and the next one goes on')
    .given(w.movie(w.brother), w.user({ ...w.anna, channels: ['email'] }))
    .when(
      raw(topics.episodeReleased, w.brother.id, Buffer.from('{"json": true}')),
      raw(topics.episodeReleased, w.brother.id, unknownSchema),
      raw(topics.episodeReleased, null, Buffer.from('no key')),
      w.episodeReleased(w.brother.id),
    )
    .then(
      deadLettered('NOT_AVRO'),
      deadLettered('SCHEMA_UNKNOWN'),
      deadLettered('KEY_MISSING'),
      notification('bulk', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
      }),
    );
};

/** What happens when something is missing or cannot be read. */
export const missingAndBrokenScenarios: readonly Scenario[] = [
  unknownMovie(),
  unknownComment(),
  unknownTemplate(),
  unknownMovieOfRequest(),
  unknownAudience(),
  nobodyListed(),
  missingValue(),
  poison(),
];
