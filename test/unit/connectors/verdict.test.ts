import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../../connectors/channel.ts';
import {
  countsAfter,
  type Guarantee,
  interrupted,
  maxInterruptions,
  maxRefusals,
  uncounted,
  verdictOn,
  verdictOnEarlier,
} from '../../../connectors/verdict.ts';

const words = { code: '1', reason: 'because' };
const accepted: SendResult = { kind: 'accepted', providerId: 'x' };
const rejected: SendResult = { kind: 'rejected', ...words };
const unknown: SendResult = { kind: 'unknown', ...words };
const unavailable: SendResult = { kind: 'unavailable', ...words };
const misconfigured: SendResult = { kind: 'misconfigured', ...words };
const throttled = (retryAfterMs: number): SendResult => ({
  kind: 'throttled',
  ...words,
  retryAfterMs,
});

const guarantees: readonly Guarantee[] = ['atLeastOnce', 'atMostOnce'];
const first = { attempt: 1, refusals: 0, outages: 0, guarantee: 'atLeastOnce' } as const;
const settled = { kind: 'settled' };

describe('what follows from an answer', () => {
  it.each(guarantees)('accepted and rejected are final (%s)', (guarantee) => {
    for (const result of [accepted, rejected]) {
      expect(verdictOn(result, { ...first, guarantee })).toEqual(settled);
    }
  });

  it('unknown is sent again where it may come twice, and not where it may not', () => {
    expect(verdictOn(unknown, first)).toMatchObject({ kind: 'again', attempt: 2 });
    expect(verdictOn(unknown, { ...first, guarantee: 'atMostOnce' })).toEqual(settled);
  });

  it('throttled waits as long as it was told, between a second and an hour', () => {
    const waitOf = (ms: number) => verdictOn(throttled(ms), first);
    expect(waitOf(35_000)).toMatchObject({ kind: 'again', attempt: 2, waitMs: 35_000 });
    expect(waitOf(0)).toMatchObject({ waitMs: 1000 });
    expect(waitOf(1e12)).toMatchObject({ waitMs: 3_600_000 });
  });

  it.each([throttled(1), unknown])('$kind gives up after the last attempt', (result) => {
    const last = { ...first, attempt: 17, refusals: maxRefusals - 1 };
    expect(verdictOn(result, { ...last, refusals: maxRefusals - 2 })).toMatchObject({
      kind: 'again',
      attempt: 18,
      refusals: maxRefusals - 1,
    });
    expect(verdictOn(result, last)).toEqual({ kind: 'gaveUp' });
  });

  it.each([unavailable, misconfigured])('$kind burns no attempt and never gives up', (result) => {
    const counts = { attempt: 5, refusals: maxRefusals - 1 };
    expect(verdictOn(result, { ...first, ...counts, outages: 1e6 })).toEqual({
      kind: 'again',
      ...counts,
      waitMs: 60_000,
    });
  });

  it.each([unavailable, unknown])('the wait after $kind doubles with every outage', (result) => {
    const waits = [0, 1, 2, 3, 9].map((outages) => verdictOn(result, { ...first, outages }));
    const known = waits.map((each) => 'waitMs' in each && each.waitMs);
    expect(known).toEqual([1000, 2000, 4000, 8000, 60_000]);
  });

  it('is always bounded: some wait, and refusals that only grow up to the last', () => {
    const results = fc.constantFrom(unknown, unavailable, misconfigured, throttled(-5));
    const states = fc.record({
      attempt: fc.integer({ min: 1, max: 100 }),
      refusals: fc.nat(maxRefusals - 1),
      outages: fc.nat(),
      guarantee: fc.constantFrom(...guarantees),
    });
    fc.assert(
      fc.property(results, states, (result, state) => {
        const verdict = verdictOn(result, state);
        if (verdict.kind !== 'again') return;
        expect(verdict.waitMs).toBeGreaterThanOrEqual(1000);
        expect(verdict.waitMs).toBeLessThanOrEqual(3_600_000);
        expect(verdict.attempt).toBeGreaterThanOrEqual(state.attempt);
        expect(verdict.refusals).toBeGreaterThanOrEqual(state.refusals);
        expect(verdict.refusals).toBeLessThan(maxRefusals);
      }),
    );
  });
});

describe('what the lines of a journal count', () => {
  const after = (...lines: readonly Parameters<typeof countsAfter>[1][]) =>
    lines.reduce(countsAfter, uncounted);

  it('are refusals where the vendor answered, and interruptions where we ended', () => {
    expect(after({ kind: 'throttled', code: '1' }, { kind: 'unknown', code: '1' })).toEqual({
      refusals: 2,
      interruptions: 0,
    });
    expect(after(interrupted, interrupted, { kind: 'unknown', code: null })).toEqual({
      refusals: 1,
      interruptions: 2,
    });
  });

  it('are neither while an attempt is open, the vendor is away or refuses us', () => {
    const kinds = ['started', 'unavailable', 'misconfigured', 'accepted'] as const;
    expect(after(...kinds.map((kind) => ({ kind, code: null })))).toEqual(uncounted);
  });
});

describe('what follows from the last line of a former owner', () => {
  const line = { attempt: 1, ...uncounted };

  it.each(['accepted', 'rejected', 'deadLettered'] as const)('%s is final', (kind) => {
    for (const guarantee of guarantees) {
      expect(verdictOnEarlier({ ...line, kind }, guarantee)).toEqual(settled);
    }
  });

  it.each(['started', 'unknown'] as const)('%s is sent again where it may come twice', (kind) => {
    const open = { ...line, kind, interruptions: 1 };
    expect(verdictOnEarlier(open, 'atLeastOnce')).toMatchObject({ kind: 'again', attempt: 2 });
    expect(verdictOnEarlier(open, 'atMostOnce')).toEqual(settled);
  });

  it.each(['started', 'unknown'] as const)('%s is given up after far more ends', (kind) => {
    const last = { kind, attempt: maxInterruptions, refusals: 1, interruptions: 19 };
    expect(verdictOnEarlier(last, 'atLeastOnce')).toEqual({
      kind: 'again',
      attempt: maxInterruptions + 1,
      refusals: 1,
      waitMs: 0,
    });
    const over = { ...last, interruptions: maxInterruptions };
    expect(verdictOnEarlier(over, 'atLeastOnce')).toEqual({ kind: 'gaveUp' });
    expect(verdictOnEarlier(over, 'atMostOnce')).toEqual(settled);
  });

  it.each(['throttled', 'unknown'] as const)('%s by the vendor keeps its own bound', (kind) => {
    const last = { kind, attempt: 19, refusals: maxRefusals - 1, interruptions: 14 };
    expect(verdictOnEarlier(last, 'atLeastOnce')).toMatchObject({ kind: 'again', attempt: 20 });
    const over = { ...last, refusals: maxRefusals };
    expect(verdictOnEarlier(over, 'atLeastOnce')).toEqual({ kind: 'gaveUp' });
  });

  it.each([
    ['throttled', 2],
    ['unavailable', 1],
    ['misconfigured', 1],
  ] as const)('%s goes on with attempt %i', (kind, attempt) => {
    for (const guarantee of guarantees) {
      const again = { kind: 'again', attempt };
      expect(verdictOnEarlier({ ...line, kind }, guarantee)).toMatchObject(again);
    }
  });
});
