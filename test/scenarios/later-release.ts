import type { Preference } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { decision, notification, templates, world } from './fixtures.ts';
import { nothing, type Scenario, scenario, written } from './scenario.ts';

/** Upstream names a thing that only a later release knows: it is read as `unknown`. */
const unknown = ['unknown'] as const;

function optedOut(
  what: 'channel' | 'event',
  off: Partial<Preference>,
  others: Partial<Preference>,
) {
  const w = world(`later-${what}`);
  const reason = what === 'channel' ? 'optedOutChannel' : 'optedOutEvent';
  return scenario(`who opted out of a ${what} that we do not know gets nothing at all`)
    .given(
      w.movie(w.brother),
      w.user(w.anna),
      w.preference(w.anna.id, off),
      w.user({ ...w.john, channels: ['email'] }),
      w.preference(w.john.id, others),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(
      decision(w.anna.id, 'email', reason),
      decision(w.anna.id, 'sms', reason),
      notification('bulk', 'email', w.john.id, {
        address: 'john@example.com',
        subject: 'About Brother',
        body: 'Dear John O&#x27;Neil, episode 3 is out: Brother',
      }),
    );
}

const suppressed = () => {
  const w = world('later-suppression');
  const stopped = { channel: 'unknown', reason: 'stopped', since: 0 } as const;
  return scenario('an address suppressed on a channel that we do not know is used on none')
    .given(
      w.movie(w.brother),
      w.user(w.anna),
      w.suppression(w.anna.id, [{ ...stopped, address: 'anna@example.com' }]),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(
      decision(w.anna.id, 'email', 'suppressedAddress'),
      notification('bulk', 'sms', w.anna.id, {
        address: '+79160000001',
        body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
      }),
    );
};

const notChosen = () => {
  const w = world('later-chosen');
  return scenario('a chosen channel that we do not know is not chosen')
    .given(w.movie(w.brother), w.user({ ...w.anna, channels: unknown }))
    .when(w.episodeReleased(w.brother.id))
    .then(...nothing);
};

const template = () => {
  const w = world('later-template');
  const episode = templates.find(({ id }) => id === 't-episode-email');
  const rows = [
    { ...episode, id: 't-a-channel', channel: 'unknown' },
    { ...episode, id: 't-an-event', eventType: 'unknown' },
  ] as typeof templates;
  return scenario('a template for a channel or an event that we do not know is used for nothing')
    .given(
      ...rows.map((row) => written(topics.templates, row.id, row)),
      w.movie(w.brother),
      w.user({ ...w.anna, channels: ['email', 'unknown'] }),
    )
    .when(w.episodeReleased(w.brother.id))
    .then(
      notification('bulk', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'О фильме Брат',
        body: 'Уважаемый Анна Каренина, вышла серия 3: Брат',
      }),
    );
};

/** What symbols mean that a later release added. */
export const laterReleaseScenarios: readonly Scenario[] = [
  optedOut('channel', { optedOutChannels: unknown }, { optedOutChannels: ['sms'] }),
  optedOut('event', { optedOutEvents: unknown }, { optedOutEvents: ['movieAdded'] }),
  suppressed(),
  notChosen(),
  template(),
];
