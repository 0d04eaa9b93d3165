import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LetterLine } from '../../gateway/read/dead-letters.ts';
import { openLetterContents, type ReadLetterContent } from '../../gateway/read/letter-content.ts';
import { systemClock } from '../../runtime/clock.ts';
import { deadLetter } from '../../runtime/dead-letter.ts';
import { topics } from '../../schemas/topics.ts';
import { world } from '../scenarios/fixtures.ts';
import { openSystem, type System } from './support/system.ts';

const w = world('letter-content');
const stop = new AbortController();
let system: System;
let read: ReadLetterContent;

beforeAll(async () => {
  system = await openSystem('letter-content');
  const { kafka, log, config } = system;
  const parts = { kafka, log, clock: systemClock, signal: stop.signal };
  read = openLetterContents({ ...parts, registryUrl: config.schemaRegistryUrl });
});

afterAll(async () => {
  stop.abort();
  await system?.close();
});

/** Sets a record of users aside, and the letter as the history has it. */
async function setAside(key: string, value: Buffer | null): Promise<LetterLine> {
  const { name: topic } = topics.users;
  const source = { topic, partition: 0, offset: 7, timestampMs: 1, headers: [] };
  const cause = { code: 'RECORD_FAILED', reason: 'x', process: 'notify' } as const;
  await system.producer.send([deadLetter({ ...source, key: Buffer.from(key), value }, cause)]);
  const letters = await system.read(topics.deadLetters);
  const ours = letters.findLast((each) => each.key?.toString() === key);
  return {
    writtenAtMs: 1,
    generation: 0,
    offset: ours?.offset ?? -1,
    partition: ours?.partition ?? 0,
    code: 'RECORD_FAILED',
    reason: null,
    process: 'notify',
    topic,
    sourcePartition: 0,
    sourceOffset: 7,
    sourceTimestampMs: 1,
    key,
    leftOutBytes: 0,
    redrivenAtMs: null,
  };
}

test('what a letter holds is read from its place in the topic', async () => {
  const value = system.encode(w.user(w.anna)).value;
  const letter = await setAside(w.id('whole'), value);
  await setAside(w.id('behind'), null);
  const content = await read(letter);
  expect(content?.kind).toBe('decoded');
  expect(JSON.stringify(content)).toContain(w.anna.fullName);
});

test('what nobody can read is shown as its bytes are, and what is empty says so', async () => {
  const broken = await read(await setAside(w.id('broken'), Buffer.from('no Avro')));
  expect(broken).toMatchObject({ kind: 'unreadable', text: 'no Avro' });
  expect(await read(await setAside(w.id('empty'), null))).toEqual({ kind: 'absent' });
});
