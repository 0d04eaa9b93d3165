import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openTriedSystem } from './tried-system.ts';

/**
 * Tries the REST API with schemathesis (Python), which makes requests of the gateway's own OpenAPI
 * document: no answer may be a 5xx that is no 503, or one that the document does not allow. Not a
 * part of `npm test`, for Python may not be there.
 */
const program = process.env['SCHEMATHESIS'] ?? 'schemathesis';
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '120' }, seed: { type: 'string' } },
});

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const howTo = `There is no ${program}. It is optional; to have it, outside of this folder:
  python3 -m venv ~/schemathesis && ~/schemathesis/bin/pip install schemathesis==4.32.5
  SCHEMATHESIS=~/schemathesis/bin/schemathesis npm run test:openapi`;

/** Runs a program to its end; null when there is none of that name. */
async function run(args: readonly string[]): Promise<number | null> {
  // It keeps what it found in the folder where it runs.
  const child = spawn(program, args, { stdio: 'inherit', cwd: mkdtempSync(join(tmpdir(), 'st-')) });
  const missing = once(child, 'error').then(() => null);
  const ended = once(child, 'close').then(([code]) => Number(code ?? 1));
  return Promise.race([missing, ended]);
}

async function main(): Promise<number> {
  if ((await run(['--version'])) === null) {
    console.log(howTo);
    return 2;
  }
  const system = await openTriedSystem();
  try {
    const code = await run([
      'run',
      `${system.gateway.address}/docs/json`,
      ...['--header', `Authorization:Bearer ${system.secret}`],
      ...['--checks', checks.join(',')],
      ...['--max-time', values.seconds],
      ...['--generation-database', 'none', '--continue-on-failure'],
      ...(values.seed === undefined ? [] : ['--seed', values.seed]),
    ]);
    const defects = system.lines.filter((line) => line.includes('a defect'));
    for (const line of defects) console.log(line);
    return defects.length > 0 ? 1 : (code ?? 1);
  } finally {
    await system.close();
  }
}

process.exitCode = await main();
process.exit();
