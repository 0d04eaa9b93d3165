import { redrive } from '../redrive/redrive.ts';
import { systemClock } from '../runtime/clock.ts';
import { languageOf } from '../runtime/config.ts';
import { toVestnikError, VestnikError } from '../runtime/errors.ts';
import { runStep } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import { readArguments } from './arguments.ts';
import { createReport } from './report.ts';
import { wordsFor } from './words.ts';

/** As of every role: the command line or the configuration is not usable. */
const badArgumentsExitCode = 2;

const say = (line: string) => void process.stdout.write(`${line}\n`);

await runStep('redrive', async ({ config, health }) => {
  const words = wordsFor(languageOf());
  const read = readArguments(process.argv.slice(2), systemClock.nowMs(), words);
  if (!read.ok) {
    process.stderr.write(`${read.problem}\n`);
    process.exitCode = badArgumentsExitCode;
    return words.usage;
  }
  const report = createReport({ words, dryRun: read.arguments.dryRun, say });
  try {
    await redrive({
      config,
      arguments: read.arguments,
      // The terminal is a person's; what is said to them is no line of JSON.
      log: createLog({ level: 'error', name: 'redrive' }),
      clock: systemClock,
      health,
      began: (offsets) => say(words.reading(offsets)),
      decided: report.decided,
      progress: (sent) => report.progress(sent, systemClock.nowMs()),
    });
  } catch (error) {
    const { code } = toVestnikError(error, 'INTERNAL');
    say(report.result());
    if (code === 'PRODUCER_FENCED') throw new VestnikError(code, words.fenced, { cause: error });
    throw error;
  }
  return report.result();
});
