import type { Identity } from '../../http/identity.ts';
import type { Flow } from '../../read/flow.ts';
import type { FanOutLine, OpenLetters, VendorTrouble } from '../../read/numbers.ts';
import type { Minute, RequestLine } from '../../read/overview.ts';
import { shownTemplate } from '../shown-template.ts';
import { shownTime } from '../times.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';

/** What the history knows of now. */
export type HistoryNow = {
  readonly minutes: readonly Minute[];
  readonly requests: readonly RequestLine[];
  readonly fanOuts: readonly FanOutLine[];
  readonly troubles: readonly VendorTrouble[];
  readonly letters: OpenLetters;
};

const percent = 100;
const msPerSecond = 1000;

type SeriesName = Exclude<keyof Minute, 'atMs'>;

const charts: readonly (readonly ['events' | 'notifications' | 'outcomes', SeriesName[]])[] = [
  ['events', ['events']],
  ['notifications', ['email', 'sms', 'messenger']],
  ['outcomes', ['accepted', 'suppressed', 'rejected', 'unknown', 'setAside']],
];

const sumOf = (minutes: readonly Minute[], ...names: readonly SeriesName[]) =>
  minutes.reduce((sum, minute) => sum + names.reduce((all, name) => all + minute[name], 0), 0);

/** A chart as its script reads it: times in seconds, then a list of values for each series. */
function chartViews(minutes: readonly Minute[], { dashboard, language }: Words) {
  const times = minutes.map(({ atMs }) => atMs / msPerSecond);
  return charts.map(([name, series]) => ({
    name,
    title: dashboard.charts[name],
    data: JSON.stringify([times, ...series.map((each) => minutes.map((minute) => minute[each]))]),
    series: series.map((each) => {
      const count = numberIn(language, sumOf(minutes, each));
      const label = dashboard.series[each];
      return { name: each, label, count, says: dashboard.chartSays(label, count) };
    }),
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
    figure('troubled', 'rejected', 'unknown', 'setAside'),
  ];
}

function requestView(request: RequestLine, words: Words) {
  const { dashboard, language, shell } = words;
  const { planned, settled, audience, people, channel } = request;
  const { requestFor } = dashboard;
  return {
    path: `/requests/${encodeURIComponent(request.requestId)}`,
    channel,
    channelName: shell.channels[channel],
    template: shownTemplate(request.templateId, words),
    wanted: audience === null ? requestFor.people(people) : requestFor.audience(audience),
    by: dashboard.by(request.requestedBy),
    at: shownTime(language, request.requestedAtMs),
    settled: dashboard.settled(numberIn(language, settled), numberIn(language, planned)),
    share: planned === 0 ? 0 : (settled / planned) * percent,
  };
}

const fanOutView = (line: FanOutLine, { dashboard, language, shell }: Words) => ({
  title: dashboard.eventTypes[line.eventType],
  eventId: line.eventId,
  written: dashboard.written(line.written),
  channels: line.channels.map((channel) => shell.channels[channel]).join(', '),
  at: shownTime(language, line.lastWrittenAtMs),
});

const channels = ['email', 'sms', 'messenger'] as const;

/** How a vendor is: by its newest trouble, and whether it took a message after it. Pure. */
function vendorKind(trouble: VendorTrouble | undefined, isUsed: boolean) {
  if (!trouble || trouble.sinceMs === null) return isUsed ? 'well' : 'silent';
  const isAway = trouble.kind === 'unavailable' || trouble.kind === 'misconfigured';
  return isAway ? 'away' : 'refusing';
}

const vendorTones = { well: 'good', silent: 'calm', away: 'bad', refusing: 'moving' } as const;

function vendorViews({ troubles, minutes }: HistoryNow, { dashboard, language, shell }: Words) {
  return channels.map((channel) => {
    const trouble = troubles.find((each) => each.channel === channel);
    const kind = vendorKind(trouble, sumOf(minutes, channel) > 0);
    const sinceMs = trouble?.sinceMs ?? null;
    return {
      name: shell.channels[channel],
      tone: vendorTones[kind],
      text: dashboard.vendorStates[kind],
      since: sinceMs === null ? null : shownTime(language, sinceMs),
      reason: sinceMs === null ? null : (trouble?.reason ?? trouble?.code ?? null),
    };
  });
}

/** What of a dashboard comes from the history. */
export function historyView(now: HistoryNow, words: Words, identity: Identity) {
  const { minutes, requests, fanOuts, letters } = now;
  const { language, deadLetters } = words;
  return {
    isQuiet: sumOf(minutes, 'events', 'email', 'sms', 'messenger') === 0,
    figures: figureViews(minutes, words),
    charts: chartViews(minutes, words),
    requests: requests.map((request) => requestView(request, words)),
    fanOuts: fanOuts.map((line) => fanOutView(line, words)),
    vendors: vendorViews(now, words),
    maySeeLetters: identity.scopes.has('dead-letters:read'),
    letters: letters.counts.map(({ code, count }) => ({
      code: code ?? deadLetters.noCode,
      count: numberIn(language, count),
      path: code === null ? '/dead-letters' : `/dead-letters?code=${code}`,
    })),
  };
}

/** How much waits for each role, all its inputs together; null while Kafka cannot be asked. */
export function lagViews(flow: Flow | null, { dashboard, language }: Words) {
  if (flow === null) return null;
  const byRole = Map.groupBy(flow.lags, ({ role }) => role);
  return [...byRole].map(([role, lines]) => {
    const behind = lines.reduce((sum, line) => sum + line.behind, 0);
    const { roles } = dashboard;
    const name = (roles as Readonly<Record<string, string>>)[role] ?? role;
    return { name, count: numberIn(language, behind) };
  });
}
