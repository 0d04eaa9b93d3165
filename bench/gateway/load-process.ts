import autocannon from 'autocannon';

/** What a load generator does, as its one argument in JSON. */
export type Load = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly connections: number;
  readonly seconds: number;
};

/** What it saw, printed as its one line. */
export type Seen = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly answered: number;
  /** Answers that were no 2xx, and connections that failed. */
  readonly refused: number;
};

const { body, ...load } = JSON.parse(process.argv[2] ?? '') as Load;
const { requests, latency, non2xx, errors, duration } = await autocannon({
  url: load.url,
  method: load.method,
  headers: load.headers,
  connections: load.connections,
  duration: load.seconds,
  ...(body === null ? {} : { body }),
});
const seen: Seen = {
  perSecond: requests.total / duration,
  p50Ms: latency.p50,
  p99Ms: latency.p99,
  maxMs: latency.max,
  answered: requests.total,
  refused: non2xx + errors,
};
process.stdout.write(`${JSON.stringify(seen)}\n`);
