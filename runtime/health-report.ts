import type { Condition, Counted } from './health.ts';
import { prometheusText, prometheusType } from './prometheus-text.ts';

/** How a process is, as its main thread tells the thread that answers probes. */
export type HealthReport = {
  readonly ready: boolean;
  readonly conditions: readonly Condition[];
  readonly counted: readonly Counted[];
  /** By how much the event loop is late. */
  readonly loopDelayMs: number;
};

/** The last report, and for how long there was no other. */
export type Heard = { readonly report: HealthReport; readonly silentMs: number };

export type HealthAnswer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
};

/** A restore or a collection blocks for seconds at most; after this only a restart helps. */
export const maxSilentAliveMs = 60_000;
/** Who asks it for something now would wait. */
export const maxSilentReadyMs = 10_000;
const msPerSecond = 1000;

const json = (status: number, body: object): HealthAnswer => {
  return { status, type: 'application/json', body: JSON.stringify(body) };
};

const problem = (status: number, title: string, detail: string): HealthAnswer => {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  return { status, type: 'application/problem+json', body };
};

const unavailable = (detail: string) => problem(503, 'Service Unavailable', detail);
const silence = (silentMs: number) =>
  unavailable(`The main thread has done nothing for ${Math.round(silentMs / msPerSecond)} s.`);

function ready({ report, silentMs }: Heard): HealthAnswer {
  if (silentMs > maxSilentReadyMs) return silence(silentMs);
  if (!report.ready) return unavailable('Not ready: it is starting, or waits for another part.');
  const { conditions } = report;
  return json(200, { status: conditions.length === 0 ? 'ready' : 'degraded', conditions });
}

function metrics({ report, silentMs }: Heard): HealthAnswer {
  const { conditions, counted, loopDelayMs } = report;
  const gauge = (name: string, value: number) => ({ name, labels: {}, value });
  const body = prometheusText(counted, [
    gauge('ready', Number(report.ready)),
    gauge('event_loop_delay_seconds', loopDelayMs / msPerSecond),
    gauge('main_thread_silent_seconds', silentMs / msPerSecond),
    ...conditions.map(({ code, subject, count }) => {
      return { name: 'condition', labels: { code, subject }, value: count };
    }),
  ]);
  return { status: 200, type: prometheusType, body };
}

/**
 * The answer to a probe. `/health/live`: restart the process when it is none. `/health/ready`: 200
 * while it works, `degraded` when an operator should mend something, for work goes on.
 */
export function healthAnswer(path: string, heard: Heard): HealthAnswer {
  switch (path) {
    case '/health/live':
      return heard.silentMs > maxSilentAliveMs
        ? silence(heard.silentMs)
        : json(200, { status: 'live' });
    case '/health/ready':
      return ready(heard);
    case '/metrics':
      return metrics(heard);
    default:
      return problem(404, 'Not Found', 'Here are /health/live, /health/ready and /metrics.');
  }
}
