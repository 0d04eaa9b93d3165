import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../../connectors/channel.ts';
import {
  type Guarantee,
  maxAttempts,
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
const first = { attempt: 1, outages: 0, guarantee: 'atLeastOnce' } as const;
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
    const last = { ...first, attempt: maxAttempts };
    expect(verdictOn(result, { ...first, attempt: maxAttempts - 1 }).kind).toBe('again');
    expect(verdictOn(result, last)).toEqual({ kind: 'gaveUp' });
  });

  it.each([unavailable, misconfigured])('$kind burns no attempt and never gives up', (result) => {
    const state = { ...first, attempt: maxAttempts, outages: 1e6 };
    expect(verdictOn(result, state)).toEqual({
      kind: 'again',
      attempt: maxAttempts,
      waitMs: 60_000,
    });
  });

  it.each([unavailable, unknown])('the wait after $kind doubles with every outage', (result) => {
    const waits = [0, 1, 2, 3, 9].map((outages) => verdictOn(result, { ...first, outages }));
    const known = waits.map((each) => 'waitMs' in each && each.waitMs);
    expect(known).toEqual([1000, 2000, 4000, 8000, 60_000]);
  });

  it('is always bounded: some wait, and attempts that only grow up to the last', () => {
    const results = fc.constantFrom(unknown, unavailable, misconfigured, throttled(-5));
    const states = fc.record({
      attempt: fc.integer({ min: 1, max: maxAttempts }),
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
        expect(verdict.attempt).toBeLessThanOrEqual(maxAttempts);
      }),
    );
  });
});

describe('what follows from the last line of a former owner', () => {
  const again = (attempt: number) => ({ kind: 'again', attempt });

  it.each(['accepted', 'rejected', 'deadLettered'] as const)('%s is final', (kind) => {
    for (const guarantee of guarantees) {
      expect(verdictOnEarlier({ kind, attempt: 1 }, guarantee)).toEqual(settled);
    }
  });

  it('an open attempt counts as unknown', () => {
    const open = { kind: 'started', attempt: 1 } as const;
    expect(verdictOnEarlier(open, 'atLeastOnce')).toMatchObject(again(2));
    expect(verdictOnEarlier(open, 'atMostOnce')).toEqual(settled);
    const last = { ...open, attempt: maxAttempts };
    expect(verdictOnEarlier(last, 'atLeastOnce')).toEqual({ kind: 'gaveUp' });
  });

  it.each([
    ['throttled', 2],
    ['unavailable', 1],
    ['misconfigured', 1],
  ] as const)('%s goes on with attempt %i', (kind, attempt) => {
    for (const guarantee of guarantees) {
      expect(verdictOnEarlier({ kind, attempt: 1 }, guarantee)).toMatchObject(again(attempt));
    }
  });
});
