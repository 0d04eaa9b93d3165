import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A shell's convention for a command that a signal ended. */
const signalCodeBase = 128;
const missingCode = 127;
/** One Ctrl-C reaches us twice, from the terminal and from npm: the same one within this time. */
const sameSignalMs = 1_000;
const npmPollMs = 1_000;
const msPerSecond = 1_000;

/** The person at the terminal, or whoever runs us, asked to stop. */
export class Interrupted extends Error {
  constructor(signal) {
    super('');
    this.exitCode = signalCodeBase + constants.signals[signal];
  }
}

/**
 * The command in a session of its own: a Ctrl-C in the terminal reaches only us, and the child gets
 * it once, from us. On Linux the kernel tells it to end if we are killed and cannot.
 */
function withParentWatch(argv) {
  const setpriv = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'setpriv'))
    .find((path) => process.platform === 'linux' && existsSync(path));
  return setpriv ? [setpriv, '--pdeathsig', 'TERM', ...argv] : argv;
}

/**
 * A signal that was sent to npm alone, as a supervisor does, ends npm and its shell but never gets
 * here: the shell does not pass it on. That we have another parent then is all there is to see.
 * Returns a function that ends the watch. Whoever runs us without npm may leave us running.
 */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== npm) onGone();
  }, npmPollMs);
  return () => clearInterval(watch);
}

/**
 * Runs a command until it has ended, passing on the signals we get. Resolves with its exit code;
 * rejects with Interrupted when it ended after such a signal, unless it ended with 0.
 */
export function run(argv, { node, stdio = 'inherit', cwd = root, onWait } = {}) {
  const folders = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''];
  if (node) folders.unshift(dirname(node));
  const [command, ...args] = withParentWatch(argv);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio,
      detached: true,
      env: { ...process.env, PATH: folders.join(delimiter) },
    });
    const output = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => output.push(data));
    const last = new Map();
    let interruptedBy;
    const forward = (signal) => {
      const now = Date.now();
      if (now - (last.get(signal) ?? 0) < sameSignalMs) return;
      last.set(signal, now);
      interruptedBy = signal;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    const endWatch = watchNpm(() => {
      endWatch();
      forward('SIGTERM');
    });
    const wait = onWait && setInterval(onWait, msPerSecond);
    const settle = (finish) => {
      clearInterval(wait);
      endWatch();
      for (const signal of signals) process.off(signal, forward);
      finish();
    };
    child.on('error', () => settle(() => resolve({ code: missingCode, output: '' })));
    child.on('close', (code, signal) =>
      settle(() => {
        const ended = signal ? signalCodeBase + constants.signals[signal] : code;
        if (interruptedBy && ended !== 0) reject(new Interrupted(interruptedBy));
        else resolve({ code: ended, output: String(Buffer.concat(output)), interruptedBy });
      }),
    );
  });
}

function summarise(results) {
  const words = results.map(({ name, code, seconds }) => {
    return `${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`;
  });
  console.log(`\n${words.join('\n')}`);
}

/** Shows what a step printed when it has ended, so that the lines of two do not mix. */
const held = ['ignore', 'pipe', 'pipe'];

/**
 * Runs the steps, begun in their order, up to `beside` at the same time. Resolves with the exit
 * code of the first in the list that failed, else 0.
 */
export async function runSteps({ steps, keepGoing = false, beside = 1, node }) {
  const results = [];
  const waiting = [...steps.entries()];
  const stdio = beside > 1 && steps.length > 1 ? held : 'inherit';
  let stopped = false;
  async function work() {
    for (let next = waiting.shift(); next && !stopped; next = waiting.shift()) {
      const [index, { name, argv }] = next;
      if (keepGoing) console.log(`\n> ${name}: ${argv.join(' ')}`);
      const begunMs = Date.now();
      const { code, output, interruptedBy } = await run(argv, { node, stdio });
      if (output) console.log(`\n< ${name}\n${output}`);
      results[index] = { name, code, seconds: (Date.now() - begunMs) / msPerSecond };
      if (interruptedBy || (code !== 0 && !keepGoing)) stopped = true;
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: beside }, work));
  const broken = ends.find(({ status }) => status === 'rejected');
  if (broken) throw broken.reason;
  const done = results.filter(Boolean);
  if (keepGoing) summarise(done);
  return done.find(({ code }) => code !== 0)?.code ?? 0;
}
