import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../../dev/inbox/page');
const files = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

// Each way by which a received text could become markup or code, and by which the page would need
// something from elsewhere or something its own policy forbids.
const forbidden = {
  'text made markup':
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTML/,
  'text made code': /\beval\(|new Function|javascript:/,
  'a frame that shares the page’s origin': /srcdoc|allow-same-origin|allow-scripts/,
  'something from elsewhere': /(?:src|href)="(?:https?:)?\/\/|@import|url\(["']?(?:https?:)?\/\//,
  'something inline': /<style|\sstyle="|\son\w+="|<script(?![^>]* src=)/,
} as const;

function findings(text: string): string[] {
  return Object.entries(forbidden).flatMap(([what, pattern]) => (pattern.test(text) ? [what] : []));
}

describe('the files of the page', () => {
  it('are there to be looked at', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('$name has nothing that is forbidden', ({ text }) => {
    expect(findings(text)).toEqual([]);
  });

  it.each([
    ['text made markup', 'row.innerHTML = subject;'],
    ['text made code', 'eval(text)'],
    ['a frame that shares the page’s origin', "el('iframe', { srcdoc: html })"],
    ['something from elsewhere', '<script src="https://cdn.example/x.js"></script>'],
    ['something from elsewhere', 'src: url(//fonts.example/x.woff2)'],
    ['something inline', '<p style="color: red">'],
    ['something inline', '<script>start()</script>'],
  ])('%s would be seen: %s', (what, planted) => {
    expect(findings(planted)).toContain(what);
  });
});

describe('the words of the page', () => {
  const words = files.find(({ name }) => name === 'words.js')?.text ?? '';
  const keysOf = (language: string) => {
    const body = words.split(`const ${language} = {`)[1]?.split('\n};')[0] ?? '';
    return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key ?? '');
  };

  it('are the same in both languages', () => {
    expect(keysOf('russian').length).toBeGreaterThan(20);
    expect(keysOf('english')).toEqual(keysOf('russian'));
  });

  it('are all known where they are used', () => {
    const used = files.flatMap(({ text }) =>
      [...text.matchAll(/(?:say|noun|counted)\('(\w+)'|data-word="(\w+)"/g)].map(
        ([, spoken, written]) => spoken ?? written ?? '',
      ),
    );
    expect(used.length).toBeGreaterThan(20);
    expect(keysOf('russian')).toEqual(expect.arrayContaining(used));
  });
});
