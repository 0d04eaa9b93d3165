import { once } from 'node:events';
import { resolve } from 'node:path';
import { languageOf } from '../runtime/config.ts';
import { childEnvironment, dataDirOf } from './infra/environment.mjs';
import { openBoard } from './start/board.ts';
import { interruption } from './start/interruption.ts';
import { reasonOf } from './start/reason.ts';
import { startSystem } from './start/system.ts';
import { welcomeText } from './start/welcome.ts';
import { secondsIn, stepNames, titleOf, wordsFor } from './words.ts';

/** Kafka may take 15 s to close its segments, after the roles have taken some to finish. */
const stopDeadlineMs = 40_000;
const failureCode = 1;

const environment = childEnvironment({});
const language = languageOf(environment);
const words = wordsFor(language);
const dataDir = resolve(dataDirOf(environment));
const { stdout } = process;
const live = Boolean(stdout.isTTY) && environment['TERM'] !== 'dumb';
// A terminal that was closed cannot be written to; what runs here is ended all the same.
stdout.on('error', () => undefined);

async function main(): Promise<number> {
  const board = openBoard({
    out: stdout,
    live,
    steps: stepNames,
    titleOf: (step) => titleOf(language, step),
    secondsOf: (seconds) => secondsIn(language, seconds),
    nowMs: Date.now,
  });
  const boundStop = () =>
    setTimeout(() => {
      board.print(words.stopTooSlow);
      process.exit(failureCode);
    }, stopDeadlineMs);
  const signal = interruption(() => {
    board.print(words.stopping);
    boundStop();
  });
  let failure: unknown;
  try {
    const system = await startSystem({ environment, dataDir, language, board, signal });
    board.close();
    board.print(welcomeText(system, words));
    await Promise.race([
      signal.aborted ? undefined : once(signal, 'abort'),
      system.failed.catch((error: unknown) => {
        failure = error;
        board.print(reasonOf(error, words, dataDir));
        board.print(words.ending);
        boundStop();
      }),
    ]);
    await system.stop();
  } catch (error) {
    board.close();
    if (!signal.aborted) {
      failure = error;
      board.print(reasonOf(error, words, dataDir));
    }
  }
  if (failure === undefined) board.print(words.stopped);
  return failure === undefined ? 0 : failureCode;
}

process.exit(await main());
