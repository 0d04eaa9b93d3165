import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { render, textFor } from '../../../rendering/render.ts';
import type { RenderContext } from '../../../rendering/values.ts';
import type { Channel, Template, TemplateText } from '../../../schemas/generated/records.ts';

const params = ['user_full_name', 'movie_title'];
const anna: RenderContext = { user_full_name: 'Анна', movie_title: 'Брат' };

function templateOf(channel: Channel, changes: Partial<Template> = {}): Template {
  const rest = { eventType: 'episodeReleased', locale: 'ru', texts: [], params } as const;
  return { id: 't1', version: 1, channel, ...rest, ...changes };
}
const textOf = (body: string, subject: string | null = null): TemplateText => ({
  locale: 'ru',
  subject,
  body,
});
const renderBody = (body: string, context = anna, channel: Channel = 'email') =>
  render(templateOf(channel), textOf(body), context);

test('names are replaced by their values, in the seed template of the task', () => {
  const body = 'Уважаемый {{ user_full_name }}, вышла новая серия {{ movie_title }}';
  const rendered = renderBody(body);
  const filled = 'Уважаемый Анна, вышла новая серия Брат';
  expect(rendered).toEqual({ ok: true, subject: null, body: filled });
});

describe('strict', () => {
  test('a declared name without a value is refused, never left empty', () => {
    const rendered = renderBody('Кино {{ movie_title }}', { user_full_name: 'Анна' });
    expect(rendered).toMatchObject({ ok: false, reason: expect.stringContaining('movie_title') });
  });

  test('a name outside the list is refused even where there is a value', () => {
    const context = { ...anna, reply_text: 'Согласен' };
    expect(renderBody('{{ reply_text }}', context)).toMatchObject({ ok: false });
  });

  test('the subject is as strict as the body', () => {
    const text = textOf('Привет', 'О {{ movie_name }}');
    expect(render(templateOf('email'), text, anna)).toMatchObject({ ok: false });
  });

  test.each(['{{', '{{#if movie_title}}', '{{> partial}}', '{{ lookup this "x" }}', '{{ log 1 }}'])(
    '%s is refused',
    (body) => {
      expect(renderBody(body)).toMatchObject({ ok: false });
    },
  );

  test.each(['', '  \n', '{{#if movie_title}}{{/if}}'])('the empty text %j is refused', (body) => {
    expect(renderBody(body)).toMatchObject({ ok: false, reason: 'the text is empty' });
  });
});

describe('escaping', () => {
  const hostile = { ...anna, movie_title: `<b>"Tom" & 'Jerry'</b>` };
  const escaped = '&lt;b&gt;&quot;Tom&quot; &amp; &#x27;Jerry&#x27;&lt;/b&gt;';

  test.each<Channel>(['email', 'messenger'])('values are escaped in the HTML of %s', (channel) => {
    const rendered = renderBody('<i>{{ movie_title }}</i>', hostile, channel);
    expect(rendered).toMatchObject({ body: `<i>${escaped}</i>` });
  });

  test('an SMS is plain', () => {
    const rendered = renderBody('{{ movie_title }}', hostile, 'sms');
    expect(rendered).toMatchObject({ body: hostile.movie_title });
  });

  test('a subject is plain, and the same source escapes in the body', () => {
    const text = textOf('{{ movie_title }}', '{{ movie_title }}');
    const rendered = render(templateOf('email'), text, hostile);
    expect(rendered).toEqual({ ok: true, subject: hostile.movie_title, body: escaped });
  });

  test('no value brings a tag into an HTML body', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const rendered = renderBody('{{ movie_title }}.', { ...anna, movie_title: value });
        expect(rendered.ok && /[<>"']/.test(rendered.body)).toBe(false);
      }),
    );
  });
});

test('a subject stays one line, whatever is in the values', () => {
  const controls = fc.constantFrom('\r', '\n', '\r\n', '\t', '\u0000', '\u0085', '\u2028', 'x');
  fc.assert(
    fc.property(fc.string({ unit: controls }), (value) => {
      const text = textOf('Привет', 'О {{ movie_title }}.');
      const rendered = render(templateOf('email'), text, { ...anna, movie_title: value });
      expect(rendered.ok && rendered.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
});

describe('nothing but the values is within reach of a template', () => {
  const inherited = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'];

  test.each(inherited)('{{ %s }} is refused, even when it is declared', (name) => {
    const template = templateOf('email', { params: [...params, name] });
    expect(render(template, textOf(`{{ ${name} }}`), anna)).toMatchObject({ ok: false });
    expect(render(template, textOf(`x{{ ${name} }}`), { ...anna })).toMatchObject({ ok: false });
  });

  test.each([
    '{{ movie_title.constructor }}',
    '{{ movie_title.__proto__ }}',
    '{{ this.constructor.name }}',
    '{{ @root.constructor }}',
    '{{#with this}}{{ constructor }}{{/with}}',
    '{{#each this}}{{ constructor }}{{/each}}',
    '{{ constructor.constructor "return process" }}',
    '{{#with "s" as |string|}}{{ string.sub.apply }}{{/with}}',
  ])('%s is refused', (body) => {
    expect(renderBody(body)).toMatchObject({ ok: false });
  });

  test('a value that is called __proto__ is a value like any other', () => {
    const context = JSON.parse('{"__proto__":"мой"}') as RenderContext;
    const template = templateOf('email', { params: ['__proto__'] });
    const rendered = render(template, textOf('{{ movie_title }}'), context);
    expect(rendered).toMatchObject({ ok: false });
    expect(Object.hasOwn(Object.prototype, 'мой')).toBe(false);
  });
});

describe('size', () => {
  const maxChars = 100_000;
  const bodyOf = (chars: number) => renderBody('{{ movie_title }}', filledWith(chars));
  const filledWith = (chars: number) => ({ ...anna, movie_title: 'x'.repeat(chars) });

  test('a text at the bound is rendered, one behind it is refused', () => {
    expect(bodyOf(maxChars)).toMatchObject({ ok: true });
    expect(bodyOf(maxChars + 1)).toEqual({
      ok: false,
      reason: `the text has ${maxChars + 1} characters`,
    });
  });

  test('a loop over one value ends', () => {
    const body = '{{#each this}}{{ this }};{{/each}}';
    expect(renderBody(body)).toMatchObject({ ok: true, body: 'Анна;Брат;' });
  });
});

describe('language', () => {
  const texts = (...locales: string[]) =>
    locales.map((locale) => ({ locale, subject: null, body: locale }));
  const chosen = (wanted: string | null, home: string, ...written: string[]) =>
    textFor(templateOf('email', { locale: home, texts: texts(...written) }), wanted)?.locale;

  test.each([
    ['the reader’s own', 'en-GB', 'fr', ['en', 'fr', 'ru', 'en-GB'], 'en-GB'],
    ['without its region', 'en-GB', 'fr', ['ru', 'fr', 'en'], 'en'],
    ['the default of the template', 'kk', 'fr', ['ru', 'fr', 'en'], 'fr'],
    ['Russian as the last resort', 'kk', 'de', ['en', 'ru'], 'ru'],
    ['of someone who never chose, the default', null, 'en', ['ru', 'en'], 'en'],
  ])('%s', (_, wanted, home, written, expected) => {
    expect(chosen(wanted, home, ...written)).toBe(expected);
  });

  test('none of them: there is no text, and it is not guessed', () => {
    expect(chosen('kk', 'de', 'en', 'fr')).toBeUndefined();
  });

  test.each(['EN', 'En-gb', 'en_US', 'en-GB', ' en ', '\ten_us\n'])('%j is English', (wanted) => {
    expect(chosen(wanted, 'ru', 'ru', 'en')).toBe('en');
    expect(chosen('kk', wanted, 'ru', 'en')).toBe('en');
    expect(chosen(wanted.trim(), 'ru', 'ru', wanted)).toBe(wanted);
  });

  test('Russian is the last resort however its tag is written', () => {
    expect(chosen('kk', 'de', 'en', ' RU')).toBe(' RU');
  });

  const blanks = ['', ' ', '\n\t\u00a0'];

  test.each(blanks)('a text with the body %j is missing', (body) => {
    const texts = [{ locale: 'en', subject: 'Hello', body }, textOf('Привет', 'О')];
    expect(textFor(templateOf('email', { texts }), 'en')?.locale).toBe('ru');
    expect(textFor(templateOf('sms', { texts: texts.slice(0, 1) }), 'en')).toBeNull();
  });

  test.each(blanks)('an e-mail with the subject %j is missing, no other text is', (subject) => {
    const texts = [{ locale: 'en', subject, body: 'Hello' }, textOf('Привет', 'О')];
    expect(textFor(templateOf('email', { texts }), 'en')?.locale).toBe('ru');
    expect(textFor(templateOf('sms', { texts }), 'en')?.locale).toBe('en');
  });

  test('a blank text is passed by on the way down, and in favour of its like', () => {
    const blank = { locale: 'en-GB', subject: null, body: ' ' };
    const english = [blank, { ...blank, locale: 'en' }, { ...textOf('Hello'), locale: 'EN' }];
    const template = templateOf('email', { texts: [...english, textOf('Привет')] });
    expect(textFor(template, 'en-GB')?.body).toBe('Hello');
  });
});

test('the same source is compiled apart for plain and for escaped channels', () => {
  const context = { ...anna, movie_title: '<>' };
  const bodies = (['sms', 'email', 'sms'] as const).map((channel) =>
    renderBody('{{ movie_title }}', context, channel),
  );
  expect(bodies).toMatchObject([{ body: '<>' }, { body: '&lt;&gt;' }, { body: '<>' }]);
});
