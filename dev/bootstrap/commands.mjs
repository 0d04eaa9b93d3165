import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fetchArtifactsEarly } from '../infra/fetch-artifacts.mjs';
import { layers } from './layers.mjs';

/**
 * Files of integration tests that get a broker each: they run processors, or write records that
 * nobody can read, and topics have one name, so another file would meet their records.
 */
function ownBrokerTests() {
  const files = readdirSync(join(import.meta.dirname, '..', '..', 'test', 'own-broker'));
  return files.map((file) => `test/own-broker/${file}`);
}

/** More brokers at once would starve each other. */
const maxBeside = 2;

const vitest = (...args) => ({ name: args.at(-1), argv: ['vitest', 'run', ...args] });
const only = (name, ...argv) => ({ steps: (args) => [{ name, argv: [...argv, ...args] }] });

/**
 * What each npm script runs. `bare` needs neither the dependencies nor Node 24; `besideStart` works
 * on the system of `npm start`; `keepGoing` runs the steps after a failed one too, so that one look
 * shows all there is to correct; `beside` is how many steps run at the same time.
 */
export const commands = {
  start: { ...only('start', 'node', 'dev/main.ts'), fetch: fetchArtifactsEarly },
  demo: only('demo', 'node', 'dev/demo.ts'),
  deploy: only('deploy', 'node', 'runtime/deploy/main.ts'),
  redrive: { ...only('redrive', 'node', 'analyst/main.ts'), besideStart: true },
  admin: { ...only('admin', 'node', 'gateway/admin/main.ts'), besideStart: true },
  reset: { ...only('reset', 'node', 'dev/reset.mjs'), bare: true },
  // With arguments (a file, -t a name) one run looks in all projects; else the long ones first. Two
  // at a time: most of them wait for a broker most of the time.
  test: {
    keepGoing: true,
    beside: Math.min(maxBeside, availableParallelism()),
    steps: (args) =>
      args.length > 0
        ? [vitest(...args)]
        : [
            vitest('--project', 'integration'),
            vitest('--project', 'unit'),
            ...ownBrokerTests().map((path) => vitest('--project', 'own-broker', path)),
          ],
  },
  check: {
    keepGoing: true,
    steps: () => [
      { name: 'format', argv: ['biome', 'ci', '--linter-enabled=false', '.'] },
      // oxlint looks at nothing when it is given no folder.
      { name: 'lint', argv: ['oxlint', '--type-aware', '--deny-warnings', ...layers] },
      { name: 'types', argv: ['tsc', '--noEmit'] },
      { name: 'unused', argv: ['knip'] },
    ],
  },
  // A short cut of it is among the tests of `npm test`.
  'test:browser': { steps: (args) => [vitest('--project', 'browser', ...args)] },
  'test:openapi': only('test:openapi', 'node', 'test/openapi/main.ts'),
  'test:faults': only('test:faults', 'node', 'test/faults/main.ts'),
  bench: only('bench', 'node', 'bench/main.ts'),
  'bench:gateway': only('bench:gateway', 'node', 'bench/gateway/main.ts'),
  generate: {
    steps: () => [
      { name: 'schemas', argv: ['node', 'schemas/generate.ts'] },
      { name: 'asyncapi', argv: ['node', 'schemas/generate-asyncapi.ts'] },
      { name: 'openapi', argv: ['node', 'gateway/generate-open-api.ts'] },
      { name: 'kernel', argv: ['node', 'dev/generate-kernel.ts'] },
    ],
  },
  format: only('format', 'biome', 'check', '--write', '--linter-enabled=false', '.'),
};
