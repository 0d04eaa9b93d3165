import { createHash } from 'node:crypto';
import { developerLink } from '../../dev/start/developer-link.ts';
import type { Bench } from '../bench.ts';
import { median } from '../statistics.ts';
import { known } from './fill-history.ts';
import { startServer } from './servers.ts';

/** How long a page took, from request to the last byte, with nothing else to do. */
export type PageMeasured = {
  readonly page: string;
  readonly medianMs: number;
  readonly maxMs: number;
};

const asks = 15;
/** As PostgreSQL casts an MD5 digest. */
const uuidOf = (text: string) =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const pages: readonly (readonly [page: string, path: string])[] = [
  ['dashboard', '/'],
  ['history', '/history'],
  ['history of a person', `/history?user=${known.userId}`],
  ['history of a template', `/history?template=${known.templateId}`],
  ['history of a channel', '/history?channel=messenger'],
  ['history of a kind of event', '/history?type=movieAdded'],
  ['history of a week', '/history?period=week'],
  ['history, delivered', '/history?state=delivered'],
  ['history, rejected', '/history?state=rejected'],
  ['history, waiting', '/history?state=waiting'],
  ['history, suppressed', '/history?state=suppressed'],
  ['history, finds nothing', '/history?state=rendered'],
  ['history of an event', `/history?event=${known.eventId}`],
  ['history of all of it', `/history?user=${known.userId}&template=template-7&channel=sms`],
  ['story', `/notifications/${uuidOf('8500000')}`],
  ['request to five', `/requests/${known.requestId}`],
  ['request to 100,000', '/requests/request-audience'],
  ['people', '/people'],
  ['dead letters', '/dead-letters'],
  ['dead letters of a code', '/dead-letters?code=NOT_AVRO'],
  ['audit', '/audit'],
  ['templates', '/templates'],
  ['system', '/system'],
];

async function logIn(bench: Bench, gatewayUrl: string): Promise<string> {
  const { databaseUrl, log } = bench;
  const link = await developerLink({ databaseUrl, gatewayUrl, log });
  if (link === null) throw new Error('nobody may log in');
  const headers = {
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const answer = await fetch(link, { method: 'POST', headers, body: '', redirect: 'manual' });
  const [cookie = ''] = answer.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  if (cookie === '') throw new Error(`no session: ${answer.status}`);
  return cookie;
}

async function timeOf(url: string, cookie: string): Promise<number> {
  const startMs = performance.now();
  const answer = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
  return performance.now() - startMs;
}

/** The pages of the panel, each alone. */
export async function measurePages(bench: Bench): Promise<readonly PageMeasured[]> {
  const server = await startServer(bench, 'apart', '/health/ready');
  const cookie = await logIn(bench, server.url);
  const measured: PageMeasured[] = [];
  for (const [page, path] of pages) {
    await timeOf(`${server.url}${path}`, cookie);
    const times: number[] = [];
    for (let ask = 0; ask < asks; ask += 1) {
      times.push(await timeOf(`${server.url}${path}`, cookie));
    }
    measured.push({ page, medianMs: median(times), maxMs: Math.max(...times) });
    bench.say(`${page}: ${median(times).toFixed(1)} ms, at most ${Math.max(...times).toFixed(1)}`);
  }
  await server.process.stop();
  return measured;
}
