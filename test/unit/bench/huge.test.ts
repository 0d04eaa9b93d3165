import { expect, test } from 'vitest';
import { lastErrorOf } from '../../../bench/huge.ts';

test('of a Java log the last exception is told, without its stack trace', () => {
  const lines = [
    '[main] ERROR o.a.k.Streams - an older one',
    'org.apache.kafka.common.errors.ProducerFencedException: the epoch is too old',
    '\tat org.apache.kafka.streams.errors.SomeException.create(SomeException.java:12)',
    '\t... 7 more',
    '{"event":"state","time":1,"state":"REBALANCING"}',
  ];
  expect(lastErrorOf(lines)).toBe(
    'org.apache.kafka.common.errors.ProducerFencedException: the epoch is too old',
  );
});

test('of the log of the engine the last line of level error or fatal is told', () => {
  const error = '{"level":50,"msg":"a table cannot be followed"}';
  const lines = ['{"level":60,"msg":"fatal"}', error, '{"level":40,"msg":"a warning"}'];
  expect(lastErrorOf(lines)).toBe(error);
});

test('a log without errors tells none', () => {
  expect(lastErrorOf(['{"level":30,"msg":"started"}', '[main] INFO ready'])).toBeNull();
});

test('a request that is tried again is no error', () => {
  const retried =
    'WARN Sender - Got error produce response, retrying. Error: CONCURRENT_TRANSACTIONS';
  expect(lastErrorOf([retried])).toBeNull();
  expect(lastErrorOf(['Caused by: InvalidProducerEpochException', retried])).toBe(
    'Caused by: InvalidProducerEpochException',
  );
});

test('an endless line is cut', () => {
  const told = lastErrorOf([`ERROR ${'x'.repeat(10_000)}`]);
  expect(told?.length).toBeLessThan(300);
});
