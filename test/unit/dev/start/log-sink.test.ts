import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdLines } from '../../../../dev/start/held-lines.ts';
import { openLogSink, readableLine } from '../../../../dev/start/log-sink.ts';
import { createLog } from '../../../../runtime/log.ts';

let folder: string;
let shown: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestnik-log-'));
  shown = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const pathOf = () => join(folder, 'logs', 'vestnik.log');
const open = (maxBytes?: number) =>
  openLogSink({
    path: pathOf(),
    print: (line) => void shown.push(line),
    repeated: (count) => `${count} more`,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
const withoutTime = () => shown.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));

test('everything goes to the file, warnings and worse to the terminal too', () => {
  const sink = open();
  const log = createLog({ level: 'info', name: 'gateway', destination: sink });
  log.debug('too small a thing');
  log.info('started');
  log.warn({ reason: 'connection refused' }, 'waiting for Kafka');
  log.child({ processor: 'notify' }).error('a defect');
  sink.close();
  const lines = readFileSync(pathOf(), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'started',
    'waiting for Kafka',
    'a defect',
  ]);
  expect(withoutTime()).toEqual([
    'WARN gateway waiting for Kafka: connection refused',
    'ERROR notify a defect',
  ]);
});

test('a warning that repeats itself is shown once, then counted', () => {
  const sink = open();
  const log = createLog({ level: 'info', name: 'sms', destination: sink });
  for (let times = 0; times < 4; times += 1) log.warn('slow');
  log.warn('slower');
  sink.close();
  expect(withoutTime()).toEqual(['WARN sms slow', '3 more', 'WARN sms slower']);
});

test('each start has a fresh file and keeps the one before', () => {
  const first = open();
  first.write('{"msg":"first"}\n');
  first.close();
  const second = open();
  second.write('{"msg":"second"}\n');
  second.close();
  expect(readFileSync(pathOf(), 'utf8')).toBe('{"msg":"second"}\n');
  expect(readFileSync(`${pathOf()}.1`, 'utf8')).toBe('{"msg":"first"}\n');
});

test('the file does not grow without end', () => {
  const line = `{"msg":"${'x'.repeat(100)}"}\n`;
  const sink = open(1_000);
  for (let times = 0; times < 100; times += 1) sink.write(line);
  sink.close();
  const both = readFileSync(pathOf(), 'utf8') + readFileSync(`${pathOf()}.1`, 'utf8');
  expect(both.length).toBeLessThan(2_500);
  expect(existsSync(`${pathOf()}.2`)).toBe(false);
});

test('a line that comes after the end is let go', () => {
  const sink = open();
  sink.close();
  sink.close();
  sink.write('{"msg":"late"}\n');
  expect(readFileSync(pathOf(), 'utf8')).toBe('');
});

test('what is no line of a log is not shown', () => {
  expect(readableLine('Listening')).toBeNull();
  expect(readableLine('{"level":30,"msg":"fine"}')).toBeNull();
});

describe('held lines', () => {
  const held = () => holdLines((line) => void shown.push(line));

  test('are forgotten when all goes well, and later ones are shown', () => {
    const lines = held();
    lines.print('the coordinator is loading');
    lines.forget();
    lines.print('the disk is full');
    expect(shown).toEqual(['the disk is full']);
  });

  test('are shown when it fails, the last of them', () => {
    const lines = held();
    for (let at = 1; at <= 50; at += 1) lines.print(`line ${at}`);
    lines.show();
    expect(shown).toHaveLength(20);
    expect(shown.at(-1)).toBe('line 50');
  });
});
