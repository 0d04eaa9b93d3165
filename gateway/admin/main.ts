import { systemClock } from '../../runtime/clock.ts';
import { languageOf } from '../../runtime/config.ts';
import { runStep } from '../../runtime/lifecycle.ts';
import { openDatabase } from '../../runtime/postgres.ts';
import { newId, newSecret } from '../../runtime/random.ts';
import { openCredentials } from '../credentials/credentials.ts';
import { linkByName } from '../credentials/link-by-name.ts';
import { readArguments } from './arguments.ts';
import { wordsFor } from './words.ts';

/** As of every role: the command line or the configuration is not usable. */
const badArgumentsExitCode = 2;

await runStep('admin', async ({ config, log }) => {
  const words = wordsFor(languageOf());
  const read = readArguments(process.argv.slice(2), words);
  if (!read.ok) {
    process.stderr.write(`${read.problem}\n`);
    process.exitCode = badArgumentsExitCode;
    return words.usage;
  }
  const { name, role, url } = read.arguments;
  const clock = systemClock;
  const database = openDatabase({ url: config.databaseUrl, log, maxConnections: 1 });
  const ids = { newId: () => newId(clock.nowMs()), newSecret };
  const credentials = await openCredentials({ database, clock, log, ...ids });
  const linked = await linkByName(credentials, { command: 'admin', name, role });
  await database.close();
  if (!linked.ok) throw new Error(linked.problem.detail);
  const { link, made, role: has } = linked.value;
  const address = url ?? `http://127.0.0.1:${config.port}`;
  const said = made ? words.made(name, has) : words.found(name, has);
  return [said, words.link, `${address}${link.path}`].join('\n');
});
