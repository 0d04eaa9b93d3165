import { join } from 'node:path';
import { cached, mavenLock } from '../../../dev/infra/cache.ts';
import { runCommand } from '../../../dev/infra/command.ts';
import { javaCommand } from '../../../dev/infra/environment.mjs';
import { runMaven } from '../../../dev/infra/maven.ts';
import { contentHash } from '../../../dev/infra/programs.mjs';

const examples = join(import.meta.dirname, '..', '..', '..', 'examples');
const java = join(examples, 'java');
const requirements = join(examples, 'python', 'requirements.txt');
const javaSource = join(java, 'src', 'main', 'java', 'Publish.java');
const versionBoundMs = 20_000;
/** 8 MB of wheels over a slow line. */
const installBoundMs = 5 * 60_000;
const jarsMb = 20;
const progress = () => {};

/** An example, ready to be run: its command line. */
export type ExampleProgram = { readonly language: string; readonly argv: readonly string[] };

async function python(args: readonly string[], what: string, timeoutMs: number): Promise<string> {
  const { code, output } = await runCommand('python3', args, { timeoutMs });
  if (code === 0) return output.trim();
  const hint = 'The example in Python needs Python 3.9 or newer, with venv: apt-get install';
  throw new Error(`${hint} python3-venv\n${what} failed (${code}):\n${output}`);
}

/** What the README says: an environment of its own, filled by pip from requirements.txt. */
async function preparePython(): Promise<ExampleProgram> {
  const print = 'import sys; print(sys.implementation.cache_tag, sys.version.split()[0], sep="-")';
  const version = await python(['-c', print], 'python3', versionBoundMs);
  const folder = await cached({
    name: `example-python-${version}-${contentHash(requirements)}`,
    step: 'python',
    progress,
    async make(directory) {
      await python(['-m', 'venv', directory], 'python3 -m venv', installBoundMs);
      const install = ['-m', 'pip', 'install', '--quiet', '-r', requirements];
      const { code, output } = await runCommand(join(directory, 'bin', 'python'), install, {
        timeoutMs: installBoundMs,
      });
      if (code !== 0) throw new Error(`pip failed (${code}):\n${output}`);
    },
  });
  const argv = [join(folder, 'bin', 'python'), join(examples, 'python', 'publish.py')];
  return { language: 'python', argv };
}

/** What the README says, but built in the cache and not in the source tree. */
async function prepareJava(): Promise<ExampleProgram> {
  const folder = await cached({
    name: `example-java-${contentHash(join(java, 'pom.xml'), javaSource)}`,
    step: 'java',
    lock: mavenLock,
    progress,
    make: (directory) =>
      runMaven(['compile', `-DbuildFolder=${directory}`], {
        cwd: java,
        step: 'java',
        totalMb: jarsMb,
        progress,
      }),
  });
  const classPath = [join(folder, 'classes'), join(folder, 'libs', '*')].join(':');
  return { language: 'java', argv: [javaCommand(), '-cp', classPath, 'Publish'] };
}

/** All examples, installed and compiled once per user of the machine. */
export async function prepareExamples(): Promise<readonly ExampleProgram[]> {
  const typescript = {
    language: 'typescript',
    argv: [process.execPath, join(examples, 'typescript', 'publish.ts')],
  };
  return [typescript, ...(await Promise.all([preparePython(), prepareJava()]))];
}
