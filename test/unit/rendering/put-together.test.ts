import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preparePart } from '../../../rendering/check-part.ts';
import { checkTemplate, prepareTemplate } from '../../../rendering/check-template.ts';
import { isPartId, type PartSource, partsMentionedIn } from '../../../rendering/part-source.ts';
import { hasSharpEdge, putTogether } from '../../../rendering/put-together.ts';
import { maxSourceBytes } from '../../../rendering/source-bounds.ts';
import { childrenOf, parse, type SyntaxNode } from '../../../rendering/syntax.ts';

const part = (id: string, body: string, more: Partial<PartSource> = {}): PartSource => ({
  id,
  version: 1,
  channel: 'email',
  texts: [{ locale: 'ru', body }],
  ...more,
});

const around = { channel: 'email', locale: 'ru', ofPart: null } as const;
const put = (source: string, ...parts: PartSource[]) => putTogether(source, { ...around, parts });

/** Each problem of a template with this text as `code line:column-line:column`. */
function found(body: string, ...parts: PartSource[]) {
  const texts = [{ locale: 'ru', subject: 'Тема', body }];
  const source = { eventType: 'movieAdded', channel: 'email', locale: 'ru', texts } as const;
  return checkTemplate(source, parts).map(
    ({ code, from, to }) => `${code} ${from.line}:${from.column}-${to.line}:${to.column}`,
  );
}

describe('parts in their places', () => {
  const footer = part('footer', '<hr>{{ user_full_name }}');

  test('stand where they were named, within conditions too', () => {
    const source = 'a {{> footer}} {{#if movie_year}}{{>footer}}{{/if}}\n{{!-- {{> footer}} --}}';
    expect(put(source, footer)).toMatchObject({
      text:
        'a <hr>{{ user_full_name }} {{#if movie_year}}<hr>{{ user_full_name }}{{/if}}\n' +
        '{{!-- {{> footer}} --}}',
      problems: [],
      used: [{ partId: 'footer', version: 1 }],
    });
  });

  test('may hold others, and a layout wraps what it is given', () => {
    const layout = part('layout', '<main>{{> @partial-block}}</main>{{> footer}}');
    const { text, used } = put('{{#> layout}}<p>{{> footer}}</p>{{/layout}}!', layout, footer);
    expect(text).toBe('<main><p><hr>{{ user_full_name }}</p></main><hr>{{ user_full_name }}!');
    expect(used.map(({ partId }) => partId).toSorted()).toEqual(['footer', 'layout']);
    const outer = part('outer', '[{{#> layout}}({{> @partial-block}}){{/layout}}]');
    expect(put('{{#> outer}}x{{/outer}}', outer, layout, footer)).toMatchObject({
      text: '[<main>(x)</main><hr>{{ user_full_name }}]',
      problems: [],
    });
  });

  test('speak the language of the text, or a wider one', () => {
    const both = part('footer', 'Пока', {
      texts: [
        { locale: 'ru', body: 'Пока' },
        { locale: 'en', body: 'Bye' },
      ],
    });
    const inLanguage = (locale: string) =>
      putTogether('{{> footer}}', { ...around, locale, parts: [both] });
    expect(inLanguage('en-GB').text).toBe('Bye');
    expect(inLanguage('de').problems).toMatchObject([{ code: 'partNotInLanguage', start: 0 }]);
  });

  test('make the text that is published, which names their versions', () => {
    const texts = [{ locale: 'ru', subject: 'Тема', body: '<p>{{movie_title}}</p>{{> footer}}' }];
    const source = { eventType: 'movieAdded', channel: 'email', locale: 'ru', texts } as const;
    expect(prepareTemplate(source, [{ ...footer, version: 7 }])).toEqual({
      texts: [{ ...texts[0], body: '<p>{{movie_title}}</p><hr>{{ user_full_name }}' }],
      parts: [{ partId: 'footer', version: 7 }],
      problems: [],
    });
  });
});

describe('what cannot be put together says where', () => {
  test.each([
    ['a\n {{> nothing}}', 'unknownPart 2:2-2:15'],
    ['{{> sms-part}}', 'partOfOtherChannel 1:1-1:15'],
    ['x {{> english}}', 'partNotInLanguage 1:3-1:16'],
    ['{{> circle}}', 'inPart 1:1-1:13'],
    ['{{> (lookup . "x")}}', 'dynamicPart 1:1-1:21'],
    ['{{> footer season=1}}', 'dynamicPart 1:1-1:22'],
    ['{{> footer movie_title}}', 'dynamicPart 1:1-1:25'],
    ['{{~> footer}}', 'dynamicPart 1:1-1:14'],
    ['{{> [footer]}}', 'dynamicPart 1:1-1:15'],
    ['{{> Footer}}', 'dynamicPart 1:1-1:13'],
    ['{{> __proto__}}', 'dynamicPart 1:1-1:16'],
    ['{{> @partial-block}}', 'blockOutside 1:1-1:21'],
    ['{{#> footer}}x{{/footer}}', 'noContent 1:1-1:26'],
    ['{{> layout}}', 'inPart 1:1-1:13'],
    ['a\\\\{{> footer}}', 'partEdge 1:4-1:16'],
    ['{{#> layout}}x\\\\{{/layout}}', 'partEdge 1:14-1:17'],
    ['ok {{> of-episodes}}', 'inPart 1:4-1:21'],
    ['{{> footer}}\n{{ nothing_like_it }}', 'unknownName 2:4-2:19'],
    ['<a href={{movie_title}}{{> footer}}>', 'unquotedAttribute 1:4-1:36'],
  ])('%s', (body, problem) => {
    const parts = [
      part('footer', '<hr>'),
      part('sms-part', 'x', { channel: 'sms' }),
      part('english', 'x', { texts: [{ locale: 'en', body: 'x' }] }),
      part('circle', '{{> round}}'),
      part('round', 'a\n{{> circle}}'),
      part('layout', '<b>{{> @partial-block}}</b>'),
      part('of-episodes', '\n{{ season }}'),
    ];
    expect(found(body, ...parts)[0]).toBe(problem);
  });

  test('a problem of a part names the part, its line, and what is wrong there', () => {
    const { problems } = put('{{> a}}', part('a', '\n{{> b}}'), part('b', '{{> a}}'));
    expect(problems).toMatchObject([
      {
        code: 'inPart',
        values: {
          part: 'b',
          line: '1',
          code: 'partCircle',
          en: expect.stringContaining('a → b → a'),
        },
      },
    ]);
  });

  test('a subject has no parts', () => {
    const texts = [{ locale: 'ru', subject: '{{> footer}}', body: 'x' }];
    const source = { eventType: 'movieAdded', channel: 'email', locale: 'ru', texts } as const;
    expect(checkTemplate(source, [part('footer', 'x')])).toMatchObject([
      { code: 'partInSubject', part: 'subject' },
    ]);
  });

  test('a part that doubles at every step is cut short', () => {
    const twice = (name: string) => `{{> ${name}}}{{> ${name}}}`;
    const names = 'abcdefghij'.split('');
    const parts = names.slice(1).map((next, index) => part(names[index] ?? '', twice(next)));
    expect(found('{{> a}}', ...parts, part('j', 'x'))).toEqual(['tooManyParts 1:1-1:8']);
    const large = part('large', 'я'.repeat(maxSourceBytes / 4));
    expect(found('{{> large}}{{> large}}{{> large}}', large)).toEqual(['partsTooLarge 1:1-1:34']);
  });
});

describe('a part by itself', () => {
  const check = (body: string, ...parts: PartSource[]) =>
    preparePart(
      { id: 'mine', channel: 'messenger', texts: [{ locale: 'ru', body }] },
      parts,
    ).problems.map(({ code }) => code);

  test.each([
    ['<b>a half of two', []],
    ['{{ season }} {{ reply_text }}', []],
    ['{{ nothing_like_it }}', ['unknownName']],
    ['{{> mine}}', ['partCircle']],
    ['<i>{{> @partial-block}}</i>', []],
    ['ends in {', ['partEdge']],
    ['ends in \\', ['partEdge']],
    ['', ['emptyBody']],
    ['{{#if season}}', ['unclosed']],
    ['<script>', ['telegramTag']],
  ])('%s', (body, problems) => {
    expect(check(body)).toEqual(problems);
  });
});

test.each(['a', 'footer', 'mail-footer_2'])('a part may be called %s', (name) => {
  expect(isPartId(name)).toBe(true);
  expect(partsMentionedIn(`x{{> ${name} }}{{#>${name}}}{{/${name}}}`)).toEqual([name]);
});
test.each([
  '',
  'A',
  '2',
  'this',
  'else',
  'null',
  'new',
  'a.b',
  'a b',
  '__proto__',
  'я',
  'a'.repeat(61),
])('no part may be called %s', (name) => {
  expect(isPartId(name)).toBe(false);
});

const statements = (nodes: readonly SyntaxNode[]): number => {
  const open = [...nodes];
  let count = 0;
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'MustacheStatement') count += 1;
    open.push(...childrenOf(node));
  }
  return count;
};

describe('whatever hostile authors write', () => {
  const ids = ['a', 'b', 'c'] as const;
  const bit = fc.constantFrom(
    ...ids.flatMap((id) => [`{{> ${id}}}`, `{{#> ${id}}}`, `{{/${id}}}`]),
    '{{> @partial-block}}',
    '{{ movie_title }}',
    '{{#if movie_year}}',
    '{{/if}}',
    '{{!',
    '{{!--',
    '--}}',
    '{',
    '}',
    '}}',
    '\\',
    '\\\\',
    '{{{',
    '{{{{a}}}}',
    '{{> constructor}}',
    '{{> ../a}}',
    '{{*inline "a"}}',
    'я',
    ' ',
    '\n',
    '',
  );
  const text = fc.array(bit, { maxLength: 12 }).map((bits) => bits.join(''));
  const texts = fc.tuple(text, text, text);

  test('it comes to an end, within bounds, and with every problem in the own text', () => {
    fc.assert(
      fc.property(text, texts, (source, bodies) => {
        const parts = ids.map((id, index) => part(id, bodies[index] ?? ''));
        const { text: whole, problems } = put(source, ...parts);
        expect(whole.length).toBeLessThanOrEqual(maxSourceBytes);
        for (const { start, end } of problems) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(source.length);
        }
        for (const problem of checkTemplate(
          {
            eventType: 'movieAdded',
            channel: 'email',
            locale: 'ru',
            texts: [{ locale: 'ru', subject: 'x', body: source }],
          },
          parts,
        )) {
          expect(problem.from.line).toBeLessThanOrEqual(source.split('\n').length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('parts whose edges are not sharp say in their place what they say alone', () => {
    const calm = text.filter((body) => !hasSharpEdge(body) && parse(body) !== null);
    let placed = 0;
    const free = calm.filter((body) => partsMentionedIn(body).length === 0 && !/\{\{>/.test(body));
    fc.assert(
      fc.property(free, free, free, (before, body, behind) => {
        const source = `${before}{{> a}}${behind}`;
        const { text: whole, problems } = put(source, part('a', body));
        const all = parse(source) && parse(whole);
        const isSound = problems.length === 0 && partsMentionedIn(source).includes('a');
        const alone = [before, body, behind].map((each) => statements(parse(each) ?? []));
        const sum = alone.reduce((total, count) => total + count, 0);
        const isPlaced = all !== null && isSound && whole === `${before}${body}${behind}`;
        placed += isPlaced ? 1 : 0;
        expect(isPlaced ? statements(all) : sum).toBe(sum);
      }),
      { numRuns: 2000 },
    );
    expect(placed).toBeGreaterThan(500);
  });
});
