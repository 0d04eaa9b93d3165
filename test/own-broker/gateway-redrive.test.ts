import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../gateway/start.ts';
import { startProcessors } from '../../processors/start.ts';
import { letterFacts } from '../../runtime/dead-letter.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { type HttpClient, httpClient } from '../integration/support/http-client.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, world } from '../scenarios/fixtures.ts';

const name = 'gateway-redrive';
const apiKey = { name: 'operators', secret: 'open-sesame' };
const w = world(name);
const anna = { ...w.anna, channels: ['email'] as const, followedMovieIds: [w.brother.id] };
const url = '/api/v1/redrives';

let system: System;
let processors: Running;
let gateway: Gateway;
let client: HttpClient;

const letters = async () =>
  (await system.read(topics.deadLetters)).filter(
    (record) => letterFacts(record).code === 'MOVIE_UNKNOWN',
  );

async function mailsOf(eventId: string): Promise<number> {
  const lanes = [topics.emailNotifications, topics.emailNotificationsBulk];
  const mails = await Promise.all(lanes.map((lane) => system.readValues(lane)));
  return mails.flat().filter((each) => each.eventId === eventId).length;
}

/** Asks for a redrive and waits for its end. */
async function redrive(body: object) {
  const begun = await client.post(url, body);
  expect(begun.status).toBe(202);
  let run = begun.body;
  await until('the end of the redrive', async () => {
    run = (await client.get(`${url}/${String(begun.body['redrive_id'])}`)).body;
    return run['state'] !== 'running';
  });
  return run;
}

beforeAll(async () => {
  system = await openSystem(name);
  await system.write([...templateRows, w.user(anna)]);
  const { config, log } = system;
  processors = await startProcessors({ config, log });
  gateway = await startGateway({ config: { ...config, port: 0, apiKeys: [apiKey] }, log });
  client = httpClient(gateway.address, apiKey.secret);
  await until('all is ready', () => processors.ready() && gateway.ready());
});

afterAll(async () => {
  await gateway?.stop();
  await processors?.stop();
  await system?.close();
});

test('a dry run counts; one letter goes back by its place, then the rest', async () => {
  const ids = [w.id('first'), w.id('second'), w.id('third')];
  await system.write(ids.map((id) => w.episodeReleased(w.brother.id, id)));
  await until('the letters', async () => (await letters()).length === ids.length);
  await system.write([w.movie(w.brother)]);

  const filter = { code: 'MOVIE_UNKNOWN', process: 'audience' };
  const looked = await redrive({ ...filter, dry_run: true });
  expect([looked['state'], looked['counts'], looked['sent']]).toEqual(['done', { sent: 3 }, 0]);
  expect(await Promise.all(ids.map(mailsOf))).toEqual([0, 0, 0]);

  const [one] = await letters();
  const place = { partition: one?.partition, offset: one?.offset };
  const alone = await redrive({ letter: place });
  expect([alone['state'], alone['counts'], alone['sent']]).toEqual(['done', { sent: 1 }, 1]);

  const rest = await redrive({ ...filter, rate: 1000 });
  expect(rest['counts']).toEqual({ sent: 2, already: 1 });
  for (const id of ids) await until(`the mail of ${id}`, async () => (await mailsOf(id)) === 1);

  const again = await redrive(filter);
  expect(again['counts']).toEqual({ already: 3 });
  expect(await Promise.all(ids.map(mailsOf))).toEqual([1, 1, 1]);

  const audited = await system.readValues(topics.audit);
  expect(audited.map(({ action, actorName }) => `${actorName}: ${action}`)).toEqual(
    Array.from({ length: 3 }, () => [
      'operators: redrive.begun',
      'operators: redrive.ended',
    ]).flat(),
  );
});
