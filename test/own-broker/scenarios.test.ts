import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessors } from '../../processors/start.ts';
import type { KafkaRecord } from '../../runtime/kafka/record.ts';
import type { Running } from '../../runtime/lifecycle.ts';
import { topics } from '../../schemas/topics.ts';
import { openSystem, type System, until } from '../integration/support/system.ts';
import { scenarios } from '../scenarios/all.ts';
import { templateRows } from '../scenarios/fixtures.ts';
import {
  laneList,
  observeDeadLetter,
  observeDecision,
  observeNotification,
  sorted,
} from '../scenarios/observe.ts';
import type { Expected, Scenario } from '../scenarios/scenario.ts';

/** Rows and events are written by scenario, so what came out is told apart by ids and offsets. */
type Output = {
  readonly source: string;
  readonly observed: Expected;
};

let system: System;
let running: Running;
let outputs: readonly Output[] = [];
const sourcesOf = new Map<Scenario, Set<string>>();

const placeOf = (topic: string, partition: unknown, offset: unknown) =>
  `${topic}/${String(partition)}/${String(offset)}`;

function headerOf({ headers }: KafkaRecord, name: string): string {
  return headers.find(([each]) => each === name)?.[1]?.toString() ?? '';
}

async function collect(): Promise<Output[]> {
  const found: Output[] = [];
  const place = (source: { topic: string; partition: number; offset: number }) =>
    placeOf(source.topic, source.partition, source.offset);
  for (const lane of laneList) {
    for (const value of await system.readValues(lane.topic)) {
      found.push({ source: place(value.source), observed: observeNotification(value, lane) });
    }
  }
  for (const value of await system.readValues(topics.notificationDecisions)) {
    found.push({ source: place(value.source), observed: observeDecision(value) });
  }
  for (const record of await system.read(topics.deadLetters)) {
    const at = (name: string) => headerOf(record, `dead-letter.${name}`);
    const source = placeOf(at('topic'), at('partition'), at('offset'));
    found.push({ source, observed: observeDeadLetter(record) });
  }
  return found;
}

/** Writes the events of a scenario and notes where they came to lie. */
async function happen(scenario: Scenario): Promise<void> {
  const inputs = [...new Set(scenario.when.map(({ topic }) => topic))];
  const before = new Map<string, KafkaRecord[]>();
  for (const topic of inputs) before.set(topic.name, await system.read(topic));
  await system.write(scenario.when);
  const places = new Set<string>();
  for (const topic of inputs) {
    const old = new Set(before.get(topic.name)?.map((each) => `${each.partition}/${each.offset}`));
    for (const { partition, offset } of await system.read(topic)) {
      if (!old.has(`${partition}/${offset}`)) places.add(placeOf(topic.name, partition, offset));
    }
  }
  sourcesOf.set(scenario, places);
}

beforeAll(async () => {
  system = await openSystem('scenarios');
  await system.write([...templateRows, ...scenarios.flatMap(({ given }) => given)]);
  running = await startProcessors({ config: system.config, log: system.log });
  await until('the processors are ready', () => running.ready());
  for (const scenario of scenarios) await happen(scenario);
  const expected = scenarios.flatMap((each) => each.then).length;
  const sources = new Set([...sourcesOf.values()].flatMap((each) => [...each]));
  await until('every expected output is there', async () => {
    outputs = (await collect()).filter(({ source }) => sources.has(source));
    return outputs.length >= expected;
  });
});

afterAll(async () => {
  await running?.stop();
  await system?.close();
});

test.each(scenarios)('$title', (scenario) => {
  const sources = sourcesOf.get(scenario) ?? new Set();
  expect(sources.size).toBe(scenario.when.length);
  const mine = outputs.filter(({ source }) => sources.has(source));
  expect(sorted(mine.map(({ observed }) => observed))).toEqual(sorted(scenario.then));
});
