import { expect, test } from 'vitest';
import { topology } from '../../../processors/topology.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver, type Driver } from '../../driver/driver.ts';
import { scenarios } from '../../scenarios/all.ts';
import { templateRows } from '../../scenarios/fixtures.ts';
import {
  laneList,
  observeDeadLetter,
  observeDecision,
  observeNotification,
  sorted,
} from '../../scenarios/observe.ts';
import type { Expected, Scenario, Written } from '../../scenarios/scenario.ts';

function write(driver: Driver, { topic, key, value }: Written): void {
  if (topic.kind === 'table') driver.table(topic, key ?? '', value as never);
  else if (Buffer.isBuffer(value)) driver.sendRaw(topic, key ? Buffer.from(key) : null, value);
  else driver.send(topic, key, value as never);
}

function observe(driver: Driver): readonly Expected[] {
  const written = laneList.flatMap((lane) =>
    driver.outputs(lane.topic).map((value) => observeNotification(value, lane)),
  );
  const decided = driver.outputs(topics.notificationDecisions).map(observeDecision);
  const dead = driver.records(topics.deadLetters).map(observeDeadLetter);
  return sorted([...written, ...decided, ...dead]);
}

async function play({ given, when }: Scenario, maxRecords: number): Promise<Driver> {
  const driver = await createDriver(topology, { maxRecords, maxBytes: 1024 * 1024 });
  for (const row of [...templateRows, ...given]) write(driver, row);
  for (const event of when) write(driver, event);
  return driver;
}

test.each(scenarios)('$title', async (scenario) => {
  const driver = await play(scenario, 1000);
  expect(observe(driver)).toEqual(sorted(scenario.then));
});

test.each(scenarios)('cut after every person, the same comes out: $title', async (scenario) => {
  const driver = await play(scenario, 1);
  expect(observe(driver)).toEqual(sorted(scenario.then));
});

test('ids are the same on every run and differ for every person', async () => {
  const [first] = scenarios;
  if (!first) throw new Error('no scenario');
  const ids = async () => {
    const driver = await play(first, 1000);
    return driver.outputs(topics.emailNotificationsBulk).map((each) => each.notificationId);
  };
  const once = await ids();
  expect(once).toEqual(await ids());
  expect(new Set(once).size).toBe(2);
});
