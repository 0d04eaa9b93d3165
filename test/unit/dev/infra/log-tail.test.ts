import { expect, test } from 'vitest';
import { causeIn } from '../../../../dev/infra/log-tail.ts';

const frames = Array.from(
  { length: 40 },
  (_, at) => `\tat org.apache.kafka.Thing.call(T.java:${at})`,
);

test('what went wrong is shown, not where in the code', () => {
  const log = [
    '[10:00:00] INFO starting',
    '[10:00:01] ERROR Disk error while writing to /data',
    'java.io.IOException: No space left on device',
    ...frames,
    'Caused by: java.nio.file.FileSystemException: /data: No space left on device',
    '\t... 12 more',
    ...Array.from({ length: 30 }, (_, at) => `[10:00:02] INFO closing part ${at}`),
  ].join('\n');
  expect(causeIn(log).split('\n')).toEqual([
    '[10:00:01] ERROR Disk error while writing to /data',
    'java.io.IOException: No space left on device',
    'Caused by: java.nio.file.FileSystemException: /data: No space left on device',
  ]);
});

test('the same trouble many times is shown once, so that it pushes nothing away', () => {
  const again = Array.from({ length: 500 }, (_, at) => `[10:00:${at}] ERROR cannot connect`);
  expect(causeIn(['[9] FATAL the port is taken', ...again].join('\n')).split('\n')).toEqual([
    '[9] FATAL the port is taken',
    '[10:00:0] ERROR cannot connect',
  ]);
});

test('of much trouble the first and the last is shown', () => {
  const log = Array.from({ length: 50 }, (_, at) => `ERROR number ${at}`).join('\n');
  const lines = causeIn(log).split('\n');
  expect(lines).toHaveLength(13);
  expect([lines[0], lines[6], lines[12]]).toEqual(['ERROR number 0', '…', 'ERROR number 49']);
});

test('without a word of trouble the last lines are shown', () => {
  const log = Array.from({ length: 50 }, (_, at) => `line ${at}`).join('\n');
  expect(causeIn(log).split('\n')).toEqual(
    Array.from({ length: 12 }, (_, at) => `line ${at + 38}`),
  );
});
