import type { Template } from '../../schemas/generated/records.ts';
import { decision, notification, world } from './fixtures.ts';
import { type Scenario, scenario } from './scenario.ts';

const announced = (id: string): Template => ({
  id,
  version: 1,
  eventType: 'notificationRequested',
  channel: 'email',
  locale: 'ru',
  texts: [
    { locale: 'ru', subject: 'Профилактика', body: '<p>{{ user_full_name }}, ночью</p>' },
    { locale: 'en', subject: 'Maintenance', body: '<p>{{ user_full_name }}, at night</p>' },
  ],
  params: ['user_full_name'],
});

const toListed = () => {
  const w = world('announced');
  const template = announced(`announcement:${w.id('event')}`);
  return scenario('a text of the moment is rendered from its request, and needs no row')
    .given(w.user(w.anna), w.user(w.john))
    .when(
      w.requested([w.anna.id, w.john.id, w.id('ghost')], {
        templateId: template.id,
        movieId: null,
        template,
      }),
    )
    .then(
      notification('direct', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'Профилактика',
        body: '<p>Анна Каренина, ночью</p>',
      }),
      notification('direct', 'email', w.john.id, {
        address: 'john@example.com',
        subject: 'Maintenance',
        body: '<p>John O&#x27;Neil, at night</p>',
      }),
      decision(w.id('ghost'), 'email', 'unknownUser'),
    );
};

const toAudience = () => {
  const w = world('announced-audience');
  const template = announced(`announcement:${w.id('event')}`);
  return scenario('a text of the moment goes to an audience in the bulk lane')
    .given(w.movie(w.brother), w.user(w.anna))
    .when(
      w.requested([], {
        templateId: template.id,
        movieId: null,
        audience: `movie:${w.brother.id}`,
        template,
      }),
    )
    .then(
      notification('bulk', 'email', w.anna.id, {
        address: 'anna@example.com',
        subject: 'Профилактика',
        body: '<p>Анна Каренина, ночью</p>',
      }),
    );
};

export const announcementScenarios: readonly Scenario[] = [toListed(), toAudience()];
