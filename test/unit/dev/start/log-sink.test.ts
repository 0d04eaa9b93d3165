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
const open = (maxBytes?: number, append?: (file: number, text: string) => number) =>
  openLogSink({
    path: pathOf(),
    print: (line) => void shown.push(line),
    repeated: (count) => `${count} more`,
    lost: (error) => `lost: ${String(error)}`,
    ...(append === undefined ? {} : { append }),
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

describe('a warning that repeats itself', () => {
  const minuteMs = 60_000;
  const line = (msg: string, time: number) => JSON.stringify({ level: 40, role: 'sms', time, msg });

  test('is shown once, also when another one alternates with it', () => {
    const sink = open();
    for (let times = 0; times < 4; times += 1) {
      sink.write(line('slow', times));
      sink.write(line('slower', times));
    }
    sink.close();
    expect(withoutTime()).toEqual(['WARN sms slow', 'WARN sms slower']);
  });

  test('is news again after a minute, with how often it came', () => {
    const sink = open();
    for (const time of [0, 1, 2, minuteMs, minuteMs + 1, 3 * minuteMs]) {
      sink.write(line('slow', time));
    }
    sink.close();
    expect(withoutTime()).toEqual([
      'WARN sms slow',
      'WARN sms slow 2 more',
      'WARN sms slow 1 more',
    ]);
  });

  test('is forgotten behind many others', () => {
    const sink = open();
    for (let at = 0; at < 1_000; at += 1) sink.write(line(`warning ${at}`, at));
    sink.write(line('warning 0', 1_000));
    sink.close();
    expect(withoutTime()).toHaveLength(1_001);
  });
});

test('a full disk costs lines, which is said once, and again after it had room', () => {
  let full = false;
  const append = (_file: number, text: string) => {
    if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return text.length;
  };
  const sink = open(undefined, append);
  for (const isFull of [false, true, true, false, true]) {
    full = isFull;
    sink.write('{"level":40,"time":0,"msg":"a warning"}');
  }
  sink.close();
  const lost = 'lost: Error: no space left on device';
  expect(shown.filter((each) => each.startsWith('lost'))).toEqual([lost, lost]);
  expect(shown.some((each) => each.includes('a warning'))).toBe(true);
});

test('the logs of the last starts are kept, and no more', () => {
  for (let start = 1; start <= 7; start += 1) {
    const sink = open();
    sink.write(`{"msg":"start ${start}"}`);
    sink.close();
  }
  const kept = [1, 2, 3, 4].map((age) => readFileSync(`${pathOf()}.${age}`, 'utf8'));
  expect(kept.map((text) => JSON.parse(text).msg)).toEqual([6, 5, 4, 3].map((at) => `start ${at}`));
  expect(existsSync(`${pathOf()}.5`)).toBe(false);
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
  const files = ['', '.1', '.2', '.3', '.4'].map((age) => readFileSync(pathOf() + age, 'utf8'));
  expect(files.join('').length).toBeLessThan(5_600);
  expect(existsSync(`${pathOf()}.5`)).toBe(false);
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
