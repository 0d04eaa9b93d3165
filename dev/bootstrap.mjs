/**
 * The way in for every npm script: `node dev/bootstrap.mjs <command> [arguments]`.
 * Plain JavaScript that Node 20 runs in a bare clone. It installs the dependencies when they are
 * missing or out of date, and runs the command on Node 24, which Vestnik itself is written for.
 */
import { commands } from './bootstrap/commands.mjs';
import { installDependencies } from './bootstrap/install.mjs';
import { findNode } from './bootstrap/node.mjs';
import { Problem } from './bootstrap/problem.mjs';
import { Interrupted, runSteps } from './bootstrap/run.mjs';
import { useStartedSystem } from './bootstrap/started-system.mjs';

const usageCode = 2;
const failureCode = 1;

async function main([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (!command) {
    console.error(`Usage: node dev/bootstrap.mjs ${Object.keys(commands).join('|')}`);
    return usageCode;
  }
  if (!command.bare) await installDependencies(command.fetch);
  if (command.besideStart) useStartedSystem();
  const node = command.bare ? process.execPath : await findNode();
  return runSteps({ ...command, steps: command.steps(args), node });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error?.code === 'ENOSPC') {
    console.error('The disk is full. Free some space and start again. (Диск заполнен.)');
    process.exit(failureCode);
  }
  if (!(error instanceof Problem || error instanceof Interrupted)) throw error;
  if (error.message) console.error(error.message);
  process.exitCode = error.exitCode;
}
