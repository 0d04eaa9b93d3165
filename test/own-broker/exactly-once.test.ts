import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { committedOffsets, endOffsets } from '../../runtime/kafka/offsets.ts';
import type { Channel, Template, User } from '../../schemas/generated/records.ts';
import { notificationIdOf } from '../../schemas/ids.ts';
import { lanes, topics } from '../../schemas/topics.ts';
import { readIdsWithJava } from '../faults/java-ids.ts';
import { type RoleProcess, spawnRole } from '../integration/support/child-process.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { templateRows, templates, world } from '../scenarios/fixtures.ts';
import { written } from '../scenarios/scenario.ts';

/** Enough for several chunks in every partition, so that a kill falls between them. */
const followers = 60_000;
const maxKills = 5;
const name = 'exactly-once';

let system: System;
let processors: RoleProcess | undefined;
const w = world(name);
const users: User[] = Array.from({ length: followers }, (_, index) => ({
  ...w.anna,
  id: w.id(`user-${index}`),
}));

const eventTemplates = (eventType: Template['eventType']) =>
  templates.filter((each) => each.eventType === eventType && each.id !== 't-broken');

/** What must come out, as a pure function of what goes in. */
function expectedIds(): Map<Channel, string[]> {
  const ids = new Map<Channel, string[]>([
    ['email', []],
    ['sms', []],
    ['messenger', []],
  ]);
  const add = (eventId: string, eventType: Template['eventType'], people: readonly User[]) => {
    for (const { id: templateId, channel } of eventTemplates(eventType)) {
      if (channel === 'unknown') continue;
      for (const { id: userId, channels } of people) {
        if (!channels.includes(channel)) continue;
        ids.get(channel)?.push(notificationIdOf({ eventId, templateId, channel, userId }));
      }
    }
  };
  add(w.id('released'), 'episodeReleased', users);
  add(w.id('event'), 'notificationRequested', users.slice(0, 100));
  return ids;
}

async function outputCount(): Promise<number> {
  const topic = lanes.email.bulk.name;
  const ends = await endOffsets(system.kafka, topic);
  return ends.reduce((sum, { high }) => sum + high, 0);
}

/** Cursors of fan-outs that were committed and not finished. */
async function openCursors(): Promise<number> {
  const { name: topic, partitions } = topics.broadcastCommands;
  const inputs = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const committed = await committedOffsets(system.kafka, `${name}-notify`, inputs);
  return committed.filter((each) => each && each.metadata !== '').length;
}

async function isDone(): Promise<boolean> {
  for (const [processor, topic] of [
    ['audience', topics.episodeReleased],
    ['audience', topics.notificationRequested],
    ['notify', topics.broadcastCommands],
    ['notify', topics.directCommands],
  ] as const) {
    const ends = await endOffsets(system.kafka, topic.name);
    const inputs = ends.map((_, partition) => ({ topic: topic.name, partition }));
    const committed = await committedOffsets(system.kafka, `${name}-${processor}`, inputs);
    const behind = ends.some(({ low, high }, p) => high > low && committed[p]?.offset !== high);
    if (behind) return false;
  }
  return true;
}

const start = () => spawnRole('processors/main.ts', [], system.environment);

beforeAll(async () => {
  system = await openSystem(name);
  const rows = users.map((user) => written(topics.users, user.id, user));
  await system.write([...templateRows, w.movie(w.brother), ...rows]);
});

afterAll(async () => {
  await processors?.kill();
  await system?.close();
});

test('killed again and again, every notification is written exactly once', async () => {
  const before = await outputCount();
  await system.write([
    w.episodeReleased(w.brother.id, w.id('released')),
    w.requested(users.slice(0, 100).map(({ id }) => id)),
  ]);

  let resumed = 0;
  for (let kills = 0; kills < maxKills && resumed < 2; kills += 1) {
    const seen = await outputCount();
    processors = start();
    await until('a chunk is committed', async () => (await outputCount()) > seen || isDone());
    await processors.kill();
    if ((await openCursors()) > 0) resumed += 1;
  }
  expect(resumed, 'fan-outs that were interrupted between two chunks').toBeGreaterThan(0);
  expect((await outputCount()) - before).toBeLessThan(followers);

  processors = start();
  await until('all input is worked off', isDone);
  expect(await processors.stop()).toBe(0);

  const { kafkaBrokers: brokers, kafkaClassPath: classPath } = inject('infra');
  for (const [channel, expected] of expectedIds()) {
    const names = Object.values(lanes[channel]).map((topic) => topic.name);
    const found = await readIdsWithJava({ classPath, brokers, topics: names, mark: `${name}-` });
    const unique = new Set(found);
    expect({ channel, doubles: found.length - unique.size }).toEqual({ channel, doubles: 0 });
    expect(unique).toEqual(new Set(expected));
  }
});
