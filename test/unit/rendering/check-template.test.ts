import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { templates as samples } from '../../../dev/samples/templates.ts';
import { checkTemplate, conditionsOf, paramsOf } from '../../../rendering/check-template.ts';
import { problemWords, sayProblem } from '../../../rendering/problem-words.ts';
import { render } from '../../../rendering/render.ts';
import { madeUpValues, valueNamesFor } from '../../../rendering/value-names.ts';
import type { Channel, EventType } from '../../../schemas/generated/records.ts';

function sourceOf(body: string, channel: Channel = 'email', subject: string | null = 'Тема') {
  const text = { locale: 'ru', subject: channel === 'email' ? subject : null, body };
  return { eventType: 'episodeReleased', channel, locale: 'ru', texts: [text] } as const;
}

/** Each problem as `code line:column-line:column`. */
const found = (body: string, channel: Channel = 'email', subject: string | null = 'Тема') =>
  checkTemplate(sourceOf(body, channel, subject)).map(
    ({ code, from, to }) => `${code} ${from.line}:${from.column}-${to.line}:${to.column}`,
  );

test.each(samples)('the sample $id may be published', (sample) => {
  const { eventType, channel, locale, texts } = sample;
  if (eventType === 'unknown' || channel === 'unknown') throw new Error('it is of a later release');
  expect(checkTemplate({ eventType, channel, locale, texts })).toEqual([]);
});

describe('what a template may hold', () => {
  test.each([
    'Здравствуйте, {{ user_full_name }}!',
    '{{#if movie_description}}{{movie_description}}{{else}}Без описания{{/if}}',
    '{{#unless movie_description}}…{{/unless}}{{!-- aside --}}',
    '{{plural season one="сезон" few="сезона" many="сезонов"}}',
    '{{date event_date}} {{date event_date style="short"}}',
    '<a href="{{url episode_title}}">x</a>',
    '<a href="https://kino.example/?q={{movie_title}}">{{movie_title}}</a>',
    '<a href=\'mailto:a@example.com\'>x</a><img src="cid:logo">',
    '<style>.a { color: red }</style><td width=20>x</td>',
  ])('%s', (body) => {
    expect(found(body)).toEqual([]);
  });
});

describe('names and functions', () => {
  test.each([
    ['a\n {{ movie_titel }}', 'misspeltName 2:5-2:16'],
    ['{{ nothing_like_it }}', 'unknownName 1:4-1:19'],
    ['{{ reply_text }}', 'unknownName 1:4-1:14'],
    ['{{movie.title}}', 'notAName 1:3-1:14'],
    ['{{this}}', 'notAName 1:3-1:7'],
    ['{{@root.season}}', 'notAName 1:3-1:15'],
    ['{{../season}}', 'notAName 1:3-1:12'],
    ['{{constructor}}', 'unknownName 1:3-1:14'],
    ['{{__proto__}}', 'unknownName 1:3-1:12'],
    ['{{event_date}}', 'dateNeedsFunction 1:1-1:15'],
    ['{{upper season}}', 'unknownFunction 1:1-1:17'],
    ['{{lookup season 0}}', 'unknownFunction 1:1-1:20'],
    ['{{log season}}', 'unknownFunction 1:1-1:15'],
    ['{{url}}', 'functionUse 1:1-1:8'],
    ['{{url season episode}}', 'functionUse 1:1-1:23'],
    ['{{url (date season)}}', 'nested 1:7-1:20'],
    ['{{url "javascript:x"}}', 'functionUse 1:7-1:21'],
    ['{{date event_date style="loud"}}', 'functionUse 1:1-1:33'],
    ['{{plural season one="сезон"}}', 'pluralForms 1:1-1:30'],
    ['{{plural season one="a" few=b many="c"}}', 'functionUse 1:1-1:41'],
    ['{{#if (date season)}}x{{/if}}', 'nested 1:7-1:20'],
    ['{{#each season}}x{{/each}}', 'noLoop 1:4-1:8'],
    ['{{#with season}}x{{/with}}', 'noLoop 1:4-1:8'],
    ['{{#season}}x{{/season}}', 'sectionUse 1:4-1:10'],
    ['{{^season}}x{{/season}}', 'sectionUse 1:4-1:10'],
    ['{{#if}}x{{/if}}', 'conditionUse 1:4-1:6'],
    ['{{#if season as |x|}}x{{/if}}', 'conditionUse 1:4-1:6'],
    ['{{#*inline "a"}}x{{/inline}}', 'decorator 1:1-1:29'],
    ['{{* a}}', 'decorator 1:1-1:8'],
    ['{{> (season)}}', 'dynamicPart 1:1-1:15'],
    ['{{#> layout}}x{{/layout}}', 'unknownPart 1:1-1:26'],
    ['{{> footer}}', 'unknownPart 1:1-1:13'],
    ['{{{ season }}}', 'rawOutput 1:1-1:15'],
    ['{{& season }}', 'rawOutput 1:1-1:14'],
  ])('%s: %s', (body, expected) => {
    expect(found(body)).toEqual([expected]);
  });

  test('braces as they like are plain in an SMS, which is no HTML', () => {
    expect(found('{{{ season }}}', 'sms')).toEqual([]);
  });

  test('cases are those of the language of the text', () => {
    const body = '{{plural season one="season" other="seasons"}}';
    const text = { locale: 'en', subject: 'S', body };
    expect(checkTemplate({ ...sourceOf(''), locale: 'en', texts: [text] })).toEqual([]);
  });
});

describe('what is no template', () => {
  test.each([
    ['раз\nдва {{ season', 'unclosed 2:5-2:14'],
    ['{{#if season}}x', 'unclosed 1:15-1:16'],
    ['a\n{{#if season}}x{{/unless}}', 'mismatch 2:4-2:6'],
    ['один\n два {{ 1x! }}', 'syntax 2:9-2:10'],
    ['{{season}} }} {{/if}}', 'syntax 1:15-1:16'],
  ])('%j: %s', (body, expected) => {
    expect(found(body)).toEqual([expected]);
  });
});

describe('bounds', () => {
  const nested = (depth: number) => '{{#if season}}'.repeat(depth) + 'x' + '{{/if}}'.repeat(depth);
  test('depth', () => {
    expect(found(nested(10))).toEqual([]);
    expect(found(nested(11))).toEqual([expect.stringMatching(/^tooDeep/)]);
    expect(found(nested(3000))).toEqual([expect.stringMatching(/^tooDeep/)]);
  });

  test('nodes', () => {
    expect(found('{{season}}'.repeat(999))).toEqual([]);
    expect(found('{{season}}'.repeat(2001))).toEqual([expect.stringMatching(/^tooManyNodes/)]);
  });

  test('bytes, not letters', () => {
    expect(found('x'.repeat(65_536))).toEqual([]);
    expect(found('я'.repeat(32_769))).toEqual([expect.stringMatching(/^tooLarge/)]);
  });

  test('no more problems than are read', () => {
    expect(found('{{x}}'.repeat(300))).toHaveLength(100);
  });
});

describe('subjects', () => {
  test.each([
    [null, 'subjectMissing 1:1-1:1'],
    [' ', 'subjectMissing 1:1-1:1'],
    ['a\r\nBcc: b', 'controlInSubject 1:2-2:1'],
    ['a\u2028b', 'controlInSubject 1:2-1:3'],
    ['a\tb', 'controlInSubject 1:2-1:3'],
    ['{{ movie }}', 'unknownName 1:4-1:9'],
    ['x'.repeat(1001), 'tooLong 1:1-1:1'],
  ])('%j: %s', (subject, expected) => {
    expect(found('Текст', 'email', subject)).toEqual([expected]);
  });

  test('are for e-mail alone', () => {
    const text = { locale: 'ru', subject: 'Тема', body: 'Текст' };
    const sms = { ...sourceOf('', 'sms'), texts: [text] };
    expect(checkTemplate(sms).map(({ code }) => code)).toEqual(['subjectNotUsed']);
  });
});

describe('languages', () => {
  test.each([
    [[], ['noText']],
    [['en'], ['defaultMissing']],
    [['ru', 'RU'], ['sameLanguage']],
    [['ru', 'no tag'], ['notALanguage']],
  ])('%j: %j', (locales, expected) => {
    const texts = locales.map((locale) => ({ locale, subject: 'Тема', body: 'Текст' }));
    expect(checkTemplate({ ...sourceOf(''), texts }).map(({ code }) => code)).toEqual(expected);
  });

  test('a text is not empty', () => {
    expect(found(' \n')).toEqual(['emptyBody 1:1-1:1']);
  });
});

describe('where values may stand in a mail', () => {
  test.each([
    ['<a href={{url season}}>x</a>', 'unquotedAttribute 1:4-1:23'],
    ['<a href="{{season}}">x</a>', 'linkNeedsUrl 1:4-1:21'],
    ['<a href=" {{season}}/x">x</a>', 'linkNeedsUrl 1:4-1:24'],
    ['<a href="java{{season}}">x</a>', 'linkNeedsUrl 1:4-1:25'],
    [
      '<a href="{{#if season}}{{url season}}{{else}}{{season}}{{/if}}">x</a>',
      'linkNeedsUrl 1:4-1:64',
    ],
    ['<a href="javascript:go({{season}})">x</a>', 'linkScheme 1:4-1:36'],
    ['<a href="java\nscript:x">x</a>', 'linkScheme 1:4-2:10'],
    ['<img src="data:text/html,{{season}}">', 'linkScheme 1:6-1:37'],
    ['<b {{season}}>x</b>', 'valueInTag 1:4-1:14'],
    ['<b{{season}}>x</b>', 'valueInTag 1:1-1:14'],
    ['<{{season}} x', 'valueInTag 1:1-1:12'],
    ['<b style="color: {{season}}">x</b>', 'valueInCode 1:4-1:29'],
    ['<b onclick="{{season}}">x</b>', 'valueInCode 1:4-1:24'],
    ['<style>a { color: {{season}} }</style>', 'valueInCode 1:19-1:29'],
    ['<script>x</script>', 'script 1:1-1:9'],
  ])('%s: %s', (body, expected) => {
    expect(found(body)).toEqual([expected]);
  });
});

describe('what Telegram takes', () => {
  test.each([
    '<b>{{movie_title}}</b> <i>x</i> <tg-spoiler>y</tg-spoiler> <span class="tg-spoiler">z</span>',
    '<a href="https://kino.example/{{season}}">x</a> <a href="tg://user?id=1">y</a>',
    '<pre><code class="language-ts">a &lt; b &amp; c &quot;d&quot; &#1084;</code></pre>',
    '<blockquote expandable>x <b>y</b></blockquote> <tg-emoji emoji-id="53683241">x</tg-emoji>',
    '{{#if season}}<b>x</b>{{else}}<i>y</i>{{/if}} AT&T',
  ])('%s', (body) => {
    expect(found(body, 'messenger')).toEqual([]);
  });

  test.each([
    ['<p>x</p>', ['telegramTag 1:1-1:4', 'telegramUnopened 1:5-1:9']],
    ['x<br>y', ['telegramTag 1:2-1:6']],
    ['x<br/>y', ['telegramTag 1:2-1:7']],
    ['<!-- x -->', ['telegramTag 1:5-1:10']],
    ['<b>x', ['telegramUnclosed 1:1-1:4']],
    ['x</b>', ['telegramUnopened 1:2-1:6']],
    ['<b><i>x</b></i>', ['telegramUnclosed 1:1-1:4', 'telegramUnopened 1:8-1:12']],
    ['<b class="x">x</b>', ['telegramAttribute 1:4-1:13']],
    ['<span>x</span>', ['telegramNeeds 1:1-1:7']],
    ['<span class="red">x</span>', ['telegramAttribute 1:7-1:18']],
    ['<a>x</a>', ['telegramNeeds 1:1-1:4']],
    ['<a href="{{season}}">x</a>', ['linkNeedsUrl 1:4-1:21']],
    ['<a href="javascript:x">x</a>', ['linkScheme 1:4-1:23']],
    ['<code><b>x</b></code>', ['telegramNesting 1:7-1:10']],
    ['<blockquote><blockquote>x</blockquote></blockquote>', ['telegramNesting 1:13-1:25']],
    ['a < b', ['telegramLess 1:3-1:4']],
    ['a&nbsp;b', ['telegramEntity 1:2-1:8']],
    ['{{#if season}}<b>{{/if}}x{{#if season}}</b>{{/if}}', ['telegramUnclosed 1:15-1:18']],
  ])('%s: %j', (body, expected) => {
    const all = found(body, 'messenger');
    expect(all.slice(0, expected.length)).toEqual(expected);
  });
});

test('every problem has a sentence in both languages, with its values in it', () => {
  const values = new Proxy({}, { get: (_, name) => `<${String(name)}>` });
  for (const code of Object.keys(problemWords) as (keyof typeof problemWords)[]) {
    const said = (['ru', 'en'] as const).map((language) => sayProblem({ code, values }, language));
    for (const sentence of said) expect(sentence).not.toContain('undefined');
    expect(said[0]).toMatch(/[а-яё]/i);
    // A part's own sentence has the name of its language.
    const names = said.map((sentence) =>
      [...sentence.replace(/<(?:ru|en)>/, '<said>').matchAll(/<[a-z]+>/gi)].map(String).toSorted(),
    );
    expect(new Set(names[0])).toEqual(new Set(names[1]));
  }
});

test('a template that passes can be rendered for everybody, with and without what may lack', () => {
  const words = fc.constantFrom(
    '{{',
    '}}',
    '#if ',
    '/if',
    'season',
    'movie_description',
    '<b>',
    '"',
  );
  const pieces = fc.constantFrom(
    '{{season}}',
    'слово ',
    '{{#if movie_description}}',
    '{{/if}}',
    '<i>',
  );
  const body = fc.array(fc.oneof(words, pieces), { maxLength: 8 }).map((all) => `я${all.join('')}`);
  let passed = 0;
  fc.assert(
    fc.property(body, (written) => {
      const source = sourceOf(written);
      if (checkTemplate(source).length > 0) return;
      passed += 1;
      const template = { id: 't', version: 1, ...source, params: paramsOf(source) };
      const [text] = source.texts;
      const values = madeUpValues('episodeReleased', 'ru', new Set(['movie_description']));
      expect(render(template, text, values)).toMatchObject({ ok: true });
    }),
    { numRuns: 500 },
  );
  expect(passed).toBeGreaterThan(50);
});

test('params are the names that are mentioned, in the order of the texts', () => {
  const source = sourceOf('{{#if season}}{{url episode_title}}{{/if}} {{season}} {{nobody}}');
  const titled = { ...source, texts: [{ ...source.texts[0], subject: '{{ movie_title }}' }] };
  expect(paramsOf(titled)).toEqual(['movie_title', 'season', 'episode_title']);
});

test('the names that conditions ask for', () => {
  const body = '{{#if season}}{{#unless movie_year}}x{{/unless}}{{/if}}{{episode}}';
  expect(conditionsOf(sourceOf(body))).toEqual(['movie_year', 'season']);
});

test.each<EventType>(['episodeReleased', 'movieAdded', 'commentReplied', 'notificationRequested'])(
  'every name of %s has a made-up value',
  (eventType) => {
    const names = valueNamesFor(eventType).map(({ name }) => name);
    expect(Object.keys(madeUpValues(eventType, 'en'))).toEqual(names);
    expect(names).toContain('user_full_name');
  },
);
