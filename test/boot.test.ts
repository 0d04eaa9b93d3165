import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const layers = '{schemas,runtime,processors,connectors,gateway,analyst}';
const startsRole = /\brun(Main|Step)\(/;

/** Every program: the main files of the roles, and dev/main.ts when it takes the same arguments. */
const mains = [
  ...globSync(`${layers}/**/main.ts`, { cwd: root }).sort(),
  ...globSync('dev/main.ts', { cwd: root }).filter((path) =>
    startsRole.test(readFileSync(join(root, path), 'utf8')),
  ),
];
/** Node runs what is compiled of it. */
const assembly = 'processors/kernel/';
const modules = globSync(`${layers}/**/*.ts`, { cwd: root }).filter(
  (path) => !path.endsWith('/main.ts') && !path.startsWith(assembly),
);

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs plain Node, as production does: vitest resolves what Node would refuse. */
function runNode(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    const options = { cwd: root, env, timeout: 20_000 };
    execFile(process.execPath, [...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}

/** One mistake in every setting that can hold one. */
const badEnvironment = {
  PORT: 'eighty',
  KAFKA_BROKERS: 'no port',
  SCHEMA_REGISTRY_URL: 'registry',
  DATABASE_URL: 'database',
  SMTP_URL: 'mail',
  TWILIO_BASE_URL: 'twilio',
  TELEGRAM_API_ROOT: 'telegram',
  API_KEYS: 'nameless',
};

test('there are programs and modules to look at', () => {
  expect(mains).toEqual(
    expect.arrayContaining(['processors/main.ts', 'runtime/deploy/main.ts', 'gateway/main.ts']),
  );
  expect(modules.length).toBeGreaterThan(40);
});

describe.each(mains)('%s', (main) => {
  test('starts under plain Node and finds its defaults usable', async () => {
    const ended = await runNode([main, '--check-config']);
    expect(ended).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
  });

  test('names every bad setting at once', async () => {
    const { code, stdout, stderr } = await runNode([main, '--check-config'], badEnvironment);
    const unnamed = Object.keys(badEnvironment).filter((name) => !stderr.includes(name));
    expect({ code, stdout, unnamed }).toEqual({ code: 2, stdout: '', unnamed: [] });
  });
});

test('importing every other file opens nothing: the process ends by itself', async () => {
  const imports = modules.map((path) => `await import(${JSON.stringify(join(root, path))});`);
  // Loading modules leaves immediates of Node's own behind: they are over after a few turns of the
  // loop, on a busy machine not always after one. What somebody opened stays.
  const turns = Array(5).fill('await new Promise((resolve) => setTimeout(resolve, 1));');
  const print = 'console.log(process.getActiveResourcesInfo().join());';
  const script = [...imports, ...turns, print].join('\n');
  const { code, stdout, stderr } = await runNode(['--input-type=module', '--eval', script]);
  const open = stdout
    .trim()
    .split(',')
    .filter((each) => each !== '' && each !== 'PipeWrap');
  expect({ code, stderr, open }).toEqual({ code: 0, stderr: '', open: [] });
});
