import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../../connectors/channel.ts';
import type { Answered } from '../../../connectors/portion.ts';
import { type Absences, noteJudged, refusedAlone } from '../../../connectors/vendor-presence.ts';
import { uncounted } from '../../../connectors/verdict.ts';
import { topics } from '../../../schemas/topics.ts';
import { notification } from './notification.ts';

const words = { code: 'ECONNECTION', reason: 'no session' };
const away: SendResult = { kind: 'unavailable', ...words };
const refusesUs: SendResult = { kind: 'misconfigured', ...words };
const accepted: SendResult = { kind: 'accepted', providerId: 'x' };
const rejected: SendResult = { kind: 'rejected', ...words };
const unknown: SendResult = { kind: 'unknown', ...words };

function answer(offset: number, result: SendResult): Answered {
  const place = { topic: topics.emailNotifications.name, partition: 0, offset, timestampMs: 0 };
  const record = { ...place, key: null, value: null, headers: [] };
  return { attempt: { record, notification: notification(), attempt: 1, ...uncounted }, result };
}

/** Plays rounds of a portion; the kinds that each answer counts as. */
function played(rounds: readonly (readonly Answered[])[]): string[][] {
  const vendor = { judged: 0 };
  let absences: Absences = new Map();
  return rounds.map((round) => {
    const told = refusedAlone(round, absences, vendor, 1000);
    ({ absences } = told);
    noteJudged(vendor, told.answered);
    return told.answered.map(({ result }) => result.kind);
  });
}

describe('a closed door', () => {
  it.each([away, refusesUs])('counts for nothing while it is closed to all: $kind', (closed) => {
    const rounds = [1, 2, 1, 2, 1].map((offset) => [answer(offset, closed)]);
    expect(played(rounds).flat()).toEqual(Array.from({ length: 5 }, () => closed.kind));
  });

  it.each([
    [away, accepted],
    [away, rejected],
    [refusesUs, accepted],
  ])('is a refusal where others were judged since: $kind', (closed, judged) => {
    const rounds = [
      [answer(1, closed), answer(2, judged)],
      [answer(1, closed)],
      [answer(3, judged)],
      [answer(1, closed)],
    ];
    const { kind } = closed;
    expect(played(rounds).map(([first]) => first)).toEqual([
      kind,
      'throttled',
      judged.kind,
      'throttled',
    ]);
  });

  it('is none where the others got no judgement', () => {
    const rounds = [[answer(1, away)], [answer(2, unknown)], [answer(1, away)]];
    expect(played(rounds).flat()).toEqual(['unavailable', 'unknown', 'unavailable']);
  });
});
