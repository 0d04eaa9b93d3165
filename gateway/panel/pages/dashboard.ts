import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Clock } from '../../../runtime/clock.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import type { Identity } from '../../http/identity.ts';
import type { DeadLetters, LetterPage } from '../../read/dead-letters.ts';
import type { Minute, Overview, RequestProgress, VendorState } from '../../read/overview.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { type LiveParts, sendStream } from '../stream.ts';
import { shownTime } from '../times.ts';
import { visitorOf } from '../visitor.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';
import { conditionViews, partViews, type SystemFacts } from './system.ts';

const minuteMs = 60_000;
const shownMinutes = 60;
const shownRequests = 6;
const percent = 100;

/** What the dashboard is made of; the history is null while it cannot be read. */
type Now = {
  readonly history: {
    readonly minutes: readonly Minute[];
    readonly requests: readonly RequestProgress[];
    readonly vendors: readonly VendorState[];
    readonly letters: LetterPage['counts'];
  } | null;
};

type Sources = {
  readonly overview: Overview;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
};

const everyLetter = {
  code: null,
  topic: null,
  process: null,
  key: null,
  sinceMs: null,
  untilMs: null,
  redriven: false,
  limit: 1,
  after: null,
} as const;

/** The history may be away; the rest of the dashboard is there all the same. */
async function readNow({ overview, deadLetters, clock }: Sources): Promise<Now> {
  const toMs = clock.nowMs();
  const fromMs = toMs - (shownMinutes - 1) * minuteMs;
  try {
    const [minutes, requests, vendors, letters] = await Promise.all([
      overview.minutes({ fromMs, toMs }),
      overview.requests(shownRequests),
      overview.vendors(fromMs),
      deadLetters.list(everyLetter),
    ]);
    return { history: { minutes, requests, vendors, letters: letters.counts } };
  } catch (error) {
    if (error instanceof VestnikError && error.retryable) return { history: null };
    throw error;
  }
}

type SeriesName = Exclude<keyof Minute, 'atMs'>;

const charts: readonly (readonly ['events' | 'notifications' | 'outcomes', SeriesName[]])[] = [
  ['events', ['events']],
  ['notifications', ['email', 'sms', 'messenger']],
  ['outcomes', ['accepted', 'suppressed', 'rejected', 'unknown']],
];

const sumOf = (minutes: readonly Minute[], ...names: readonly SeriesName[]) =>
  minutes.reduce((sum, minute) => sum + names.reduce((all, name) => all + minute[name], 0), 0);

const msPerSecond = 1000;

/** A chart as its script reads it: times in seconds, then a list of values for each series. */
function chartViews(minutes: readonly Minute[], words: Words) {
  const { dashboard, language } = words;
  const times = minutes.map(({ atMs }) => atMs / msPerSecond);
  return charts.map(([name, series]) => ({
    name,
    title: dashboard.charts[name],
    data: JSON.stringify([times, ...series.map((each) => minutes.map((minute) => minute[each]))]),
    series: series.map((each) => ({
      name: each,
      label: dashboard.series[each],
      says: dashboard.chartSays(dashboard.series[each], numberIn(language, sumOf(minutes, each))),
      count: numberIn(language, sumOf(minutes, each)),
    })),
  }));
}

function figureViews(minutes: readonly Minute[], { dashboard, language }: Words) {
  const { figures } = dashboard;
  const figure = (name: keyof typeof figures, ...series: readonly SeriesName[]) => {
    const count = sumOf(minutes, ...series);
    return { name, count: numberIn(language, count), noun: figures[name](count) };
  };
  return [
    figure('events', 'events'),
    figure('notifications', 'email', 'sms', 'messenger'),
    figure('accepted', 'accepted'),
    figure('troubled', 'rejected', 'unknown'),
  ];
}

function requestView(request: RequestProgress, words: Words) {
  const { dashboard, language, shell } = words;
  const { planned, settled, audience, people, channel } = request;
  const { requestFor } = dashboard;
  return {
    path: `/requests/${encodeURIComponent(request.requestId)}`,
    channel,
    channelName: shell.channels[channel],
    templateId: request.templateId,
    wanted: audience === null ? requestFor.people(people) : requestFor.audience(audience),
    by: dashboard.by(request.requestedBy),
    at: shownTime(language, request.requestedAtMs),
    settled: dashboard.settled(numberIn(language, settled), numberIn(language, planned)),
    share: planned === 0 ? 0 : (settled / planned) * percent,
    isDone: planned > 0 && settled === planned,
  };
}

function vendorView({ channel, kind, sinceMs, reason }: VendorState, words: Words) {
  const tone = { well: 'good', silent: 'calm', away: 'bad' } as const;
  return {
    channel,
    name: words.shell.channels[channel],
    tone: tone[kind],
    text: words.dashboard.vendorStates[kind],
    since: sinceMs === null ? null : shownTime(words.language, sinceMs),
    reason,
  };
}

function historyView(history: NonNullable<Now['history']>, words: Words, identity: Identity) {
  const { minutes, requests, vendors, letters } = history;
  const { language, deadLetters } = words;
  const maySeeLetters = identity.scopes.has('dead-letters:read');
  return {
    isQuiet: sumOf(minutes, 'events') === 0,
    figures: figureViews(minutes, words),
    charts: chartViews(minutes, words),
    requests: requests.map((request) => requestView(request, words)),
    vendors: vendors.map((vendor) => vendorView(vendor, words)),
    maySeeLetters,
    letters: letters.map(({ code, count }) => ({
      code: code ?? deadLetters.noCode,
      count: numberIn(language, count),
      path: code === null ? '/dead-letters' : `/dead-letters?code=${code}`,
    })),
  };
}

/** /: what happens now, live */
export function dashboardPages(
  options: Sources & LiveParts & { readonly facts: SystemFacts },
): FastifyPluginAsyncTypebox {
  const { facts, readShared } = options;
  const onRequest = requireVisitor(null);

  async function view(words: Words, identity: Identity) {
    const [now, parts] = await Promise.all([
      readShared('dashboard', () => readNow(options)),
      partViews(facts, words),
    ]);
    return {
      words: words.dashboard,
      parts,
      conditions: conditionViews(facts, words),
      history: now.history === null ? null : historyView(now.history, words, identity),
    };
  }

  return async (app) => {
    app.get('/', { onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const now = await view(words, visitorOf(request).identity);
      const { title } = words.dashboard;
      const data = { words: words.dashboard, now };
      return sendPage(reply, { view: 'dashboard', title, section: 'dashboard', data });
    });

    app.get('/live', { onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const { identity } = visitorOf(request);
      const data = () => view(words, identity);
      return sendStream(reply, options, { part: 'dashboard-now', data });
    });
  };
}
