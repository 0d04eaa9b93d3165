import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from 'htmlparser2';
import { expect, test } from 'vitest';
import { templates } from '../../../../dev/samples/templates.ts';
import { render } from '../../../../rendering/render.ts';
import type { Template, TemplateText } from '../../../../schemas/generated/records.ts';
import { hostileTexts, mark } from './hostile-texts.ts';

/** What a text is made of, but for its words: elements, and where their attributes lead. */
function skeletonOf(html: string): readonly string[] {
  const elements: string[] = [];
  const parser = new Parser({
    onopentag: (name, { href = '', src = '', ...others }) =>
      void elements.push(`${name} ${href} ${src} ${Object.keys(others).join(' ')}`),
    onclosetag: (name) => void elements.push(`/${name}`),
    oncomment: () => void elements.push('a comment'),
  });
  parser.end(html);
  return elements;
}

function rendered(template: Template, text: TemplateText, value: string) {
  const context = Object.fromEntries(template.params.map((name) => [name, value]));
  const result = render(template, text, context);
  return result.ok ? result : null;
}

const written = templates.flatMap((template) =>
  template.texts.map((text) => [`${template.id} ${text.locale}`, template, text] as const),
);

test('the samples are many, and a hostile text is told in them', () => {
  const told = written.filter(([, template, text]) =>
    rendered(template, text, hostileTexts['an element'])?.body.includes(mark),
  );
  expect(told.length).toBeGreaterThan(10);
});

test.each(written)('whatever is said in text %s, it is made of the same', (_, template, text) => {
  const harmless = rendered(template, text, 'x');
  for (const value of Object.values(hostileTexts)) {
    const hostile = rendered(template, text, value);
    const isPlain = template.channel === 'sms';
    const [one, other] = [hostile ?? harmless, harmless].map((each) => each?.body ?? '');
    expect(isPlain ? [] : skeletonOf(one ?? '')).toEqual(isPlain ? [] : skeletonOf(other ?? ''));
    expect(hostile?.subject ?? '').not.toMatch(/\p{Cc}/u);
  }
});

test('a text that is not escaped is seen', () => {
  const body = `<p>${hostileTexts['an element']}</p>`;
  expect(skeletonOf(body)).not.toEqual(skeletonOf('<p>x</p>'));
});

const root = join(import.meta.dirname, '../../../..');
const scripts = ['gateway/panel/assets/*.js', 'dev/inbox/page/*.js'].flatMap((pattern) =>
  globSync(join(root, pattern)),
);
/** What makes markup or code of a text. */
const sinks = [
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'createContextualFragment',
  'setHTMLUnsafe',
  'document.write',
  'srcdoc',
  'eval(',
  'new Function',
];
const hasSink = (script: string) => sinks.some((sink) => script.includes(sink));

test('no script of the panel or the inbox makes markup of a text', () => {
  expect(scripts.length).toBeGreaterThan(10);
  // It puts in a part of a page as the server made it; the pages' own test looks at that part.
  const found = scripts.filter(
    (path) => !path.endsWith('template-look.js') && hasSink(readFileSync(path, 'utf8')),
  );
  expect(found).toEqual([]);
  expect(hasSink('node.innerHTML = text')).toBe(true);
});
