import type { Template } from '../../schemas/generated/records.ts';
import type { Bench } from '../bench.ts';
import { median } from '../statistics.ts';
import { benchKey, type Server, type serverNames, startServer } from './servers.ts';
import { type Shot, shoot } from './shot.ts';

/** How long and how hard each load is. */
export type MeasureOptions = {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
};

/** One server under one load: the median of each figure over all rounds. */
export type Measured = {
  readonly server: string;
  readonly load: string;
  readonly rates: readonly number[];
  readonly shot: Shot;
};

/** What the requests ask to be sent. */
export const requestTemplate: Template = {
  id: 'request-email',
  version: 1,
  eventType: 'notificationRequested',
  channel: 'email',
  locale: 'ru',
  texts: [
    {
      locale: 'ru',
      subject: '{{ movie_title }}',
      body: '<p>Уважаемый {{ user_full_name }}, смотрите «{{ movie_title }}».</p>',
    },
  ],
  params: ['user_full_name', 'movie_title'],
};

const json = { 'content-type': 'application/json' };
const asked = { ...json, authorization: `Bearer ${benchKey}` };
const warmUpSeconds = 4;

type Target = {
  readonly load: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly path: string;
};

/** The same two loads for every server; the bare one has nothing to look up and writes nothing. */
function targetsOf(bench: Bench, { name }: Server): readonly Target[] {
  const { movies, probes } = bench.world;
  const [movie] = movies;
  const isBare = name === 'bare';
  const body = JSON.stringify({
    template_id: requestTemplate.id,
    movie_id: movie?.id,
    user_ids: [probes[0]?.id],
  });
  return [
    {
      load: 'GET by id',
      method: 'GET',
      headers: {},
      body: null,
      path: isBare ? '/movies/1' : `/api/v1/movies/${movie?.id}`,
    },
    {
      load: 'POST',
      method: 'POST',
      headers: isBare ? json : asked,
      body,
      path: isBare ? '/notifications' : '/api/v1/notifications/email',
    },
  ];
}

const readyPaths = { bare: '/movies/1', apart: '/health/ready', together: '/health/ready' };

function middleOf(shots: readonly Shot[]): Shot {
  const of = (figure: (shot: Shot) => number) => median(shots.map(figure));
  return {
    perSecond: of((shot) => shot.perSecond),
    p50Ms: of((shot) => shot.p50Ms),
    p99Ms: of((shot) => shot.p99Ms),
    maxMs: Math.max(...shots.map(({ maxMs }) => maxMs)),
    answered: shots.reduce((sum, { answered }) => sum + answered, 0),
    refused: shots.reduce((sum, { refused }) => sum + refused, 0),
    cpuMicros: of((shot) => shot.cpuMicros),
    brokerMicros: of((shot) => shot.brokerMicros),
    peakRssBytes: Math.max(...shots.map(({ peakRssBytes }) => peakRssBytes)),
  };
}

/** Each server alone on the machine, one load after the other, round by round. */
export async function measure(
  bench: Bench,
  options: MeasureOptions,
  servers: readonly (typeof serverNames)[number][],
): Promise<Measured[]> {
  const { rounds, seconds, connections } = options;
  const measured: Measured[] = [];
  for (const name of servers) {
    const server = await startServer(bench, name, readyPaths[name]);
    for (const { load, path, ...rest } of targetsOf(bench, server)) {
      const shot = (forSeconds: number) =>
        shoot(bench, server, { ...rest, connections, seconds: forSeconds }, path);
      await shot(warmUpSeconds);
      const shots: Shot[] = [];
      for (let round = 0; round < rounds; round += 1) shots.push(await shot(seconds));
      const rates = shots.map(({ perSecond }) => perSecond);
      measured.push({ server: name, load, rates, shot: middleOf(shots) });
      bench.say(`${name}, ${load}: ${rates.map((rate) => Math.round(rate)).join(', ')}/s`);
    }
    await server.process.stop();
  }
  return measured;
}
