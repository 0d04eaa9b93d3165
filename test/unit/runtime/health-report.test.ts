import { expect, test } from 'vitest';
import {
  type HealthReport,
  healthAnswer,
  maxSilentAliveMs,
  maxSilentReadyMs,
} from '../../../runtime/health-report.ts';

const well: HealthReport = { ready: true, conditions: [], counted: [], loopDelayMs: 20 };
const condition = {
  code: 'WRONG_PARTITION',
  subject: 'users-"3"\\\n',
  count: 2,
  message: 'A key lies in the wrong partition.',
} as const;

test.each([
  ['/health/live', well, 0, 200],
  ['/health/live', { ...well, ready: false }, 0, 200],
  ['/health/live', well, maxSilentAliveMs, 200],
  ['/health/live', well, maxSilentAliveMs + 1, 503],
  ['/health/ready', well, maxSilentReadyMs, 200],
  ['/health/ready', well, maxSilentReadyMs + 1, 503],
  ['/health/ready', { ...well, ready: false }, 0, 503],
  ['/health/ready', { ...well, conditions: [condition] }, 0, 200],
  ['/metrics', well, maxSilentAliveMs + 1, 200],
  ['/elsewhere', well, 0, 404],
])('%s of %j after %i ms: %i', (path, report, silentMs, status) => {
  expect(healthAnswer(path, { report, silentMs }).status).toBe(status);
});

test('a thread that is only busy is not ready before it counts as dead', () => {
  expect(maxSilentReadyMs).toBeLessThan(maxSilentAliveMs);
});

test('metrics are text of Prometheus: families together, values escaped', () => {
  const counted = [
    { name: 'dead_letters', labels: { topic: 'a' }, value: 1 },
    { name: 'refused_rows', labels: {}, value: 5 },
    { name: 'dead_letters', labels: { topic: 'b' }, value: 2 },
  ];
  const report = { ...well, counted, conditions: [condition] };
  const { type, body } = healthAnswer('/metrics', { report, silentMs: 1500 });
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toBe(
    [
      '# TYPE vestnik_dead_letters_total counter',
      'vestnik_dead_letters_total{topic="a"} 1',
      'vestnik_dead_letters_total{topic="b"} 2',
      '# TYPE vestnik_refused_rows_total counter',
      'vestnik_refused_rows_total 5',
      '# TYPE vestnik_ready gauge',
      'vestnik_ready 1',
      '# TYPE vestnik_event_loop_delay_seconds gauge',
      'vestnik_event_loop_delay_seconds 0.02',
      '# TYPE vestnik_main_thread_silent_seconds gauge',
      'vestnik_main_thread_silent_seconds 1.5',
      '# TYPE vestnik_condition gauge',
      'vestnik_condition{code="WRONG_PARTITION",subject="users-\\"3\\"\\\\\\n"} 2',
      '',
    ].join('\n'),
  );
});
