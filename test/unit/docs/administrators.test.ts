import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { steps } from '../../browser/administrator/steps.ts';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs');
const folder = 'images/administrators';

/** The sections of a document: their headings, without numbers, and the pictures that they show. */
function sectionsOf(text: string) {
  return text
    .split(/^## \d+\. /m)
    .slice(1)
    .map((section) => ({
      heading: section.slice(0, section.indexOf('\n')),
      pictures: [...section.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path),
    }));
}

describe.each([
  ['ru', 'administrators.md'],
  ['en', 'administrators.en.md'],
] as const)('the administrator’s first minutes, %s', (language, file) => {
  const text = readFileSync(join(docs, file), 'utf8');

  test('each section is a step of the browser’s way with its pictures, and none is missing', () => {
    const taken = steps.map(({ heading, pictures }) => ({
      heading: heading[language],
      pictures: pictures.map((name) => `${folder}/${name}.jpg`),
    }));
    expect(sectionsOf(text)).toEqual(taken);
  });

  test('headings are numbered in their order', () => {
    const numbers = [...text.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(steps.map((_, index) => index + 1));
  });
});

test('the folder of pictures holds what the steps take, and nothing else', () => {
  const taken = steps.flatMap(({ pictures }) => pictures.map((name) => `${name}.jpg`));
  expect(readdirSync(join(docs, folder)).toSorted()).toEqual(taken.toSorted());
});
