import { describe, expect, test } from 'vitest';
import { render, textFor } from '../../../rendering/render.ts';
import { unrenderable } from '../../../rendering/unrenderable.ts';
import type { Template } from '../../../schemas/generated/records.ts';

const values = { user_full_name: 'Анна', movie_title: 'Брат' };

function template(bodies: readonly string[], params = ['user_full_name', 'movie_title', 'season']) {
  const locales = ['ru', 'en'];
  return {
    id: '1',
    version: 1,
    eventType: 'notificationRequested',
    channel: 'sms',
    locale: 'ru',
    texts: bodies.map((body, index) => ({ locale: locales[index] ?? 'fr', subject: null, body })),
    params,
  } satisfies Template;
}

const missingOf = (...bodies: readonly string[]) =>
  unrenderable(template(bodies), () => values)?.missing ?? null;

describe('a template that can be rendered for nobody', () => {
  test.each([
    ['{{ season }}', ['season']],
    ['{{ user_full_name }} {{ season }} {{{ season }}}', ['season']],
    ['{{ undeclared }}', ['undeclared']],
    ['{{ season.number }}', ['season']],
  ])('%s lacks %j', (body, missing) => {
    expect(missingOf(body)).toEqual(missing);
  });

  test('has no text that is written, or none that is a template', () => {
    expect(unrenderable(template([' ']), () => values)?.reason).toBe('has no text');
    expect(unrenderable(template(['{{#if']), () => values)?.reason).toContain('no template');
  });
});

test.each([
  ['{{ user_full_name }}: {{ movie_title }}'],
  ['{{#if movie_title}}{{ movie_title }}{{/if}}'],
  ['{{#if season}}{{ season }}{{/if}}ok'],
  ['{{#unless movie_title}}{{ season }}{{/unless}}ok'],
  ['no names'],
])('%s can be rendered', (body) => {
  expect(missingOf(body)).toBeNull();
});

test('one language that can be rendered is enough', () => {
  expect(missingOf('{{ season }}', '{{ movie_title }}')).toBeNull();
});

test('what is called impossible never renders', () => {
  const pieces = ['{{ season }}', '{{ movie_title }}', '{{#if season}}a{{/if}}', 'b', '{{ this }}'];
  const blocks = [
    '{{#if movie_title}}{{ season }}{{/if}}',
    '{{#unless movie_title}}{{x}}{{/unless}}',
  ];
  const all = [...pieces, ...blocks];
  const bodies = all.flatMap((first) => all.map((second) => `${first} ${second}`));
  const refused = bodies.filter((body) => unrenderable(template([body]), () => values) !== null);
  const rendered = refused.filter((body) => {
    const each = template([body]);
    const text = textFor(each, 'ru');
    return text !== null && render(each, text, values).ok;
  });
  expect(refused.length).toBeGreaterThan(all.length);
  expect(rendered).toEqual([]);
});
