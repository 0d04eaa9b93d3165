import { resolve } from 'node:path';
import { systemClock } from '../runtime/clock.ts';
import { languageOf } from '../runtime/config.ts';
import { describeError } from '../runtime/errors.ts';
import { createLog } from '../runtime/log.ts';
import { newId } from '../runtime/random.ts';
import { matchArrivals } from './demo/arrivals.ts';
import { expectedMessages } from './demo/expected.ts';
import { answersWell, messagesSince, newestMessage } from './demo/inbox-client.ts';
import { demoEvents, demoRequests } from './demo/plan.ts';
import { publishEvents, sendRequest } from './demo/publish.ts';
import { arrivedTable, missingTable } from './demo/report.ts';
import { childEnvironment, dataDirOf } from './infra/environment.mjs';
import { readApiKey } from './start/api-key.ts';
import { type Endpoints, readEndpoints } from './start/endpoints.ts';
import { wordsFor } from './words.ts';

/** Two seconds are usual; a machine that is busy with a build needs far more. */
const arrivalBoundMs = 60_000;
const pollMs = 200;
const usualColumns = 120;
const failureCode = 1;

const environment = childEnvironment({});
const words = wordsFor(languageOf(environment));
const say = (text: string) => void process.stdout.write(`${text}\n`);
const columns = process.stdout.columns ?? usualColumns;

async function findSystem(): Promise<{ endpoints: Endpoints; apiKey: string } | undefined> {
  const dataDir = resolve(dataDirOf(environment));
  const endpoints = readEndpoints(dataDir);
  const apiKey = readApiKey(dataDir);
  if (!endpoints || !apiKey) return undefined;
  const doors = [`${endpoints.gateway}/health/ready`, `${endpoints.inbox}/api/summaries?limit=1`];
  const answers = await Promise.all(doors.map(answersWell));
  return answers.every(Boolean) ? { endpoints, apiKey } : undefined;
}

async function main(): Promise<number> {
  const system = await findSystem();
  if (!system) {
    say(words.demoNeedsStart);
    return failureCode;
  }
  const { endpoints, apiKey } = system;
  const { gateway, inbox } = endpoints;
  const events = demoEvents(() => newId(systemClock.nowMs()), systemClock.nowMs());
  const expected = expectedMessages(events, demoRequests);
  const before = await newestMessage(inbox);
  say(words.demoBegin);
  await publishEvents(events, endpoints, createLog({ level: 'error', name: 'demo' }));
  for (const request of demoRequests) await sendRequest(request, { gateway, apiKey, words });
  const endMs = systemClock.nowMs() + arrivalBoundMs;
  let found = matchArrivals(expected, await messagesSince(inbox, before));
  while (found.missing.length > 0 && systemClock.nowMs() < endMs) {
    await systemClock.sleep(pollMs);
    found = matchArrivals(expected, await messagesSince(inbox, before));
  }
  say(`\n${arrivedTable(found.arrived, words, columns)}\n`);
  if (found.missing.length === 0) {
    say(words.demoAll(expected.length, inbox));
    return 0;
  }
  say(words.demoMissing(found.missing.length));
  say(missingTable(found.missing, words, columns));
  return failureCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(describeError(error));
  process.exitCode = failureCode;
}
