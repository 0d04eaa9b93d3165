import { describe, expect, test } from 'vitest';
import { neededForms } from '../../../rendering/functions.ts';
import { type ReaderWishes, render } from '../../../rendering/render.ts';
import { slowReason } from '../../../rendering/segments.ts';
import { saySlow } from '../../../rendering/slow-words.ts';
import type { Channel, Template } from '../../../schemas/generated/records.ts';

const values = {
  count: '2',
  link: 'https://kino.example/фильм?a=1&b=2',
  day: '2026-03-01',
  moment: '2026-02-28T22:30:00Z',
  date: 'вчера',
};
const anybody: ReaderWishes = { locale: null, timeZone: null };

function templateOf(channel: Channel = 'email', params = Object.keys(values)): Template {
  const rest = { eventType: 'episodeReleased', locale: 'ru', texts: [], params } as const;
  return { id: 't1', version: 1, channel, ...rest };
}

function said(
  body: string,
  { locale = 'ru', wishes = anybody, changes = {} }: Partial<Said> = {},
): string {
  const text = { locale, subject: null, body };
  const rendered = render(templateOf(), text, { ...values, ...changes }, wishes);
  return rendered.ok ? rendered.body : `refused: ${rendered.reason}`;
}
type Said = {
  readonly locale: string;
  readonly wishes: ReaderWishes;
  readonly changes: Readonly<Record<string, string>>;
};

describe('plural', () => {
  const series = '{{count}} {{plural count one="серия" few="серии" many="серий"}}';
  test.each([
    ['0', '0 серий'],
    ['1', '1 серия'],
    ['2', '2 серии'],
    ['5', '5 серий'],
    ['11', '11 серий'],
    ['21', '21 серия'],
    ['112', '112 серий'],
    ['1.5', '1.5 серии'],
  ])('%s in Russian', (count, expected) => {
    expect(said(series, { changes: { count } })).toBe(expected);
  });

  test.each([
    ['1', '1 episode'],
    ['0', '0 episodes'],
    ['21', '21 episodes'],
  ])('%s in English', (count, expected) => {
    const body = '{{count}} {{plural count one="episode" other="episodes"}}';
    expect(said(body, { locale: 'en', changes: { count } })).toBe(expected);
  });

  test('speaks the language of the text, whatever the reader’s is', () => {
    const wishes = { locale: 'en', timeZone: null };
    expect(said(series, { wishes, changes: { count: '21' } })).toBe('21 серия');
  });

  test.each([
    ['no number', { count: 'две' }, /no number/],
    ['an empty value', { count: ' ' }, /no number/],
  ])('%s is refused', (_, changes, reason) => {
    expect(said(series, { changes })).toMatch(reason);
  });

  test('a case without a word is refused', () => {
    expect(said('{{plural count one="серия"}}')).toMatch(/refused: .*no word for the case few/);
  });

  test('needs the cases that whole numbers have in a language', () => {
    expect(neededForms('ru')).toEqual(['one', 'few', 'many']);
    expect(neededForms('en_GB')).toEqual(['one', 'other']);
    expect(neededForms('no tag at all')).toEqual(['one', 'few', 'many']);
  });
});

describe('date', () => {
  test.each([
    ['{{date day}}', 'ru', '1 марта 2026\u202fг.'],
    ['{{date day}}', 'en', 'March 1, 2026'],
    ['{{date day style="short"}}', 'ru', '01.03.2026'],
    ['{{date day style="full"}}', 'en', 'Sunday, March 1, 2026'],
  ])('%s in %s', (body, locale, expected) => {
    const plain = said(body, { locale }).replaceAll('\u00a0', '\u202f');
    expect(plain.replace(' г.', '\u202fг.')).toBe(expected);
  });

  test('a moment falls on the day that the reader’s clock has', () => {
    const inZone = (timeZone: string | null) =>
      said('{{date moment style="short"}}', { wishes: { locale: 'ru', timeZone } });
    expect(inZone('America/New_York')).toBe('28.02.2026');
    expect(inZone('Asia/Vladivostok')).toBe('01.03.2026');
    expect(inZone(null)).toBe('01.03.2026');
    expect(inZone('No/Where')).toBe('01.03.2026');
  });

  test('is written as the reader’s own country does, in the language of the text', () => {
    const wishes = { locale: 'en-GB', timeZone: null };
    expect(said('{{date day}}', { locale: 'en', wishes })).toBe('1 March 2026');
    expect(said('{{date day}}', { locale: 'ru', wishes })).toMatch(/^1 марта 2026/);
  });

  test.each([
    ['{{date count}}', /no date/],
    ['{{date day style="loud"}}', /a style that it does not know/],
    ['{{date missing}}', /no value/],
  ])('%s is refused', (body, reason) => {
    expect(said(body)).toMatch(reason);
  });
});

describe('url', () => {
  test('writes a link as HTML may hold it', () => {
    expect(said('<a href="{{url link}}">')).toBe(
      '<a href="https://kino.example/%D1%84%D0%B8%D0%BB%D1%8C%D0%BC?a&#x3D;1&amp;b&#x3D;2">',
    );
  });

  test.each(['mailto:anna@example.com', 'tel:+79161234567', 'http://kino.example/'])(
    'takes %s',
    (link) => {
      expect(said('{{url link}}', { changes: { link } })).toBe(link);
    },
  );

  test.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    '//kino.example',
    'kino.example',
    '',
  ])('refuses %j', (link) => {
    expect(said('{{url link}}', { changes: { link } })).toMatch(/^refused/);
  });
});

describe('a template that is there already', () => {
  test('keeps a value that is called as a function is', () => {
    expect(said('{{date}} {{ date }} {{#if date}}{{date}}{{/if}}')).toBe('вчера вчера вчера');
    expect(said('{{#date}}да{{/date}}')).toBe('да');
  });

  test('is refused as before where that has no value', () => {
    expect(said('{{url}}')).toMatch(/^refused: "url" not defined/);
  });
});

describe('what is rendered the slow way', () => {
  test.each([
    ['{{count}} и {{day}}', null],
    ['a\n{{#if count}}да{{/if}}', { kind: 'condition', construct: 'if', line: 2 }],
    ['{{#each count}}да{{/each}}', { kind: 'loop', construct: 'each', line: 1 }],
    ['{{url link}}', { kind: 'function', construct: 'url', line: 1 }],
    ['{{unknown}}', { kind: 'undeclared', construct: 'unknown', line: 1 }],
    ['{{!-- aside --}}', { kind: 'other', construct: '', line: 1 }],
    ['{{', { kind: 'other', construct: '', line: null }],
  ])('%s', (source, expected) => {
    expect(slowReason(templateOf(), source, 'body')).toEqual(expected);
  });

  test('is said in both languages, with its place and its cost', () => {
    const reason = { kind: 'condition', construct: 'if', line: 2 } as const;
    expect(saySlow(reason, 'ru')).toMatch(/вдесятеро дольше: условие «if», строка 2\.$/);
    expect(saySlow(reason, 'en')).toMatch(/ten times as slowly: the condition “if”, line 2\.$/);
    const whole = { kind: 'mixed', construct: 'user_full_name', line: null } as const;
    expect(saySlow(whole, 'en')).toMatch(/“user_full_name” is escaped here, and not there\.$/);
  });

  test('a reader whose name is HTML here and not there, in a body alone', () => {
    const template = templateOf('email', ['user_full_name']);
    const source = '{{user_full_name}} {{{user_full_name}}}';
    const expected = { kind: 'mixed', construct: 'user_full_name', line: null };
    expect(slowReason(template, source, 'body')).toEqual(expected);
    expect(slowReason(template, source, 'subject')).toBeNull();
  });
});
