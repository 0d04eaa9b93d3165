import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { run } from './run.mjs';

/** The oldest Node on which Vestnik's .ts files run as they are, without a flag or a warning. */
const oldest = [24, 12];

const packageDir = join(import.meta.dirname, '..', '..', 'node_modules', 'node');
const packaged = join(packageDir, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

export function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/**
 * The Node that runs Vestnik: this one if it is new enough, else the one of the npm package `node`.
 * An install script puts that in place; where npm ran none (npm 12 runs only what `allowScripts`
 * names, and --ignore-scripts none), it is run here.
 */
export async function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  if (existsSync(packaged)) return packaged;
  console.log('Fetching Node 24 …');
  const script = [process.execPath, 'installArchSpecificPackage.js'];
  const { output } = await run(script, { cwd: packageDir, stdio: ['ignore', 'pipe', 'pipe'] });
  if (existsSync(packaged)) return packaged;
  const wanted = oldest.join('.');
  throw new Problem(
    `Node ${wanted} or newer is needed, this is ${process.versions.node}, and npm cannot fetch ` +
      `one for this machine. Install it from https://nodejs.org\n${output}`,
  );
}
