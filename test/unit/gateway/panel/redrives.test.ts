import { describe, expect, test } from 'vitest';
import type { Redrives } from '../../../../gateway/redrives/redrives.ts';
import { askPanel } from './asked-panel.ts';
import { looked } from './busy-parts.ts';
import { noRedrives, nowMs, panelParts, viewer } from './panel-parts.ts';

type Begun = Parameters<Redrives['begin']>[1];

/** Redrives that begin at once and remember what was asked for. */
function notingRedrives() {
  const begun: Begun[] = [];
  const redrives: Redrives = {
    ...noRedrives,
    begin: async (_, request) => {
      begun.push(request);
      return { ok: true, value: { ...looked, redriveId: 'begun', request } };
    },
    find: (id) => (id === 'looked' ? looked : undefined),
  };
  return { begun, redrives };
}

describe('sending dead letters back', () => {
  test('begins with a look that ends now and sends nothing', async () => {
    const { begun, redrives } = notingRedrives();
    const { send } = await askPanel({ redrives });
    const asked = { code: 'MOVIE_UNKNOWN', topic: 'movie-added', key: '', period: 'hour' };
    const answer = await send('/dead-letters/redrives', asked);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/dead-letters/redrives/begun');
    expect(begun).toEqual([
      {
        code: 'MOVIE_UNKNOWN',
        topic: 'movie-added',
        process: null,
        key: null,
        place: null,
        sinceMs: nowMs - 3_600_000,
        untilMs: nowMs,
        dryRun: true,
        ratePerSecond: 50,
      },
    ]);
  });

  test('can be of one letter, by its place', async () => {
    const { begun, redrives } = notingRedrives();
    const { send } = await askPanel({ redrives });
    await send('/dead-letters/redrives', { partition: '0', offset: '5' });
    expect(begun).toMatchObject([{ place: { partition: 0, offset: 5 }, dryRun: true }]);
  });

  test('is never of all because a reason is unknown', async () => {
    const { begun, redrives } = notingRedrives();
    const { send } = await askPanel({ redrives });
    const answer = await send('/dead-letters/redrives', { code: 'TYPO' });
    expect([answer.statusCode, begun]).toEqual([400, []]);
  });

  test('sends what was looked at, once its number is typed', async () => {
    const { begun, redrives } = notingRedrives();
    const { send } = await askPanel({ redrives });
    const answer = await send('/dead-letters/redrives/looked/send', { count: '1 200' });
    expect(answer.statusCode).toBe(303);
    expect(begun).toEqual([{ ...looked.request, dryRun: false }]);
  });

  test.each(['1204', '', 'all', '-1200'])('sends nothing when %s is typed', async (count) => {
    const { begun, redrives } = notingRedrives();
    const { send } = await askPanel({ redrives });
    const answer = await send('/dead-letters/redrives/looked/send', { count });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('That is not the number above');
    expect(begun).toEqual([]);
  });

  test('says that another one runs', async () => {
    const begin: Redrives['begin'] = async () => ({
      ok: false,
      problem: { status: 409, detail: 'busy' },
    });
    const { send } = await askPanel({ redrives: { ...noRedrives, begin } });
    const answer = await send('/dead-letters/redrives', {});
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('A redrive runs already');
  });

  test('is for those who may', async () => {
    const { sessions } = panelParts();
    const reader = { ...viewer, scopes: new Set(['dead-letters:read'] as const) };
    const { begun, redrives } = notingRedrives();
    const parts = { redrives, sessions: { ...sessions, personOf: async () => reader } };
    const { open, send } = await askPanel(parts);
    expect((await send('/dead-letters/redrives', {})).statusCode).toBe(403);
    const confirmed = await send('/dead-letters/redrives/looked/send', { count: '1200' });
    expect(confirmed.statusCode).toBe(403);
    expect((await open('/dead-letters/redrives/looked')).body).not.toContain('name="count"');
    expect(begun).toEqual([]);
  });

  test('that nobody knows any more leads to the audit', async () => {
    const { open } = await askPanel();
    const answer = await open('/dead-letters/redrives/none');
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain('The audit says what it did');
  });
});
