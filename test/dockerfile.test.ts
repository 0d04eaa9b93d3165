import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { isInContext } from './integration/support/built-image.ts';
import { composeText } from './integration/support/compose-file.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'Dockerfile'), 'utf8');

/** What is wrong with a Dockerfile, in words. */
function problemsOf(dockerfile: string): string[] {
  const problems = validate(dockerfile).map(({ message }) => JSON.stringify(message));
  const parsed = DockerfileParser.parse(dockerfile);
  const lines = parsed.getInstructions().map((each) => ({
    keyword: each.getKeyword(),
    said: each.getArgumentsContent() ?? '',
  }));
  const stages = lines.flatMap(({ keyword, said }) =>
    keyword === 'FROM' && / AS /i.test(said) ? [said.split(' ').at(-1)] : [],
  );
  for (const { keyword, said } of lines) {
    const [image = ''] = said.split(' ');
    if (keyword === 'FROM' && !stages.includes(image) && !/:\d+\.\d+\.\d+-\w/.test(image)) {
      problems.push(`${image} is not pinned to a release`);
    }
    if (keyword === 'ADD') problems.push('ADD fetches and unpacks: COPY says what it does');
    if (keyword === 'COPY' && said.startsWith('. ')) problems.push('COPY . takes what is there');
    if (/^(ENTRYPOINT|CMD)$/.test(keyword) && !said.startsWith('[')) {
      problems.push(`${keyword} runs in a shell that keeps the signals`);
    }
    if (keyword === 'ENV' && /KEY|TOKEN|PASSWORD|SECRET/.test(said)) {
      problems.push(`${said} is a secret in the image`);
    }
    if (keyword === 'RUN' && /npm (i|install)\b/.test(said)) problems.push('npm ci keeps the lock');
  }
  const users = lines.filter(({ keyword }) => keyword === 'USER');
  if (!users.some(({ said }) => /^(\$UID|[1-9]\d*):/.test(said))) problems.push('it runs as root');
  return problems;
}

test('the linter sees each planted mistake', () => {
  const good = 'FROM node:24.1.0-slim\nUSER 1000:1000\nCMD ["x"]';
  expect(problemsOf(good)).toEqual([]);
  const planted = [
    good.replace('24.1.0-slim', 'latest'),
    good.replace('1000:1000', 'root'),
    good.replace('["x"]', 'x'),
    `${good}\nADD https://example.com/x /x`,
    `${good}\nCOPY . /app`,
    `${good}\nENV API_KEY=x`,
    `${good}\nRUN npm install`,
    `${good}\nMAINTAINER x`,
    `${good}\nCOPY x`,
  ];
  expect(planted.filter((each) => problemsOf(each).length === 0)).toEqual([]);
});

test('the Dockerfile has no mistake', () => {
  expect(problemsOf(text)).toEqual([]);
});

test('its Node is the one that everything else is tested with', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(text).toContain(`FROM node:${dependencies.node}-`);
});

test('without a target it builds the product, not the image of development', () => {
  expect(text.trimEnd().split('\n').at(-1)).toBe('FROM roles AS product');
  for (const [, target] of composeText().matchAll(/target: (\w+)/g)) {
    expect(text).toContain(` AS ${target}\n`);
  }
});

describe('what a build sees of the clone', () => {
  test.each(['.env', '.data', '.git', 'node_modules', 'test', '.env.local', 'README.md'])(
    '%s stays outside',
    (path) => expect(isInContext(path)).toBe(false),
  );

  test.each(['package.json', 'runtime/config.ts', 'container/entrypoint.sh', 'dev/inbox/inbox.ts'])(
    '%s is there',
    (path) => expect(isInContext(path)).toBe(true),
  );
});
