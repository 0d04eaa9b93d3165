import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Clock } from '../../../runtime/clock.ts';
import { VestnikError } from '../../../runtime/errors.ts';
import type { Identity } from '../../http/identity.ts';
import type { Overview } from '../../read/overview.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { type LiveParts, sendStream } from '../stream.ts';
import { visitorOf } from '../visitor.ts';
import type { Words } from '../words/words.ts';
import { type HistoryNow, historyView, lagViews } from './dashboard-view.ts';
import { conditionViews, partViews, type SystemFacts } from './system.ts';

const shownRequests = 6;

/** Null while the history cannot be read: the rest of the dashboard is there all the same. */
async function readHistory(overview: Overview, nowMs: number): Promise<HistoryNow | null> {
  try {
    const [minutes, requests, fanOuts, troubles, letters] = await Promise.all([
      overview.minutes(nowMs),
      overview.requests(shownRequests),
      overview.fanOuts(nowMs),
      overview.vendorTroubles(nowMs),
      overview.openLetters(),
    ]);
    return { minutes, requests, fanOuts, troubles, letters };
  } catch (error) {
    if (error instanceof VestnikError && error.retryable) return null;
    throw error;
  }
}

/** /: what happens now, live */
export function dashboardPages(
  options: LiveParts & {
    readonly overview: Overview;
    readonly clock: Clock;
    readonly facts: SystemFacts;
  },
): FastifyPluginAsyncTypebox {
  const { facts, overview, clock, readShared } = options;
  const onRequest = requireVisitor(null);

  async function view(words: Words, identity: Identity) {
    const [history, parts, flow] = await Promise.all([
      readShared('dashboard', () => readHistory(overview, clock.nowMs())),
      partViews(facts, words),
      facts.flow(),
    ]);
    return {
      words: words.dashboard,
      parts,
      lags: lagViews(flow, words),
      conditions: conditionViews(facts, words),
      history: history === null ? null : historyView(history, words, identity),
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
